"""Guests with an address of their own: who typed an address again is noted at the person."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

AGAIN = sa.text("asked_again_at IS NOT NULL")
GUEST = sa.text("email != '' AND NOT is_contact")


def upgrade() -> None:
    _move("registration", "participant", "participant.is_contact")
    op.create_index(
        "ix_participant_guest", "participant", ["event_id"], sqlite_where=GUEST,
        postgresql_where=GUEST,
    )  # fmt: skip


def downgrade() -> None:
    """Guests keep an address that nobody of before knows; the night forgets it with the others."""
    op.drop_index("ix_participant_guest", table_name="participant")
    _move("participant", "registration", "registration.id > 0")


def _move(old: str, new: str, whose: str) -> None:
    op.drop_index(f"ix_{old}_again", table_name=old)
    op.add_column(new, sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
    asked = (
        "SELECT its.asked_again_at FROM registration AS its"
        " WHERE its.id = participant.registration_id"
        if new == "participant"
        else "SELECT its.asked_again_at FROM participant AS its"
        " WHERE its.registration_id = registration.id AND its.is_contact"
    )
    op.execute(f"UPDATE {new} SET asked_again_at = ({asked}) WHERE {whose}")  # noqa: S608 -- our own words
    op.drop_column(old, "asked_again_at")
    op.create_index(
        f"ix_{new}_again", new, ["asked_again_at"], sqlite_where=AGAIN, postgresql_where=AGAIN
    )
