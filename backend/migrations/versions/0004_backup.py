"""Where the feed stood in the newest verified backup; whom a re-admitted tablet says that it belongs to."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table('sync_org', schema=None) as batch_op:
        # Organisations that are here already have never been in a verified backup.
        batch_op.add_column(sa.Column('durable_seq', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('backed_up_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stated', JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_column('stated')
    with op.batch_alter_table('sync_org', schema=None) as batch_op:
        batch_op.drop_column('backed_up_at')
        batch_op.drop_column('durable_seq')
