"""Guests who have an address of their own."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import contains_eager

from events_app.core import text, tokens
from events_app.core.db import db
from events_app.core.errors import NoOwnPage
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import begins_at
from events_app.registrations.models import Participant, Question, Registration, Status
from events_app.registrations.queries.people import HAS_ADDRESS, IS_GUEST
from events_app.registrations.queries.transfers import must_not_have_ended


def _people() -> Select[Participant]:
    wanted = select(Participant).join(Participant.registration).where(HAS_ADDRESS)
    return wanted.options(contains_eager(Participant.registration))


def _guests() -> Select[Participant]:
    return _people().where(IS_GUEST)


def person_by_token(token: str) -> Participant:
    """Whose own link it is, a guest's or a contact's. Raises NotFoundError, or LinkEnded."""
    wanted = _people().where(Participant.link_digest == tokens.digest(token))
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        must_not_have_ended(token)
        raise NoOwnPage
    return found


def guests_with(email: str) -> Sequence[Participant]:
    """With this address (lower case), the latest first."""
    wanted = _guests().where(Participant.email == email.strip().lower())
    return db.session.scalars(wanted.order_by(Participant.id.desc())).all()


def untold_guests(*, limit: int) -> Sequence[Participant]:
    """Whose party has a place, and who have not heard of it."""
    wanted = (
        _guests()
        .join(Event, Event.id == Participant.event_id)
        .outerjoin(Participant.calendar_entry)
        .where(
            Participant.is_expected,
            literal_column("calendar_entry.id").is_(None),
            Registration.status == Status.CONFIRMED,
            Event.status.in_((EventStatus.PUBLISHED, EventStatus.POSTPONED)),
        )
    )
    return db.session.scalars(wanted.order_by(Participant.id).limit(limit)).all()


def guest_held_on(email: str, *, shown: Callable[[Question, Any], str]) -> list[dict[str, Any]]:
    """As whose guest we know an address, as plain values. `shown`: an answer in words."""
    return [
        {
            "code": each.code, "event": text.local(each.registration.event.title),
            "event_begins_at": begins_at(each.registration.event),
            "status": each.registration.status, "name": each.name, "email": each.email,
            "answers": [
                {
                    "question": text.local(answer.question.label),
                    "answer": shown(answer.question, answer.value),
                }
                for answer in each.answers
            ],
            "in_calendar_as": each.calendar_entry.uid if each.calendar_entry else None,
        }
        for each in guests_with(email)
    ]  # fmt: skip
