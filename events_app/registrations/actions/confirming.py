"""Places that are held until the button in the letter is pressed: confirmed, or given back."""

from datetime import datetime

from events_app.events.models import Status as EventStatus
from events_app.registrations import queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.leaving import leave
from events_app.registrations.actions.line import offer_places, seat
from events_app.registrations.actions.posting import tell
from events_app.registrations.models import Registration, Status, WaitStatus


def confirm(registration: Registration, *, now: datetime) -> None:
    """Press the button in the letter. Who is too late gets a place if there still is one.

    Safe to press twice. Raises NotOpen, NoPlaceLeft or TooLate.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    if registration.confirm_by is None and registration.status in rules.ALIVE:
        return
    if registration.confirm_by is None or not rules.may_confirm(registration.status):
        raise rules.TooLate
    form = queries.form_of_pool(registration.pool_id)
    is_postponed = form.event.status is EventStatus.POSTPONED
    if not (is_postponed and registration.is_unconfirmed):  # they keep what is held for them
        rules.must_take_place(form.event, now=now)
    if registration.status is Status.WAITLISTED:
        _join_line(registration, now=now)
        return
    if registration.status is Status.EXPIRED:
        _take_again(registration, has_waiting_list=form.has_waiting_list)
    seat(registration, now=now)


def _join_line(registration: Registration, *, now: datetime) -> None:
    registration.confirm_by, registration.changed_at = None, now
    if registration.place_in_line:
        registration.place_in_line.status = WaitStatus.WAITING
    tell(registration.calendar_entry, registration)  # their page says it as it stands now
    offer_places(registration.pool_id, now=now)


def _take_again(registration: Registration, *, has_waiting_list: bool) -> None:
    if queries.alive(registration.event_id, registration.email) is not None:
        raise rules.TooLate  # they registered once more
    if registration.places and not pools.take(registration.pool_id, registration.places):
        raise rules.NoPlaceLeft(has_waiting_list=has_waiting_list)


def lapse(registration: Registration, *, now: datetime) -> None:
    """Nobody pressed the button in time: the places go to the next in line.

    There is no letter: the first one said so, and the address may be a stranger's. Safe to call
    twice.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    deadline = rules.held_until(registration)
    if deadline is None or deadline > now or not registration.is_unconfirmed:
        return
    held = registration.status in rules.SEATED
    leave(registration, Status.EXPIRED, WaitStatus.EXPIRED, now=now)
    if held:
        pools.give_back(registration.pool_id, registration.places)
        offer_places(registration.pool_id, now=now)
