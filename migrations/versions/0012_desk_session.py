"""A session at the desk is a row: signing out ends it here, and not only in the browser.

Whoever was signed in signs in again. An ask for a sign-in link may be withheld.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_session",
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_member.id"],
            name=op.f("fk_desk_session_staff_id_staff_member"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_desk_session")),
    )
    op.create_index("ix_desk_session_staff_id", "desk_session", ["staff_id"])
    op.create_index("ix_desk_session_began_at", "desk_session", ["began_at"])
    op.add_column(
        "sign_in_link",
        sa.Column("is_withheld", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    # without batch: copying staff_member would empty what refers to it
    op.drop_column("staff_member", "epoch")


def downgrade() -> None:
    op.add_column(
        "staff_member", sa.Column("epoch", sa.Integer(), server_default="0", nullable=False)
    )
    op.drop_column("sign_in_link", "is_withheld")
    op.drop_table("desk_session")
