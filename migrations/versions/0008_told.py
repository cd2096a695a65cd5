"""An event knows what readers knew before its last change, and when who registered is told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name in ("previous_ends_at", "moved_since", "tell_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in ("previous_place", "stood"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("event") as table:
        for name in ("previous_place", "stood"):
            table.alter_column(name, existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name in ("stood", "previous_place", "tell_at", "moved_since", "previous_ends_at"):
            table.drop_column(name)
