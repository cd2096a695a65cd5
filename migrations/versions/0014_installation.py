"""The name in calendars and feeds no longer follows the host: it stays what it is today."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    op.bulk_insert(table, [{"name": host}])


def downgrade() -> None:
    op.drop_table("installation")
