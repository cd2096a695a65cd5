"""A question is asked of the contact of a party, as all were, or of everyone."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "question",
        sa.Column("asked_of", sa.String(length=24), server_default="contact", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("question", "asked_of")
