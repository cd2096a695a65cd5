"""Everything we hold on a person, by the address they give."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from events_app.accounts import queries as accounts
from events_app.accounts.models import JournalEntry
from events_app.contacts.models import Consent, Person, Purpose
from events_app.contacts.rules import KEEP_IDLE
from events_app.core import text
from events_app.core.addresses import addresses_in, stands_in
from events_app.core.components import Holding
from events_app.core.db import Base, db, written_in_json
from events_app.core.text import _
from events_app.delivery import queries as delivery
from events_app.privacy import rules
from events_app.privacy.rules import Whose


@dataclass(frozen=True, slots=True)
class Everything:
    """All that the house holds on an address (GDPR, article 15)."""

    data: dict[str, Any]
    """As plain values."""
    lines: list[tuple[str, str]]
    """In short: a label and words; without words nothing is held."""


def everything_on(email: str, holdings: Sequence[Holding]) -> Everything:
    email = email.strip().lower()
    held = [holding.shown(email) for holding in holdings]
    letters = delivery.held_on(email)
    lines = _journal(email, holdings)
    return Everything(
        data={
            "address": email,
            **{name: value for some in held for name, value in some.data.items()},
            **letters,
            "journal": lines,
        },
        lines=[
            *(line for some in held for line in some.lines),
            (_("E-mails"), text.count(letters["letters"])),
            (_("Lines in the journal"), text.count(lines)),
        ],
    )


def _journal(email: str, holdings: Sequence[Holding]) -> list[dict[str, Any]]:
    lines = {*lines_about(email, holdings), *accounts.lines_naming(email)}
    return [
        {
            "at": line.at, "verb": line.verb, "of": line.subject_label,
            "before": line.before, "after": line.after,
        }
        for line in sorted(lines, key=lambda line: line.id)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Naming:
    """Ids of rows that are about somebody else, or nobody, and hold an address."""

    letters: Collection[int]
    lines: Collection[int]


def naming(email: str) -> Naming:
    """All letters and the whole journal are read for it: look before the lock is taken."""
    email = email.strip().lower()
    lines = [line.id for line in accounts.lines_naming(email)]
    return Naming(letters=delivery.letters_naming(email), lines=lines)


def lines_about(email: str, holdings: Sequence[Holding]) -> Sequence[JournalEntry]:
    """Lines of the journal about somebody, in whatever room they are known."""
    rows = [holding.rows(email).items() for holding in holdings]
    return accounts.lines_about(dict(chain.from_iterable(rows)))


def mentions(email: str) -> list[tuple[str, int]]:
    """Texts of colleagues that hold this address: table and number of rows. Nobody but a colleague
    can take it out of them.
    """
    found = []
    tables: dict[str, list[str]] = {}
    for table, column in rules.columns()[Whose.WRITTEN]:
        tables.setdefault(table, []).append(column)
    for table, names in tables.items():
        columns = Base.metadata.tables[table].c
        words = written_in_json(email)
        holds = [cast(columns[name], String).icontains(words, autoescape=True) for name in names]
        wanted = select(*(columns[name] for name in names))
        rows = db.session.execute(wanted.where(or_(*holds)))
        if number := sum(stands_in(email, [*row]) for row in rows):
            found.append((table, number))
    return found


def addresses() -> set[str]:
    """Every address of somebody from outside, lower case: in a field of its own or in words. Reads
    all that can hold a person.
    """
    found: set[str] = set()
    for table, column in rules.columns()[Whose.PERSON]:
        values = select(Base.metadata.tables[table].c[column]).execution_options(yield_per=500)
        for value in db.session.scalars(values):
            found |= addresses_in(value)
    return found


def idle_people(
    now: datetime,
    *,
    holdings: Sequence[Holding],
    limit: int,
    among: Collection[int] | None = None,
) -> Sequence[int]:
    """Ids of people who have had no part in anything for long: the journal says when they lost one.

    What they agreed to is no part by itself, but a picture of them may be in use; and the proof of
    what they withdrew has a term of its own.
    """
    agreed = Consent.withdrawn_at.is_not(None) | (Consent.purpose == Purpose.PHOTO)
    wanted = select(Person.id).where(
        Person.created_at < now - KEEP_IDLE,
        ~accounts.told_since(Person.__name__, Person.id, now - KEEP_IDLE),
        _no(Consent.person_id, agreed),
        *(_no(part) for holding in holdings for part in holding.parts),
    )
    if among is not None:
        wanted = wanted.where(Person.id.in_(among))
    return db.session.scalars(wanted.limit(limit)).all()


def _no(column: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~select(column).where(column == Person.id, *which).exists()
