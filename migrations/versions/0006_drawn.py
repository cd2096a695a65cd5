"""Drawn files are kept in a folder of their own and go when nobody asks for them.

Those that are there are drawn again when they are asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM rendered_file")
    with op.batch_alter_table("rendered_file") as table:
        table.add_column(sa.Column("used_at", sa.DateTime(timezone=True), nullable=False))
    op.create_index("ix_rendered_file_used", "rendered_file", ["used_at"])
    op.create_index("ix_rendered_file_file", "rendered_file", ["file_key"])


def downgrade() -> None:
    op.execute("DELETE FROM rendered_file")
    op.drop_index("ix_rendered_file_file", table_name="rendered_file")
    op.drop_index("ix_rendered_file_used", table_name="rendered_file")
    with op.batch_alter_table("rendered_file") as table:
        table.drop_column("used_at")
