"""May someone register now, and what do readers see of the places."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from events_app.capacity.models import Pool
from events_app.core.text import lazy as _
from events_app.events.models import AttendanceMode, Event, Ownership
from events_app.events.models import Status as EventStatus
from events_app.registrations.models import Access, RegistrationForm
from events_app.registrations.rules.refusals import LargerThanRoom, NoChoice, NotOpen

FEW, A_HANDFUL = 10, 3
"""One place in so many is left, or no more than a handful: say so."""
ROUND = 10


class State(StrEnum):
    """What there is at an event for someone who wants a place."""

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
IS_FULL = (State.WAITING, State.FULL)
"""Who registers now gets no place: a place in line at most."""


class Prospect(StrEnum):
    """What there is for a guest."""

    PLACE = "place"
    ONLINE = "online"
    """The hall is full, and online is open."""
    LINE = "line"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """The places online of an event that is in a hall too."""

    size: int | None
    """None: room for everyone."""
    taken: int
    waiting: int
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    size: int
    taken: int
    held: int = 0
    """For somebody's guests, and nobody has them yet."""
    waiting: int
    """People in line, guests counted."""
    state: State
    access: Access = Access.OPEN
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    shows_left: bool = True
    online: Online | None = None
    """None: there is no choice. Where there is one, all the rest is about the hall."""
    online_taken: int = 0
    """Also where there is no choice: who chose when there was one keeps a place online."""

    @property
    def left(self) -> int:
        return max(0, self.size - self.taken - self.held)

    @property
    def told_left(self) -> int:
        """What everybody may read of `left`: in tens, rounded down. An exact number falls by one
        for a new address alone, and so tells who had not registered yet.
        """
        return self.left // ROUND * ROUND

    @property
    def told(self) -> Self:
        """As everybody may know them: the same while one or two more people register."""
        left = self.told_left if self.shows_left else 0
        online = self.online and replace(self.online, taken=0, waiting=0)
        return replace(self, size=left, taken=0, held=0, waiting=0, online=online, online_taken=0)

    def with_held(self, free: int) -> Self:
        """The places for somebody for whom so many more are held: where these are more than what
        is left for everybody, they are what there is.
        """
        if free <= self.left or self.state not in (*TAKES, State.FULL):
            return self
        state = state_with_places(State.OPEN, free=free, size=free, has_waiting_list=False)
        return replace(self, size=free, taken=0, held=0, state=state)

    @property
    def prospect(self) -> Prospect:
        """What there is for somebody who says yes now."""
        if not self.is_full:
            return Prospect.PLACE
        if self.takes_online:
            return Prospect.ONLINE
        return Prospect.LINE if self.state is State.WAITING else Prospect.NONE

    @property
    def is_full(self) -> bool:
        return self.state in IS_FULL

    @property
    def takes_online(self) -> bool:
        return self.online is not None and self.online.state not in IS_FULL

    @property
    def is_online_full(self) -> bool:
        return self.online is not None and self.online.state in IS_FULL

    @property
    def availability(self) -> str:
        """In one word, for lists: open to all, to those invited, or online alone."""
        if self.access is Access.INVITATION and self.state in TAKES:
            return "invitation"
        if self.takes_online and self.is_full:
            return "hall_full"
        if self.is_online_full and not self.is_full and self.state in TAKES:
            return "online_full"
        return "hall_few" if self.takes_online and self.state is State.FEW else self.state.value

    @property
    def is_taking(self) -> bool:
        """Somebody may register now, or join the line."""
        return self.state in TAKES

    @property
    def has_button(self) -> bool:
        """Anyone may register now, from the event's own page."""
        return self.access is Access.OPEN and (self.is_taking or self.is_online_alone)

    @property
    def is_online_alone(self) -> bool:
        """The hall is full and has no line; online is open."""
        return self.takes_online and self.state is State.FULL


NO_PLACES = Places(size=0, taken=0, waiting=0, state=State.NONE)


WHY_NOT = {
    State.CANCELLED: _("This event does not take place. You cannot register any more."),
    State.POSTPONED: _("This event is postponed. You can register when there is a new date."),
    State.PAST: _("This event has begun or is over. You cannot register any more."),
    State.NOT_YET: _("Registration has not opened yet."),
    State.CLOSED: _("Registration has closed."),
}


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


