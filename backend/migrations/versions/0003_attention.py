"""attention: what the office decided about held operations, and what it must decide about visits"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLES = ('held_decision', 'task')

EACH_ROW = """
CREATE TRIGGER singgah_one_way BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION singgah_one_way()
"""
WHOLE = """
CREATE TRIGGER singgah_one_way_whole BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION singgah_one_way()
"""


def upgrade() -> None:
    op.create_table(
        'held_decision',
        sa.Column('person', sa.String(length=36), nullable=False),
        sa.Column('device', sa.String(length=36), nullable=False),
        sa.Column('choice', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=True),
        sa.Column('status', sa.String(length=40), nullable=True),
        sa.Column('code', sa.String(length=40), nullable=True),
        sa.Column('decided_by', sa.String(length=36), nullable=False),
        sa.Column('decided_at', sa.String(length=24), nullable=False),
        sa.Column('org_id', sa.String(length=36), nullable=False),
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('ver', sa.BigInteger(), nullable=False),
        sa.Column('field_ver', JSON, nullable=False),
        sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_held_decision')),
    )
    op.create_table(
        'task',
        sa.Column('visit', sa.String(length=36), nullable=False),
        sa.Column('what', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('since', sa.String(length=24), nullable=False),
        sa.Column('choice', sa.String(length=40), nullable=True),
        sa.Column('note', sa.String(length=500), nullable=True),
        sa.Column('signoff', sa.String(length=36), nullable=True),
        sa.Column('settled_by', sa.String(length=36), nullable=True),
        sa.Column('settled_at', sa.String(length=24), nullable=True),
        sa.Column('org_id', sa.String(length=36), nullable=False),
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('ver', sa.BigInteger(), nullable=False),
        sa.Column('field_ver', JSON, nullable=False),
        sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_task')),
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index('ix_task_state', ['org_id', 'state'], unique=False)
        batch_op.create_index('ix_task_visit', ['org_id', 'visit'], unique=False)
    if op.get_bind().dialect.name == 'postgresql':
        # As all that is fed (0002); what goes with its table needs no undoing.
        for table in TABLES:
            op.execute(EACH_ROW.format(table=table))
            op.execute(WHOLE.format(table=table))


def downgrade() -> None:
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index('ix_task_visit')
        batch_op.drop_index('ix_task_state')
    op.drop_table('task')
    op.drop_table('held_decision')
