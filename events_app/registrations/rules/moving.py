"""How a registration moves, how long an offer is open, and what is news to people."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from events_app.capacity.models import ClaimStatus
from events_app.core import text
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.events import rules as event_rules
from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import facts, is_to_come
from events_app.registrations.models import Participant, Registration, Status
from events_app.registrations.rules.opening import fits_online, may_choose, must_take_place
from events_app.registrations.rules.refusals import NotOpen, TooLate

ALIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED, Status.OFFERED)
SEATED = (Status.PENDING, Status.CONFIRMED, Status.OFFERED)
"""These hold places of a pool."""
KEEP_CONFIRMED = timedelta(days=365)
"""After an event, who had a place: until the next edition is filled and accounted for."""
KEEP_OTHERS = timedelta(days=30)
"""After an event, who cancelled or got no place: until the last question about it is asked."""
CLAIMED_AS: Mapping[Status, Collection[ClaimStatus]] = {
    Status.PENDING: (ClaimStatus.HELD,),
    Status.CONFIRMED: (ClaimStatus.HELD,),
    Status.OFFERED: (ClaimStatus.OFFERED,),
    Status.WAITLISTED: (ClaimStatus.WAITING, ClaimStatus.ASKED),
    Status.CANCELLED: (ClaimStatus.ENDED,),
    Status.REJECTED: (ClaimStatus.ENDED,),
    Status.EXPIRED: (ClaimStatus.ENDED,),
}
"""By the status of a registration, those of its claim."""
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(9)
SHORTEST_OFFER = timedelta(hours=1)
HELD_FOR = timedelta(days=1)
"""How long there is for the button in the letter."""


def status(claim: ClaimStatus, *, is_unconfirmed: bool, ended: Status) -> Status:
    """Of a registration with this claim. `ended`: what became of it when the claim has."""
    if claim is ClaimStatus.HELD:
        return Status.PENDING if is_unconfirmed else Status.CONFIRMED
    if claim is ClaimStatus.OFFERED:
        return Status.OFFERED
    return ended if claim is ClaimStatus.ENDED else Status.WAITLISTED


def may_confirm(status: Status) -> bool:
    """By the button in the letter, for who has to."""
    return status in (Status.PENDING, Status.WAITLISTED, Status.EXPIRED)


def may_change(registration: Registration, *, now: datetime) -> bool:
    """Until the event is over or called off, also before everybody has heard of that."""
    event = registration.event
    is_on = event.status is not EventStatus.CANCELLED and is_to_come(event, now=now)
    return registration.status in ALIVE and is_on


def too_late(registration: Registration, *, now: datetime) -> TooLate:
    """Why they may change nothing: the event, where it is that."""
    event = registration.event
    if event.status is EventStatus.CANCELLED:
        return TooLate(_("This event does not take place. So nothing has changed just now."))
    if not is_to_come(event, now=now):
        return TooLate(_("This event is over. So nothing has changed just now."))
    return TooLate()


def may_take_again(registration: Registration, *, now: datetime) -> bool:
    """Who did not press the button in time may still, where anybody gets a place at all."""
    has_lapsed = registration.status is Status.EXPIRED and registration.confirm_by is not None
    try:
        must_take_place(registration.event, now=now)
    except NotOpen:
        return False
    return has_lapsed


def may_erase(registration: Registration, *, now: datetime) -> bool:
    """By their own link: when nobody counts on their coming any more."""
    return registration.status not in ALIVE or not is_to_come(registration.event, now=now)


def guest(registration: Registration, key: int) -> Participant:
    """One of who was brought along, and has a name. Raises NotFoundError."""
    for one in registration.participants:
        if one.id == key and one.name and not one.is_contact:
            return one
    raise NotFoundError


def guest_with(registration: Registration, email: str) -> Participant | None:
    """Who comes along with this address (lower case)."""
    return next((one for one in registration.guests if email and one.email == email), None)


class Named(Protocol):
    """A participant, or a row of the list."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


def guest_names(people: Sequence[Named], *, sees_addresses: bool) -> dict[int, str]:
    """By id, of the guests of a party: told apart where two of the party have one name. Empty:
    wiped. `people`: the contact first. Nobody learns from it which addresses we know, but whoever
    sees them.
    """
    if len(people) == 1:
        return {}
    often = Counter(one.name.casefold() for one in people)

    def named(one: Named, number: int) -> str:
        if not one.name or often[one.name.casefold()] == 1:
            return one.name
        if one.email and sees_addresses:
            return f"{one.name} ({one.email})"
        return _("%(name)s (guest %(number)s)", name=one.name, number=number)

    return {one.id: named(one, number) for number, one in enumerate(people[1:], start=1)}


