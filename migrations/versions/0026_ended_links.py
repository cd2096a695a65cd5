"""A personal link that has ended says why, of guests too; before, a transfer kept that of a contact."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("link_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_ended_link_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_link")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_ended_link_link_digest")),
    )
    op.create_index(op.f("ix_ended_link_registration_id"), "ended_link", ["registration_id"])
    op.execute(
        "INSERT INTO ended_link (registration_id, link_digest, why, calendar)"
        " SELECT participant.registration_id, transfer.former_digest,"
        " CASE WHEN transfer.is_hand_over THEN 'handed_over' ELSE 'new_address' END, ''"
        " FROM transfer JOIN participant ON participant.id = transfer.participant_id"
        " WHERE transfer.former_digest IS NOT NULL"
    )
    with op.batch_alter_table("transfer") as table:
        table.drop_constraint("uq_transfer_former_digest", type_="unique")
        table.drop_column("former_digest")


def downgrade() -> None:
    """Lost: what links say that ended already."""
    with op.batch_alter_table("transfer") as table:
        table.add_column(sa.Column("former_digest", sa.LargeBinary(length=32), nullable=True))
        table.create_unique_constraint("uq_transfer_former_digest", ["former_digest"])
    op.drop_table("ended_link")
