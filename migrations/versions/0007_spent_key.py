"""Keys of forms that were sent: what a form makes is made once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_key",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_key")),
    )
    op.create_index(op.f("ix_spent_key_spent_at"), "spent_key", ["spent_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_spent_key_spent_at"), table_name="spent_key")
    op.drop_table("spent_key")
