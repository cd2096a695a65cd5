"""Everything we hold on a person, by the address they give."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from events_app.accounts import queries as accounts
from events_app.accounts.models import JournalEntry
from events_app.contacts import queries as contacts
from events_app.contacts.models import Consent, Membership, Person, Purpose
from events_app.core.addresses import addresses_in, stands_in
from events_app.core.db import Base, db, written_in_json
from events_app.delivery import queries as delivery
from events_app.invitations import queries as invitations
from events_app.invitations.models import Ambassador
from events_app.newsletters import queries as newsletters
from events_app.newsletters.models import Subscription
from events_app.privacy import rules
from events_app.privacy.rules import Whose
from events_app.registrations import queries as registrations


def everything_on(email: str) -> dict[str, Any]:
    """All that the house holds on an address (GDPR, article 15), as plain values."""
    email = email.strip().lower()
    person = contacts.person_by_email(email)
    lines = {*lines_about(email), *accounts.lines_naming(email)}
    return {
        "address": email,
        **(contacts.held_on(person) if person else {}),
        "registrations": registrations.held_on(email),
        **invitations.held_on(email, person),
        **newsletters.held_on(email, person),
        **delivery.held_on(email),
        "journal": [
            {
                "at": line.at, "verb": line.verb, "of": line.subject_label,
                "before": line.before, "after": line.after,
            }
            for line in sorted(lines, key=lambda line: line.id)
        ],
    }  # fmt: skip


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


def lines_about(email: str) -> Sequence[JournalEntry]:
    """Lines of the journal about somebody: as a person, an ambassador or in registrations."""
    person = contacts.person_by_email(email)
    known = invitations.ambassador_of(person.id) if person else None
    subjects = {
        "Person": [person.id] if person else [],
        "Ambassador": [known.id] if known else [],
        "Registration": [each.id for each in registrations.of_address(email)],
        "Invitation": [each.id for each in invitations.to_guest(email)],
    }
    return accounts.lines_about(subjects)


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
    now: datetime, *, limit: int, among: Collection[int] | None = None
) -> Sequence[int]:
    """Ids of people who have had no part in anything for long: the journal says when they lost one.

    What they agreed to is no part by itself, but a picture of them may be in use; and the proof of
    what they withdrew has a term of its own.
    """
    agreed = Consent.withdrawn_at.is_not(None) | (Consent.purpose == Purpose.PHOTO)
    wanted = select(Person.id).where(
        Person.created_at < now - rules.IDLE,
        ~accounts.told_since(Person.__name__, Person.id, now - rules.IDLE),
        _no(Membership.person_id),
        _no(Consent.person_id, agreed),
        _no(Subscription.person_id),
        _no(Ambassador.person_id),
    )
    if among is not None:
        wanted = wanted.where(Person.id.in_(among))
    return db.session.scalars(wanted.limit(limit)).all()


def _no(column: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~select(column).where(column == Person.id, *which).exists()
