"""Places that are held until the button in the letter is pressed: confirmed, or given back."""

from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.rules import NoRoom, Want
from events_app.events.models import Status as EventStatus
from events_app.registrations import queries, rules
from events_app.registrations.actions.cancelling import leave
from events_app.registrations.actions.guests import free_addresses
from events_app.registrations.actions.posting import tell
from events_app.registrations.actions.status import hold, set_status
from events_app.registrations.actions.waiting_list import offer_places, seat
from events_app.registrations.models import Registration, Status


def confirm(registration: Registration, *, now: datetime) -> None:
    """Press the button in the letter. Who is too late gets a place if there still is one.

    Safe to press twice. Raises NotOpen, NoPlaceLeft or TooLate.
    """
    registration = hold(registration, registration.contact)
    if registration.confirm_by is None and registration.status in rules.ALIVE:
        return
    if registration.confirm_by is None or not rules.may_confirm(registration.status):
        raise rules.TooLate
    form = registration.form
    is_postponed = form.event.status is EventStatus.POSTPONED
    if not (is_postponed and registration.is_unconfirmed):  # they keep what is held for them
        rules.must_take_place(form.event, now=now)
    if registration.status is Status.WAITLISTED:
        _join_line(registration, now=now)
        return
    if registration.status is Status.EXPIRED:
        _take_again(registration, has_waiting_list=form.has_waiting_list, now=now)
    hall = registration.hall_claim
    if hall:
        capacity.join_line(hall)
    seat(registration, now=now)
    if hall:
        offer_places(hall.pool_id, now=now)


def _join_line(registration: Registration, *, now: datetime) -> None:
    registration.confirm_by = None
    capacity.join_line(registration.claim)
    set_status(registration, registration.claim, now=now)
    tell(registration.contact.entry, registration)  # their page shows the event as it is now
    offer_places(registration.claim.pool_id, now=now)


def _take_again(registration: Registration, *, has_waiting_list: bool, now: datetime) -> None:
    if queries.expected(registration.event_id, registration.email) is not None:
        raise rules.TooLate  # they registered once more
    emails = [guest.email for guest in registration.guests]
    free = free_addresses(registration.event_id, emails, now=now)
    for guest, email in zip(registration.guests, free, strict=True):
        guest.email = email
    before, form = registration.claim, registration.form
    is_held = before.pool_id not in form.pool_ids  # for somebody's guests
    has_room = not is_held or before.places <= (before.pool.free or 0)
    there = before.pool_id if has_room else form.pool_id
    want = Want(pool_id=there, places=before.places, replaces=before.id)
    try:
        [registration.claim] = capacity.take([want], now=now)
    except NoRoom:
        raise rules.NoPlaceLeft(has_waiting_list=has_waiting_list) from None


def lapse(registration: Registration, *, now: datetime) -> None:
    """Nobody pressed the button in time: the places go to the next in line.

    There is no letter: the first one said so, and the address may be a stranger's. Safe to call
    twice.
    """
    registration = hold(registration)
    deadline = rules.held_until(registration)
    if deadline is None or deadline > now or not registration.is_unconfirmed:
        return
    held = registration.status in rules.SEATED
    leave(registration, Status.EXPIRED, now=now)
    if held:
        offer_places(registration.claim.pool_id, now=now)
