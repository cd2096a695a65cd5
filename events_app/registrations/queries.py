from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.core import tokens
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.registrations import rules
from events_app.registrations.models import (
    Answer,
    Pool,
    Registration,
    RegistrationForm,
    WaitlistEntry,
    WaitStatus,
)
from events_app.registrations.rules import Places

_PERSONAL: tuple[ORMOption, ...] = (
    joinedload(Registration.calendar_entry),
    joinedload(Registration.place_in_line),
    selectinload(Registration.participants),
    selectinload(Registration.answers).joinedload(Answer.question),
)
"""What a person sees of their own registration."""


def places(event_ids: Iterable[int], *, now: datetime) -> dict[int, Places]:
    """How the places of these events stand, in one statement. No form: not in the answer."""
    waiting = (
        select(func.coalesce(func.sum(WaitlistEntry.party_size), 0))
        .where(WaitlistEntry.pool_id == Pool.id, WaitlistEntry.status == WaitStatus.WAITING)
        .correlate(Pool)
        .scalar_subquery()
    )
    wanted = (
        select(RegistrationForm, Pool, Event.status, Event.starts_at, waiting)
        .join(Event, Event.id == RegistrationForm.event_id)
        .join(Pool, (Pool.event_id == Event.id) & (Pool.name == "event"))
        .where(RegistrationForm.event_id.in_(list(event_ids)))
    )
    return {
        form.event_id: Places(
            size=pool.size,
            taken=pool.taken,
            waiting=in_line,
            access=form.access,
            opens_at=form.opens_at,
            closes_at=form.closes_at,
            shows_left=form.shows_places_left,
            state=rules.state_with_places(
                rules.state(
                    status, starts_at, opens_at=form.opens_at, closes_at=form.closes_at, now=now
                ),
                free=pool.size + pool.over_allowance - pool.taken,
                size=pool.size,
                has_waiting_list=form.has_waiting_list,
            ),
        )
        for form, pool, status, starts_at, in_line in db.session.execute(wanted)
    }


def form_of(event_id: int) -> RegistrationForm:
    """The form with its event, questions and pool, in one statement. Raises NotFoundError."""
    return _form(RegistrationForm.event_id == event_id)


def form_at(slug: str) -> RegistrationForm:
    """The same by the event's slug, for the public page."""
    return _form(Event.slug == slug)


def _form(which: ColumnElement[bool]) -> RegistrationForm:
    wanted = (
        select(RegistrationForm)
        .join(RegistrationForm.event)
        .where(which)
        .options(
            contains_eager(RegistrationForm.event).joinedload(Event.venue),
            joinedload(RegistrationForm.pool),
            joinedload(RegistrationForm.questions),
        )
    )
    found = db.session.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFoundError
    return found


def alive(event_id: int, email: str) -> Registration | None:
    """The registration of this address that still counts."""
    return db.session.scalars(
        select(Registration).where(
            Registration.event_id == event_id,
            Registration.email == email,
            Registration.status.in_(rules.ALIVE),
        )
    ).one_or_none()


def by_token(token: str) -> Registration:
    """The registration of this personal link, with all that its page shows."""
    found = db.session.scalars(
        select(Registration)
        .where(Registration.link_digest == tokens.digest(token))
        .options(joinedload(Registration.event).joinedload(Event.venue), *_PERSONAL)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found
