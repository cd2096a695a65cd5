"""Each person of a party is a participant: with code, link, address, answers and calendar entry.

The contact takes over those of the registration. A guest gets a code, and a link that nobody was
sent.
"""

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

AT_ONCE = 1000
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ALIVE = "('pending', 'confirmed', 'waitlisted', 'offered')"
ONCE = "is_expected AND email != ''"
WAS_ONCE = f"status IN {ALIVE} AND email != ''"
NEEDS = "diet != '' OR access_needs != ''"
MARKS = ("code", "seed", "link_digest")
UNIQUE = ("code", "link_digest")
OWN = (*MARKS, "email", "organisation")
"""These move from the registration to its contact. The contact's name is there already."""
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "event_id": sa.Integer(),
    "is_expected": sa.Boolean(),
    "code": sa.String(),
    "seed": sa.LargeBinary(16),
    "link_digest": sa.LargeBinary(32),
    "email": sa.String(),
    "organisation": sa.String(),
}
"""What a participant gets."""
HANGING = (("answer", ("question_id",)), ("calendar_entry", ()))
"""What belonged to a registration, and what makes it one of its kind."""
AT_CONTACT = (
    "SELECT id FROM participant WHERE participant.registration_id = {}.registration_id"
    " AND participant.is_contact"
)
AT_REGISTRATION = "SELECT registration_id FROM participant WHERE participant.id = {}.participant_id"


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("participant", sa.Column(name, kind, nullable=True))
    common = {"event_id": _its("event_id"), "is_expected": _its(f"status IN {ALIVE}")}
    _set("participant", common | {name: _its(name) for name in OWN}, "is_contact")
    _set("participant", common | {"email": "''", "organisation": "''"}, "NOT is_contact")
    _mark_guests()
    op.drop_index("ix_participant_needs", table_name="participant")
    with op.batch_alter_table("participant") as table:
        for name, kind in COLUMNS.items():
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_foreign_key(
            op.f("fk_participant_event_id_event"), "event", ["event_id"], ["id"]
        )
        for name in UNIQUE:
            table.create_unique_constraint(op.f(f"uq_participant_{name}"), [name])
    _partial("uq_participant_expected", "participant", ["event_id", "email"], ONCE, unique=True)
    _partial("ix_participant_email", "participant", ["email", "event_id"], "email != ''")
    op.create_index("ix_participant_name", "participant", ["event_id", "name", "registration_id"])
    _partial("ix_participant_needs", "participant", ["event_id"], NEEDS)
    for name, together in HANGING:
        _hang(name, together, "registration", "participant", AT_CONTACT)
    op.add_column("registration", sa.Column("is_wiped", sa.Boolean(), nullable=True))
    _set("registration", {"is_wiped": "(email = '')"}, "id > 0")
    for name in ("uq_registration_alive", "ix_registration_held", "ix_registration_name"):
        op.drop_index(name, table_name="registration")
    with _registration_anew() as table:
        table.alter_column("is_wiped", existing_type=sa.Boolean(), nullable=False)
        for name in UNIQUE:
            table.drop_constraint(f"uq_registration_{name}", type_="unique")
        for name in (*OWN, "name"):
            table.drop_column(name)


def downgrade() -> None:
    """Lost: codes, addresses, answers and calendar entries of guests."""
    _give_back()
    for name, together in HANGING:
        guests = "SELECT id FROM participant WHERE NOT is_contact"
        op.execute(f"DELETE FROM {name} WHERE participant_id IN ({guests})")  # noqa: S608 -- our own words
        _hang(name, together, "participant", "registration", AT_REGISTRATION)
    for index in ("uq_participant_expected", "ix_participant_email", "ix_participant_name",
                  "ix_participant_needs"):  # fmt: skip
        op.drop_index(index, table_name="participant")
    with op.batch_alter_table("participant") as table:
        table.drop_constraint("fk_participant_event_id_event", type_="foreignkey")
        for name in UNIQUE:
            table.drop_constraint(f"uq_participant_{name}", type_="unique")
        for name in COLUMNS:
            table.drop_column(name)
    _partial("ix_participant_needs", "participant", ["registration_id"], NEEDS)


