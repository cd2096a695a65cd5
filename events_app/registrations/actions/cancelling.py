"""Ways out: giving up a place or a place in line, and letting an offer pass."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, rules
from events_app.registrations.actions.guests import tell_gone, told
from events_app.registrations.actions.posting import post, take_from_calendar
from events_app.registrations.actions.status import hold, set_status
from events_app.registrations.actions.waiting_list import leave_hall_line, offer_places
from events_app.registrations.models import GoneBy, Registration, Status


def give_up(
    registration: Registration,
    *,
    reason: str = "",
    by: StaffMember | None = None,
    is_by_us: bool = False,
    now: datetime,
) -> None:
    """Free the places in the transaction that withdraws, offer them to the next, and tell both.

    `by`: the colleague who does it on someone's behalf. `is_by_us`: it follows from something else
    that we did. Twice is once. Raises TooLate.
    """
    registration = hold(registration, registration.contact)
    before = registration.status
    if before is Status.CANCELLED:
        return
    if before not in rules.ALIVE:
        raise rules.TooLate
    registration.cancel_reason = reason
    if registration.event.status is EventStatus.CANCELLED:
        call_off(registration, now=now)
    else:
        _give_up(registration, before, is_by_us=is_by_us or by is not None, now=now)
    if by:
        note(
            "registrations.cancelled", registration, registration.code, by=by, now=now,
            before={"status": before}, after={"status": registration.status},
        )  # fmt: skip
    if before in rules.SEATED:
        offer_places(registration.claim.pool_id, now=now)


def call_off(registration: Registration, *, now: datetime) -> None:
    """Its event does not take place: all who know that they come hear so."""
    leave(registration, Status.CANCELLED, now=now)
    registration.cancelled_at = now
    for person in (registration.contact, *told(registration)):
        registration.letters_sent += 1
        has_entry = take_from_calendar(person)
        post(letters.event_cancelled(person, has_entry=has_entry), person, now=now)


def _give_up(registration: Registration, before: Status, *, is_by_us: bool, now: datetime) -> None:
    leave(registration, Status.CANCELLED, now=now)
    registration.cancelled_at = now
    registration.letters_sent += 1
    contact = registration.contact
    has_entry = take_from_calendar(contact)
    letter = letters.cancelled(
        contact,
        has_entry=has_entry,
        before=before,
        is_by_us=is_by_us,
        now=now,
    )
    post(letter, contact, now=now)
    gone_by = GoneBy.ORGANISERS if is_by_us else GoneBy.CONTACT
    tell_gone(registration.guests, by=gone_by, now=now)


def expire(registration: Registration, *, now: datetime) -> None:
    """The offer was not answered in time: the places go to the next in line.

    Safe to call twice: who has answered meanwhile keeps what they chose.
    """
    registration = hold(registration)
    kept_until = rules.hall_kept_until(registration)
    if kept_until is not None and kept_until <= now:
        registration.letters_sent += 1
        leave_hall_line(registration, now=now)
        post(letters.hall_expired(registration.contact), registration.contact, now=now)
        return
    deadline = rules.held_until(registration)
    if registration.status is not Status.OFFERED or deadline is None or deadline > now:
        return
    leave(registration, Status.EXPIRED, now=now)
    registration.letters_sent += 1
    post(letters.expired(registration.contact, now=now), registration.contact, now=now)
    tell_gone(registration.guests, by=GoneBy.CLOCK, now=now)
    offer_places(registration.claim.pool_id, now=now)


def leave(registration: Registration, status: Status, *, now: datetime) -> None:
    """Give back its places, or its place in line."""
    leave_hall_line(registration, now=now)
    capacity.end(registration.claim, now=now)
    set_status(registration, registration.claim, now=now, ended=status)
