"""A registration may have to be confirmed by the button in its letter; whose address is typed again
is written down, and a job writes to them; of a mixed event it says who takes part online.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

UNCONFIRMED = sa.text("confirm_by IS NOT NULL AND status IN ('pending','waitlisted')")
AGAIN = sa.text("asked_again_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("is_online", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("registration") as table:
        table.alter_column("is_online", server_default=None)
    op.create_index(
        "ix_registration_unconfirmed", "registration", ["confirm_by"],
        sqlite_where=UNCONFIRMED, postgresql_where=UNCONFIRMED,
    )  # fmt: skip
    op.create_index(
        "ix_registration_again", "registration", ["asked_again_at"],
        sqlite_where=AGAIN, postgresql_where=AGAIN,
    )  # fmt: skip


def downgrade() -> None:
    """Who has not confirmed is then taken to have a place, or one in line. Who takes part online
    would need a place: those rows must be looked at by hand, and the recount names their pools.
    """
    op.execute("UPDATE registration SET status = 'confirmed' WHERE status = 'pending'")
    op.execute("UPDATE waitlist_entry SET status = 'waiting' WHERE status = 'pending'")
    op.drop_index("ix_registration_again", table_name="registration")
    op.drop_index("ix_registration_unconfirmed", table_name="registration")
    with op.batch_alter_table("registration") as table:
        table.drop_column("is_online")
        table.drop_column("asked_again_at")
        table.drop_column("confirm_by")