def _give_back() -> None:
    """To the registration."""
    own = {name: COLUMNS.get(name, sa.String()) for name in (*OWN, "name")}
    for name, kind in own.items():
        op.add_column("registration", sa.Column(name, kind, nullable=True))
    contact = (
        "(SELECT {} FROM participant AS one"
        " WHERE one.registration_id = registration.id AND one.is_contact)"
    )
    _set("registration", {name: contact.format(name) for name in own}, "id > 0")
    with _registration_anew() as table:
        for name, kind in own.items():
            table.alter_column(name, existing_type=kind, nullable=False)
        for name in UNIQUE:
            table.create_unique_constraint(op.f(f"uq_registration_{name}"), [name])
        table.drop_column("is_wiped")
    _partial("uq_registration_alive", "registration", ["event_id", "email"], WAS_ONCE, unique=True)
    _partial("ix_registration_held", "registration", ["email", "event_id", "status"], "email != ''")
    op.create_index("ix_registration_name", "registration", ["event_id", "name", "id"])


def _set(table: str, values: Mapping[str, str], where: str) -> None:
    words = ", ".join(f"{name} = {value}" for name, value in values.items())
    op.execute(f"UPDATE {table} SET {words} WHERE {where}")  # noqa: S608 -- our own words


def _its(words: str) -> str:
    """Of the participant's registration."""
    return f"(SELECT {words} FROM registration AS its WHERE its.id = participant.registration_id)"  # noqa: S608 -- our own words


def _mark_guests() -> None:
    """A batch at a time."""
    table = sa.table("participant", *(sa.column(name) for name in ("id", "is_contact", *MARKS)))
    mark = sa.update(table).where(table.c.id == sa.bindparam("its_id"))
    mark = mark.values({name: sa.bindparam(f"new_{name}") for name in MARKS})
    wanted = sa.select(table.c.id).where(~sa.type_coerce(table.c.is_contact, sa.Boolean()))
    last = 0
    while found := _some(wanted.where(table.c.id > last).order_by(table.c.id)):
        last = found[-1]
        op.get_bind().execute(mark, [{"its_id": id, **_new_marks()} for id in found])


def _some(wanted: sa.Select[Any]) -> list[int]:
    return list(op.get_bind().execute(wanted.limit(AT_ONCE)).scalars())


def _new_marks() -> dict[str, Any]:
    signs = "".join(secrets.choice(SIGNS) for _ in range(7))
    return {
        "new_code": f"HCT-{signs}",
        "new_seed": secrets.token_bytes(16),
        "new_link_digest": secrets.token_bytes(32),
    }


def _hang(name: str, together: tuple[str, ...], old: str, new: str, which: str) -> None:
    """Rows of this table belong to the other from now on."""
    op.add_column(name, sa.Column(f"{new}_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE {name} SET {new}_id = ({which.format(name)})")  # noqa: S608 -- our own words
    if together:
        op.drop_index(op.f(f"ix_{name}_{old}_id"), table_name=name)
    with op.batch_alter_table(name) as table:
        table.alter_column(f"{new}_id", existing_type=sa.Integer(), nullable=False)
        table.drop_constraint(f"fk_{name}_{old}_id_{old}", type_="foreignkey")
        table.drop_constraint("_".join(("uq", name, f"{old}_id", *together)), type_="unique")
        table.drop_column(f"{old}_id")
        table.create_foreign_key(
            op.f(f"fk_{name}_{new}_id_{new}"), new, [f"{new}_id"], ["id"], ondelete="CASCADE"
        )
        table.create_unique_constraint(
            op.f("_".join(("uq", name, f"{new}_id", *together))), [f"{new}_id", *together]
        )
    if together:
        op.create_index(op.f(f"ix_{name}_{new}_id"), name, [f"{new}_id"])


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    words = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=words, postgresql_where=words)


def _registration_anew() -> AbstractContextManager[BatchOperations]:
    """With its check, which SQLite would lose."""
    check = sa.CheckConstraint("party_size >= 1", name=op.f("ck_registration_at_least_one"))
    return op.batch_alter_table("registration", table_args=[check])
