"""How a registration moves, how long an offer stands, and what is news to people."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from events_app.core import text
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import location
from events_app.registrations.models import Participant, Registration, Status

ALIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED, Status.OFFERED)
SEATED = (Status.PENDING, Status.CONFIRMED, Status.OFFERED)
"""These hold places of the pool."""
MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(
        {Status.CONFIRMED, Status.REJECTED, Status.CANCELLED, Status.EXPIRED}
    ),
    Status.CONFIRMED: frozenset({Status.CANCELLED}),
    Status.WAITLISTED: frozenset(
        {Status.OFFERED, Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}
    ),
    Status.OFFERED: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CANCELLED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),
}
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(9)
SHORTEST_OFFER = timedelta(hours=1)
HELD_FOR = timedelta(days=1)
"""How long there is for the button in the letter."""
QUIET = timedelta(minutes=20)
"""After the last edit of an event, before its people are told: five edits make one letter."""


def may_move(status: Status, wanted: Status) -> bool:
    return wanted in MOVES[status]


def may_confirm(status: Status) -> bool:
    """By the button in the letter, for who has to."""
    return status in (Status.PENDING, Status.WAITLISTED, Status.EXPIRED)


def may_change(registration: Registration, *, now: datetime) -> bool:
    return registration.status in ALIVE and registration.event.ends_at > now


def is_to_come(event: Event, *, now: datetime) -> bool:
    """Not over, or without a date for the moment."""
    return event.ends_at > now or event.status is EventStatus.POSTPONED


def may_erase(registration: Registration, *, now: datetime) -> bool:
    """By their own link: when nobody counts on their coming any more."""
    return registration.status not in ALIVE or not is_to_come(registration.event, now=now)


def guest(registration: Registration, key: int) -> Participant:
    """One of who was brought along, and has a name. Raises NotFoundError."""
    for one in registration.participants:
        if one.id == key and one.name and not one.is_contact:
            return one
    raise NotFoundError


def offer_deadline(
    now: datetime, *, hours: int, starts_at: datetime, timezone: str
) -> datetime | None:
    """When an offer made now ends: never at night, never after the event begins.

    None: there is no time left for an offer that someone can answer.
    """
    zone = text.zone(timezone)
    ends = (now + timedelta(hours=hours)).astimezone(zone)
    if ends.time() > NIGHT_BEGINS:
        ends = datetime.combine(ends.date() + timedelta(days=1), NIGHT_ENDS, zone)
    elif ends.time() < NIGHT_ENDS:
        ends = datetime.combine(ends.date(), NIGHT_ENDS, zone)
    last = starts_at.astimezone(zone)
    if last.time() > NIGHT_BEGINS:
        last = datetime.combine(last.date(), NIGHT_BEGINS, zone)
    elif last.time() < NIGHT_ENDS:
        last = datetime.combine(last.date() - timedelta(days=1), NIGHT_BEGINS, zone)
    ends = min(ends, last)
    return ends if ends - now >= SHORTEST_OFFER else None


def confirm_by(now: datetime, *, starts_at: datetime) -> datetime:
    """Until when a place is held for who registers now."""
    return min(now + HELD_FOR, starts_at)


def concerns(registration: Registration, old: Mapping[str, str]) -> bool:
    """Whether what changed since they were told is news to them: another hall is none online."""
    new = facts(registration.event)
    changed = {name for name in new if new[name] != old[name]}
    return not registration.is_online or changed != {"place"}


def facts(event: Event) -> dict[str, str]:
    """What people must be told when it changes; a change of wording alone is no news."""
    return {
        "starts_at": event.starts_at.astimezone(UTC).isoformat(),
        "ends_at": event.ends_at.astimezone(UTC).isoformat(),
        "timezone": event.timezone,
        "place": location(event),
        "stream": event.stream_url,
        "postponed": "yes" if event.status is EventStatus.POSTPONED else "",
    }


def facts_hash(facts: Mapping[str, str]) -> str:
    return hashlib.sha256("\0".join(facts[name] for name in sorted(facts)).encode()).hexdigest()
