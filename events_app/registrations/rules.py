"""Who gets a place, who waits, how long an offer stands, and who may see the list."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from events_app.accounts.models import Role, StaffMember
from events_app.core import text
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import location
from events_app.registrations.models import Access, Registration, RegistrationForm, Status

ALIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED, Status.OFFERED)
SEATED = (Status.CONFIRMED, Status.OFFERED)
"""These hold places of the pool."""
MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.REJECTED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.CANCELLED}),
    Status.WAITLISTED: frozenset({Status.OFFERED, Status.CONFIRMED, Status.CANCELLED}),
    Status.OFFERED: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CANCELLED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.EXPIRED: frozenset(),
}
GUESTS_MOST = 9
FEW = 10
"""One place in so many is left: say so."""
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(9)
SHORTEST_OFFER = timedelta(hours=1)
QUIET = timedelta(minutes=20)
"""After the last edit of an event, before its people are told: five edits make one letter."""


class State(StrEnum):
    """How the places of an event stand, for someone who wants one."""

    NONE = "none"
    """No registration here: no form, or another site takes it."""
    NOT_YET = "not_yet"
    OPEN = "open"
    FEW = "few"
    WAITING = "waiting"
    """Full, with a waiting list."""
    FULL = "full"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    PAST = "past"


TAKES = (State.OPEN, State.FEW, State.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    size: int
    taken: int
    waiting: int
    """People in line, guests counted."""
    state: State
    access: Access = Access.OPEN
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    shows_left: bool = True

    @property
    def left(self) -> int:
        return max(0, self.size - self.taken)

    @property
    def has_button(self) -> bool:
        """Anyone may register now, from the event's own page."""
        return self.access is Access.OPEN and self.state in TAKES


NO_PLACES = Places(size=0, taken=0, waiting=0, state=State.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who wants a place, and what they told us."""

    name: str
    email: str
    organisation: str = ""
    language: str = "nl"
    guests: tuple[str, ...] = ()
    """Their names; all come, or none."""
    diet: str = ""
    access_needs: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    """By question id."""
    source: str = ""

    @property
    def party_size(self) -> int:
        return 1 + len(self.guests)


class NotOpen(Refusal):
    """Registration is not open; the sentence says why."""


class Full(Refusal):
    def __init__(self) -> None:
        super().__init__(_("All places are taken and there is no waiting list."))


class TooManyGuests(Refusal):
    def __init__(self, most: int) -> None:
        sentence = (
            _("You can bring at most %(most)s guests.", most=most)
            if most
            else _("You cannot bring guests to this event.")
        )
        super().__init__(sentence)


class AlreadyRegistered(Refusal):
    """Not for the eyes of whoever typed the address: it may be somebody else's."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(_("This address is already registered for this event."))
        self.registration = registration


class TooLate(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This can no longer be changed. Look at what has happened meanwhile."))


def state(
    event_status: EventStatus,
    starts_at: datetime,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> State:
    """By the calendar alone, places left aside."""
    ended = {
        EventStatus.CANCELLED: State.CANCELLED,
        EventStatus.POSTPONED: State.POSTPONED,
        EventStatus.DONE: State.PAST,
        EventStatus.ARCHIVED: State.PAST,
        EventStatus.DRAFT: State.NOT_YET,
    }
    if event_status in ended:
        return ended[event_status]
    if starts_at <= now:
        return State.PAST
    if opens_at and now < opens_at:
        return State.NOT_YET
    return State.CLOSED if closes_at and closes_at <= now else State.OPEN


def state_with_places(plain: State, *, free: int, size: int, has_waiting_list: bool) -> State:
    if plain is not State.OPEN:
        return plain
    if free <= 0:
        return State.WAITING if has_waiting_list else State.FULL
    return State.FEW if free * FEW <= size else State.OPEN


def must_be_open(form: RegistrationForm, event: Event, *, now: datetime, is_invited: bool) -> None:
    """Raises NotOpen with the reason."""
    stands = state(
        event.status, event.starts_at, opens_at=form.opens_at, closes_at=form.closes_at, now=now
    )
    why = {
        State.CANCELLED: _("This event does not take place. You cannot register any more."),
        State.POSTPONED: _("This event is postponed. You can register when there is a new date."),
        State.PAST: _("This event has begun or is over. You cannot register any more."),
        State.NOT_YET: _("Registration has not opened yet."),
        State.CLOSED: _("Registration has closed."),
    }
    if stands in why:
        raise NotOpen(why[stands])
    if form.access is Access.INVITATION and not is_invited:
        raise NotOpen(_("This event is by invitation only. Use the link in your invitation."))


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


def facts_hash(event: Event) -> str:
    """Of what people must be told when it changes: time, place, link, and whether it goes on."""
    facts = (
        event.starts_at.isoformat(),
        event.ends_at.isoformat(),
        event.timezone,
        location(event),
        event.stream_url,
        "postponed" if event.status is EventStatus.POSTPONED else "",
    )
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def source(value: str) -> str:
    """A source as it may come from outside; anything that is no code becomes none."""
    return value if re.fullmatch(r"[A-Za-z0-9:_.-]{1,64}", value) else ""


def may_move(status: Status, wanted: Status) -> bool:
    return wanted in MOVES[status]


def may_see_list(staff: StaffMember) -> bool:
    """The door sees names and what concerns the door; editors see no people."""
    return staff.is_active and staff.role is not Role.EDITOR


def may_see_all(staff: StaffMember) -> bool:
    """Addresses, diets, access needs and every answer."""
    return staff.is_active and staff.role in (Role.ORGANISER, Role.OWNER)
