"""The line: who waits, who is offered a place, who takes it.

Who takes part online may be in the hall's line too, with a second claim.
"""

from dataclasses import replace
from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, ClaimStatus
from events_app.capacity.rules import NoRoom, Want
from events_app.core import queue
from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.choosing import drop_options
from events_app.registrations.actions.guests import tell_guest_again, told
from events_app.registrations.actions.posting import post, put_in_calendar, tell, tell_postponed
from events_app.registrations.actions.status import hold, set_status
from events_app.registrations.models import EntryState, Registration, RegistrationForm, Status


def offer_places(pool_id: int, *, now: datetime) -> None:
    """Offer what is free to those in line, and write to each. What is left a job does. What is held
    for somebody's guests goes to those of them who are in the hall's line.
    """
    form = queries.form_of_pool(pool_id)
    deadline = rules.offer_deadline(
        now,
        hours=form.offer_hours,
        starts_at=form.event.starts_at,
        timezone=form.event.timezone,
    )
    if deadline is None or form.event.status is not EventStatus.PUBLISHED:
        return
    if queries.has_lost_choice(form):  # the minute's job brings them to one line first
        return
    if pool_id not in form.every_pool_id:
        _line_up_guests(form, pool_id)
    claims, is_more = capacity.offer(pool_id, expires_at=deadline, now=now)
    for claim in claims:
        _tell_offered(claim, now=now)
    if is_more:
        queue.kick("registrations.offer", pool_id)


def _line_up_guests(form: RegistrationForm, held_pool_id: int) -> None:
    """Who waits for the hall, and fits in what is held for them, waits for that."""
    held = capacity.lock([*form.pool_ids, held_pool_id])[held_pool_id]
    free = held.free or 0
    for claim in queries.guests_in_line(held.id, limit=capacity.AT_ONCE):
        if claim.places <= free:
            capacity.wait_in(claim, held.id)
            free -= claim.places


def _tell_offered(claim: Claim, *, now: datetime) -> None:
    registration = queries.of_claim(claim.id)
    if claim.pool_id in registration.form.pool_ids:
        registration.allotment = None  # a place like everybody's
    registration.letters_sent += 1
    contact = registration.contact
    if claim is registration.hall_claim:  # they have a place online, and keep it until they accept
        post(letters.hall_offered(contact), contact, now=now)
        return
    set_status(registration, claim, now=now)
    post(letters.offered(contact, old=contact.entry.told), contact, now=now)
    tell(contact.entry, registration)


def accept(registration: Registration, *, offer: int | None = None, now: datetime) -> None:
    """Take the place that was offered; it was kept free until now. Twice is once.

    `offer`: id of the claim that their page showed; None: the one that there is. Raises OfferEnded.
    """
    registration = hold(registration, registration.contact)
    hall, claim = registration.hall_claim, registration.claim
    if hall and offer in (None, hall.id) and capacity.accept(hall):
        go_to_hall(registration, hall, now=now)
        return
    if offer not in (None, claim.id):
        raise rules.OfferEnded
    if registration.status is Status.CONFIRMED and claim.offered_at:
        return
    if not capacity.accept(claim):
        raise rules.OfferEnded
    seat(registration, now=now)


def promote(registration: Registration, *, by: StaffMember, now: datetime) -> None:
    """Give someone in line a place, out of turn, or confirm for someone whose place is held.

    Raises NoFreePlace.
    """
    registration = hold(registration, registration.contact)
    before, hall = registration.status, registration.hall_claim
    if not hall and before not in (Status.PENDING, Status.WAITLISTED, Status.OFFERED):
        raise rules.TooLate
    claim, held = hall or registration.claim, registration.allotment
    is_in_line = claim.status in (ClaimStatus.WAITING, ClaimStatus.ASKED)
    if held and is_in_line and claim.places <= (held.pool.free or 0):
        capacity.wait_in(claim, held.pool_id)
    try:
        capacity.grant(claim, now=now)
    except NoRoom:
        raise rules.NoFreePlace(registration.party_size) from None
    if held and claim.pool_id != held.pool_id:
        registration.allotment = None  # a place like everybody's
    if hall:
        go_to_hall(registration, hall, now=now)
    else:
        seat(registration, now=now)
    note(
        "registrations.promoted", registration, registration.code, by=by, now=now,
        before={"status": before}, after={"status": registration.status},
    )  # fmt: skip


def seat(
    registration: Registration,
    *,
    was_online: bool | None = None,
    tells_guests: bool = True,
    now: datetime,
) -> None:
    """Confirm places that are held already: the calendar and a letter say so. Guests who know that
    they come hear how, from now on; the others, soon (jobs.tell_guests). `was_online`: how they
    took part until now, if they did.

    While the event is postponed nothing is put in a calendar. Raises NotOpen when it is called off
    or over, and TooLate online where the event is in the hall alone by now.
    """
    rules.must_come(registration.event, now=now)
    if rules.has_lost_choice(registration):
        raise rules.TooLate
    registration.confirm_by = None
    set_status(registration, registration.claim, now=now)
    contact, *guests = registration.participants
    gone = drop_options(contact, now=now)
    for guest in guests:
        drop_options(guest, now=now)
    registration.letters_sent += 1
    old = contact.entry.told
    if registration.event.status is not EventStatus.POSTPONED:
        put_in_calendar(contact)
    elif contact.entry.state is not EntryState.SENT:  # else a letter of its own takes it out
        tell_postponed(contact.entry)
    letter = letters.confirmed(contact, old=old, gone=gone, was_online=was_online, now=now)
    post(letter, contact, now=now)
    for guest in told(registration) if tells_guests else ():
        tell_guest_again(guest, was_online=was_online, now=now)


def take_hall_or_wait(hall: Want, online: Want, *, now: datetime) -> tuple[Claim, Claim | None]:
    """Places in the hall; or places online, and beside them a claim in the hall's line; or, where
    online is full too, the hall's line alone. Raises NoRoom.
    """
    try:
        return capacity.take([replace(hall, may_wait=False)], now=now)[0], None
    except NoRoom:
        pass
    try:
        [held] = capacity.take([online], now=now)
    except NoRoom:
        return capacity.take([hall], now=now)[0], None
    return held, capacity.take([hall], now=now)[0] if hall.may_wait else None


def go_to_hall(registration: Registration, hall: Claim, *, now: datetime) -> None:
    """Take part in the hall, where this claim is held now; the places online go to the next."""
    online = registration.claim
    registration.claim, registration.hall_claim = hall, None
    hall.replaces_id = online.id
    capacity.end(online, now=now)
    seat(registration, was_online=True, now=now)
    offer_places(online.pool_id, now=now)


def leave_hall_line(registration: Registration, *, now: datetime) -> None:
    """Wait no longer; what was kept in the hall goes to the next. Twice is once."""
    claim = registration.hall_claim
    if claim is None:
        return
    was_kept = claim.status is ClaimStatus.OFFERED
    registration.hall_claim = None
    capacity.end(claim, now=now)
    if was_kept:
        offer_places(claim.pool_id, now=now)


def stay_online(registration: Registration, *, now: datetime) -> None:
    """Leave the line of the hall, or a place kept there, and take part online as before. Twice is
    once. Raises TooLate for who does not take part online.
    """
    registration = hold(registration, registration.contact)
    is_there = registration.status is Status.CONFIRMED and registration.is_online
    if not is_there or rules.has_lost_choice(registration):
        raise rules.TooLate
    leave_hall_line(registration, now=now)