def state_with_places(
    plain: State, *, free: int | None, size: int | None, has_waiting_list: bool
) -> State:
    """`free` and `size` None: room for everyone."""
    if plain is not State.OPEN or free is None or size is None:
        return plain
    if free <= 0:
        return State.WAITING if has_waiting_list else State.FULL
    return State.FEW if free <= max(A_HANDFUL, size // FEW) else State.OPEN


def may_choose(event: Event) -> bool:
    """Whether to come to the hall or to watch online."""
    return event.attendance_mode is AttendanceMode.MIXED


def must_be_chosen(event: Event, *, is_online: bool | None) -> None:
    """Raises NoChoice for a way to take part that there was when the form was opened. None: there
    was one alone.
    """
    is_there = is_online is (event.attendance_mode is AttendanceMode.ONLINE)
    if is_online is not None and not is_there and not may_choose(event):
        raise NoChoice(is_online=is_online)


def may_answer(form: RegistrationForm, event: Event, *, now: datetime) -> bool:
    """Answers may be given and changed while the form is open, whether there are places or not."""
    current = state(event.status, event.starts_at, opens_at=None, closes_at=form.closes_at, now=now)
    return current in (State.OPEN, State.POSTPONED)


def must_take_place(event: Event, *, now: datetime) -> None:
    """Raises NotOpen with the reason; whether registration has closed meanwhile does not matter."""
    current = state(event.status, event.starts_at, opens_at=None, closes_at=None, now=now)
    if current in WHY_NOT:
        raise NotOpen(WHY_NOT[current])


def must_come(event: Event, *, now: datetime) -> None:
    """Raises NotOpen for an event that is called off or over: nobody gets a place there."""
    if event.status in (EventStatus.DONE, EventStatus.ARCHIVED):
        raise NotOpen(WHY_NOT[State.PAST])
    if event.status is EventStatus.CANCELLED:
        raise NotOpen(WHY_NOT[State.CANCELLED])
    if event.status is EventStatus.PUBLISHED and event.ends_at <= now:
        raise NotOpen(WHY_NOT[State.PAST])


def fits_ever(pool: Pool, party_size: int) -> bool:
    """To wait makes sense. While there is no place at all, everybody waits for what organisers will
    give.
    """
    return not pool.size or party_size <= pool.size + pool.over_allowance


def must_fit_ever(pool: Pool, party_size: int, *, form: RegistrationForm) -> None:
    """Raises LargerThanRoom."""
    if not fits_ever(pool, party_size):
        places = (pool.size or 0) + pool.over_allowance
        is_hall = may_choose(form.event) and pool.id == form.pool_id
        fits = is_hall and fits_online(form, party_size)
        raise LargerThanRoom(places, party_size=party_size, is_hall=is_hall, fits_online=fits)


def fits_online(form: RegistrationForm, party_size: int) -> bool:
    """All of them could take part there now, in place of the hall."""
    free = form.online_pool.free
    return may_choose(form.event) and (free is None or party_size <= free)


def may_register(form: RegistrationForm, event: Event, *, now: datetime) -> bool:
    """Anybody, without an invitation; there may be no place left."""
    try:
        must_be_open(form, event, now=now, is_invited=False)
    except NotOpen:
        return False
    return True


def must_be_here(event: Event) -> None:
    """Raises NotOpen where another site takes registrations."""
    if event.ownership is Ownership.EXTERNAL:
        raise NotOpen(_("People register for this event elsewhere. Its page says where."))


def must_be_open(form: RegistrationForm, event: Event, *, now: datetime, is_invited: bool) -> None:
    """Raises NotOpen with the reason."""
    must_be_here(event)
    current = state(
        event.status, event.starts_at, opens_at=form.opens_at, closes_at=form.closes_at, now=now
    )
    if current in WHY_NOT:
        raise NotOpen(WHY_NOT[current])
    if form.access is Access.INVITATION and not is_invited:
        raise NotOpen(_("This event is by invitation only. Use the link in your invitation."))
