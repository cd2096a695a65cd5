"""The line: who waits, who is offered a place, who takes it."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.capacity import rules as places
from events_app.capacity.models import Claim
from events_app.core import queue
from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.posting import post, put_in_calendar, tell, tell_postponed
from events_app.registrations.actions.standing import hold, stand
from events_app.registrations.models import EntryState, Registration, Status


def offer_places(pool_id: int, *, now: datetime) -> None:
    """Offer what is free to those in line, and write to each. What is left a job does."""
    form = queries.form_of_pool(pool_id)
    deadline = rules.offer_deadline(
        now,
        hours=form.offer_hours,
        starts_at=form.event.starts_at,
        timezone=form.event.timezone,
    )
    if deadline is None or form.event.status is not EventStatus.PUBLISHED:
        return
    claims, is_more = capacity.offer(pool_id, expires_at=deadline, now=now)
    for claim in claims:
        _tell_offered(claim, now=now)
    if is_more:
        queue.kick("registrations.offer", pool_id)


def _tell_offered(claim: Claim, *, now: datetime) -> None:
    registration = queries.of_claim(claim.id)
    stand(registration, claim, now=now)
    registration.letters_sent += 1
    contact = registration.contact
    post(letters.offered(contact, old=contact.entry.told), contact, now=now)
    tell(contact.entry, registration)


def accept(registration: Registration, *, now: datetime) -> None:
    """Take the place that was offered; it was kept free until now. Twice is once."""
    registration = hold(registration)
    if registration.status is Status.CONFIRMED and registration.claim.offered_at:
        return
    if not capacity.accept(registration.claim):
        raise rules.TooLate
    seat(registration, now=now)


def promote(registration: Registration, *, by: StaffMember, now: datetime) -> None:
    """Give someone in line a place, out of turn, or confirm for someone whose place is held.

    Raises NoFreePlace.
    """
    registration = hold(registration)
    before = registration.status
    if before not in (Status.PENDING, Status.WAITLISTED, Status.OFFERED):
        raise rules.TooLate
    try:
        capacity.grant(registration.claim)
    except places.NoRoom:
        raise rules.NoFreePlace(registration.party_size) from None
    seat(registration, now=now)
    note(
        "registrations.promoted", registration, registration.code, by=by, now=now,
        before={"status": before}, after={"status": registration.status},
    )  # fmt: skip


def seat(registration: Registration, *, now: datetime) -> None:
    """Confirm places that are held already: the calendar and a letter say so.

    While the event is postponed nothing is put in a calendar. Raises NotOpen when it is called off
    or over.
    """
    rules.must_come(registration.event, now=now)
    registration.confirm_by = None
    stand(registration, registration.claim, now=now)
    registration.letters_sent += 1
    contact = registration.contact
    old = contact.entry.told
    if registration.event.status is not EventStatus.POSTPONED:
        put_in_calendar(contact)
    elif contact.entry.state is not EntryState.SENT:  # else a letter of its own takes it out
        tell_postponed(contact.entry)
    post(letters.confirmed(contact, old=old), contact, now=now)
