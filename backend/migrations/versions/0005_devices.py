"""devices: why one ended, the order to empty itself, what it last said of itself"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENTS = ('compromised_since', 'wipe_asked_at', 'wiped_at', 'reported_at')


def upgrade() -> None:
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_as', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('report', JSON, nullable=True))
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # The state "wiped" came with these columns; an older program knows it as revoked.
    op.execute("UPDATE device SET status = 'revoked' WHERE status = 'wiped'")
    with op.batch_alter_table('device', schema=None) as batch_op:
        for name in ('ended_as', 'report', *MOMENTS):
            batch_op.drop_column(name)
