"""Counters of one index: the end of the window first, then the key. What was counted is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_rate_count_expires_at", table_name="rate_count")
    op.drop_table("rate_count")
    op.create_table(
        "rate_count",
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("expires_at", "key", name=op.f("pk_rate_count")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("rate_count")
    op.create_table(
        "rate_count",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_rate_count")),
    )
    op.create_index("ix_rate_count_expires_at", "rate_count", ["expires_at"])
