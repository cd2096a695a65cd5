"""A place can go to another address: a transfer."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ASKED = sa.text("status = 'asked'")
NAMED = sa.text("email != ''")


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("is_hand_over", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("former_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("former_address", sa.LargeBinary(length=32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_transfer_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_transfer_link_digest")),
        sa.UniqueConstraint("former_digest", name=op.f("uq_transfer_former_digest")),
    )
    op.create_index(op.f("ix_transfer_participant_id"), "transfer", ["participant_id"])
    for name, column, where, is_unique in (
        ("uq_transfer_asked", "participant_id", ASKED, True),
        ("ix_transfer_email", "email", NAMED, False),
    ):
        op.create_index(
            name, "transfer", [column], unique=is_unique, sqlite_where=where,
            postgresql_where=where,
        )  # fmt: skip


def downgrade() -> None:
    """Lost: what waits for an answer, and what a former link says."""
    op.drop_table("transfer")