def guest_addresses(people: Iterable[Named]) -> str:
    """Each with whose it is, as a mail program takes it."""
    return ", ".join(f"{one.name} <{one.email}>" for one in people if one.email)


def guest_key(registration: Registration, key: int) -> str:
    """What the list of erasures knows a guest by: the name may be another one in a backup."""
    return f"{registration.contact.link_digest.hex()}#{key}"


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


def held_until(registration: Registration) -> datetime | None:
    """Until when an offer, or what is held unconfirmed, waits for their button: never after the
    event begins, also when that was moved to an earlier moment since. None: nothing waits for one.
    """
    until = None
    if registration.status is Status.OFFERED:
        until = registration.claim.offer_expires_at
    elif registration.is_unconfirmed:
        until = registration.confirm_by
    return _before_start(until, registration.event)


def hall_kept_until(registration: Registration) -> datetime | None:
    """Until when a place in the hall is kept for who takes part online; None: none is kept."""
    claim = registration.hall_claim
    if claim is None or claim.status is not ClaimStatus.OFFERED:
        return None
    return _before_start(claim.offer_expires_at, registration.event)


def _before_start(until: datetime | None, event: Event) -> datetime | None:
    if until is None or event.status is EventStatus.POSTPONED:
        return until
    return min(until, event.starts_at)


def may_wait_for_hall(registration: Registration) -> bool:
    """And take part online until there is a place: who has none in the hall."""
    form = registration.form
    has_none = registration.is_online or registration.status is Status.WAITLISTED
    return may_choose(registration.event) and form.has_waiting_list and has_none


def may_wait_online(registration: Registration) -> bool:
    """The same, where there is room online for all of the party."""
    has_room = registration.is_online or fits_online(registration.form, registration.party_size)
    return may_wait_for_hall(registration) and has_room


def may_watch(registration: Registration) -> bool:
    """The link is for those who have a place, at an event that is online."""
    event = registration.event
    is_online = event.attendance_mode is not AttendanceMode.OFFLINE
    return bool(event.stream_url) and is_online and registration.status is Status.CONFIRMED


def has_lost_choice(registration: Registration) -> bool:
    """The event no longer is in the hall and online, and they have, or wait for, what there was
    besides. While it is postponed nobody is moved: there is no date to tell.
    """
    event = registration.event
    if event.status is not EventStatus.PUBLISHED or may_choose(event):
        return False
    if event.attendance_mode is AttendanceMode.OFFLINE:
        return registration.is_online
    waits_online = registration.is_online and registration.status is Status.WAITLISTED
    return registration.hall_claim is not None or waits_online


def hears_of_choice(registration: Registration) -> bool:
    """Of who has lost it: who waits for a place online goes on doing so where that is all."""
    is_in_the_hall = registration.event.attendance_mode is AttendanceMode.OFFLINE
    return is_in_the_hall or registration.hall_claim is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class HallComes:
    """The event was online alone, and gets a hall besides."""

    size: int | None
    """How many places there are."""
    is_used: bool
    """Somebody has one of them, or waits for one."""
    was_there: bool
    """There was a hall before: somebody took part online besides. They have these places still."""
    is_held: bool
    """Some are held for guests, who have them as places of the hall."""

    @property
    def is_besides(self) -> bool:
        """Who registered stays online. Else these are the places of the hall."""
        return self.is_used and not self.was_there and not self.is_held


@dataclass(frozen=True, slots=True)
class Letters:
    """Numbers of letters, not of places: a party of four gets one."""

    confirmed: int = 0
    offered: int = 0
    waiting: int = 0
    pending: int = 0

    @property
    def all(self) -> int:
        return self.confirmed + self.offered + self.waiting + self.pending


def is_due(event: Event, *, now: datetime) -> bool:
    """Whether people are told now of what has changed."""
    return event_rules.is_due(event.tell_at, now=now)


def is_news(registration: Registration, told: Mapping[str, str]) -> bool:
    """Who has no place, or comes to the hall alone, gets no link to watch, and no letter about
    another one. Who takes part online hears nothing of another hall.
    """
    known, now = dict(told), facts(registration.event)
    if registration.is_online:
        known["place"] = now["place"]
    is_in_the_hall = registration.event.attendance_mode is AttendanceMode.OFFLINE
    if is_in_the_hall or registration.status is not Status.CONFIRMED:
        known["stream"] = now["stream"]
    return known != now


def facts_hash(facts: Mapping[str, str]) -> str:
    return hashlib.sha256("\0".join(facts[name] for name in sorted(facts)).encode()).hexdigest()
