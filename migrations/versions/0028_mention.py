"""Who is named in a letter to somebody else is found there; who gave a place away is found in a backup.

Letters of before are taken to name everybody who has or had a part in the same registration.
"""

import hashlib
import re
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

GIVEN = sa.text("giver IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_message.id"],
            name=op.f("fk_mention_message_id_outbox_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_message_id"), "mention", ["message_id"])
    op.create_index(op.f("ix_mention_who"), "mention", ["who"])
    _find_mentions()
    op.drop_column("transfer", "former_address")
    op.add_column("transfer", sa.Column("giver", sa.LargeBinary(length=32), nullable=True))
    op.add_column("transfer", sa.Column("former_code", sa.String(), nullable=True))
    op.create_index(
        "ix_transfer_giver", "transfer", ["giver"], sqlite_where=GIVEN, postgresql_where=GIVEN
    )
    _approver(ondelete="SET NULL")


def _approver(ondelete: str | None) -> None:
    """Of an issue: a colleague who can be removed."""
    name = op.f("fk_issue_approved_by_id_staff_member")
    with op.batch_alter_table("issue") as batch:
        batch.drop_constraint(name, type_="foreignkey")
        batch.create_foreign_key(
            name, "staff_member", ["approved_by_id"], ["id"], ondelete=ondelete
        )


def downgrade() -> None:
    """Lost: who is named in letters to others, and letters to addresses that somebody changed."""
    _approver(ondelete=None)
    op.drop_index("ix_transfer_giver", table_name="transfer")
    op.drop_column("transfer", "former_code")
    op.drop_column("transfer", "giver")
    op.add_column("transfer", sa.Column("former_address", sa.LargeBinary(length=32), nullable=True))
    op.drop_table("mention")


OUTBOX = sa.table(
    "outbox_message", sa.column("id"), sa.column("dedupe_key"), sa.column("kind"),
    sa.column("to_digest"), sa.column("to_name"), sa.column("slots", sa.JSON),
    sa.column("is_wiped", sa.Boolean),
)  # fmt: skip
PARTICIPANT = sa.table(
    "participant", sa.column("id"), sa.column("registration_id"), sa.column("name"),
    sa.column("email"), sa.column("code"),
)  # fmt: skip
TRANSFER = sa.table("transfer", sa.column("participant_id"), sa.column("former_address"))
MENTION = sa.table(
    "mention", sa.column("message_id"), sa.column("who"), sa.column("slot"), sa.column("name")
)
Letters = list[tuple[int, Any]]
"""Rows with the id of their registration."""
UNPROVEN = "registrations/new_address"


def _find_mentions() -> None:
    letters = _letters()
    if not letters:
        return
    people = _people(letters)
    former = _former()
    found = [
        {"message_id": letter.id, "who": key, "slot": slot, "name": name}
        for id, letter in letters
        for name, keys in people[id].items()
        if name and letter.to_digest not in keys
        for slot, (kind, words) in letter.slots.items()
        if kind == "text" and (slot != "name" or letter.kind == UNPROVEN) and _names(words, name)
        for key in keys
    ]
    found += [
        {"message_id": letter.id, "who": who, "slot": "", "name": ""}
        for id, letter in letters
        for who in former[id, letter.to_digest]
    ]
    if found:
        op.get_bind().execute(sa.insert(MENTION), found)


def _letters() -> Letters:
    wanted = sa.select(OUTBOX).where(
        OUTBOX.c.dedupe_key.startswith("registration:"), sa.not_(OUTBOX.c.is_wiped)
    )
    return [(int(row.dedupe_key.split(":")[1]), row) for row in op.get_bind().execute(wanted)]


def _people(letters: Letters) -> dict[int, dict[str, set[bytes]]]:
    """By registration and name, what they are found by: who comes, and who was written to."""
    people: dict[int, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for row in op.get_bind().execute(sa.select(PARTICIPANT)):
        keys = people[row.registration_id][row.name]
        keys.add(hashlib.sha256(row.code.encode()).digest())
        if row.email:
            keys.add(_digest(row.email))
    for id, letter in letters:
        if letter.kind != UNPROVEN:
            people[id][letter.to_name].add(letter.to_digest)
    return people


def _former() -> dict[tuple[int, bytes], set[bytes]]:
    """By registration and the digest of an address that somebody changed, those of theirs now."""
    former: dict[tuple[int, bytes], set[bytes]] = defaultdict(set)
    wanted = sa.select(
        PARTICIPANT.c.registration_id, PARTICIPANT.c.email, TRANSFER.c.former_address
    ).join_from(TRANSFER, PARTICIPANT, TRANSFER.c.participant_id == PARTICIPANT.c.id)
    for row in op.get_bind().execute(wanted.where(TRANSFER.c.former_address.is_not(None))):
        former[row.registration_id, row.former_address].add(_digest(row.email))
    return former


def _names(words: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None


def _digest(email: str) -> bytes:
    local, _, domain = email.strip().rpartition("@")
    try:
        domain = domain.lower().encode("idna").decode()
    except UnicodeError:
        domain = domain.lower()
    return hashlib.sha256(f"{local.lower()}@{domain}".encode()).digest()
