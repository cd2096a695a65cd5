"""A version of a kit keeps the kit's own words that are in it.

Those of the versions that are there are taken to be the kit's words of today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kit_version") as table:
        table.add_column(sa.Column("fields", sa.JSON(), nullable=True))
    op.execute(
        "UPDATE kit_version SET fields = (SELECT fields FROM kit WHERE kit.id = kit_version.kit_id)"
    )
    with op.batch_alter_table("kit_version") as table:
        table.alter_column("fields", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("kit_version") as table:
        table.drop_column("fields")
