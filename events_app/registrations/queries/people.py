from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.core import tokens
from events_app.core.db import db, rows
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.registrations import rules
from events_app.registrations.models import (
    Answer,
    Registration,
    WaitlistEntry,
    WaitStatus,
)

WHOLE: tuple[ORMOption, ...] = (
    joinedload(Registration.event).joinedload(Event.venue),
    joinedload(Registration.calendar_entry),
    joinedload(Registration.place_in_line),
    selectinload(Registration.participants),
    selectinload(Registration.answers).joinedload(Answer.question),
)
"""What a person sees of their own registration, and what letters need."""


IS_ALIVE = Registration.status.in_(
    bindparam("alive", rules.ALIVE, expanding=True, literal_execute=True)
)
"""In the words of the index of those that count: SQLite takes it for no others."""


def alive(event_id: int, email: str) -> Registration | None:
    """The registration of this address (lower case) that still counts."""
    found = rows(_ALIVE, {"event_id": event_id, "email": email})  # there is none, mostly
    return fresh(found[0].id) if found else None


_ALIVE = select(Registration.id).where(
    Registration.event_id == bindparam("event_id"),
    Registration.email == bindparam("email"),
    IS_ALIVE,
)


def by_token(token: str) -> Registration:
    """The registration of this personal link. Raises NotFoundError."""
    wanted = select(Registration).where(Registration.link_digest == tokens.digest(token))
    return _one(db.session.scalars(wanted.options(*WHOLE)).one_or_none())


def by_id(id: int, *, event_id: int) -> Registration:
    """One of this event's registrations. Raises NotFoundError."""
    wanted = select(Registration).where(Registration.id == id, Registration.event_id == event_id)
    return _one(db.session.scalars(wanted.options(*WHOLE)).one_or_none())


def fresh(id: int) -> Registration:
    """As it stands now in the database, for a decision made while its pool is held."""
    wanted = select(Registration).where(Registration.id == id).options(*WHOLE)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def first_in_line(pool_id: int, *, fits: int) -> WaitlistEntry | None:
    """Who waits longest among the parties that are not larger than `fits`."""
    wanted = (
        select(WaitlistEntry)
        .where(
            WaitlistEntry.pool_id == pool_id,
            WaitlistEntry.status == WaitStatus.WAITING,
            WaitlistEntry.party_size <= fits,
        )
        .order_by(WaitlistEntry.id)
        .limit(1)
    )
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def number_in_line(entry: WaitlistEntry) -> int:
    """1 for who is next."""
    ahead = db.session.scalar(
        select(func.count())
        .select_from(WaitlistEntry)
        .where(
            WaitlistEntry.pool_id == entry.pool_id,
            WaitlistEntry.status == WaitStatus.WAITING,
            WaitlistEntry.id < entry.id,
        )
    )
    return (ahead or 0) + 1


def _one(found: Registration | None) -> Registration:
    if found is None:
        raise NotFoundError
    return found
