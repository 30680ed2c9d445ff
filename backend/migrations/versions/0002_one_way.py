"""one way: PostgreSQL refuses whoever changes a fed table without being the exchange"""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TABLES = (
    'agreement', 'asset', 'calendar', 'checklist', 'client', 'conflict', 'contact', 'coverage', 'history', 'legal_entity',
    'note', 'organisation', 'person', 'photo', 'reading', 'region', 'report', 'run', 'signoff', 'site', 'ticket',
    'time_entry', 'visit',
)

FUNCTION = """
CREATE OR REPLACE FUNCTION singgah_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way text := current_setting('singgah.feed', true);
BEGIN
    IF way IS DISTINCT FROM 'on' AND way IS DISTINCT FROM 'migration' THEN
        RAISE EXCEPTION '% is fed to tablets and changes only through an operation', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND way = 'on' THEN
        IF NEW.ver <= OLD.ver THEN
            RAISE EXCEPTION 'a change of % did not move its ver: no tablet would hear of it', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
EACH_ROW = """
CREATE TRIGGER singgah_one_way BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION singgah_one_way()
"""
WHOLE = """
CREATE TRIGGER singgah_one_way_whole BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION singgah_one_way()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(EACH_ROW.format(table=table))
        op.execute(WHOLE.format(table=table))


def downgrade() -> None:
    if op.get_bind().dialect.name != 'postgresql':
        return
    for table in TABLES:
        op.execute(f'DROP TRIGGER singgah_one_way ON {table}')
        op.execute(f'DROP TRIGGER singgah_one_way_whole ON {table}')
    op.execute('DROP FUNCTION singgah_one_way()')
