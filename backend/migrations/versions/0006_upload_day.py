"""media: how many bytes a device sent in a day"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'upload_day',
        sa.Column('device', sa.String(length=36), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('org_id', sa.String(length=36), nullable=False),
        sa.Column('bytes', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('device', 'day', name=op.f('pk_upload_day')),
    )


def downgrade() -> None:
    op.drop_table('upload_day')
