"""Partners are told of a version after it is published, and kits follow the logos of their senders.

Versions that are there have been told of.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kit_version") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE kit_version SET told_at = published_at")
    op.create_index("ix_kit_version_told", "kit_version", ["told_at"])
    with op.batch_alter_table("kit") as table:
        table.add_column(sa.Column("differs_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kit") as table:
        table.drop_column("differs_since")
    op.drop_index("ix_kit_version_told", table_name="kit_version")
    with op.batch_alter_table("kit_version") as table:
        table.drop_column("told_at")
