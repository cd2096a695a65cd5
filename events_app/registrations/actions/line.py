"""The line: who waits, who is offered a place, who takes it."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.core import queue
from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.posting import post, put_in_calendar, tell, tell_postponed
from events_app.registrations.models import (
    EntryState,
    Registration,
    Status,
    WaitlistEntry,
    WaitStatus,
)

AT_ONCE = 20
"""Offers in one transaction; a job makes the rest."""


def offer_places(pool_id: int, *, now: datetime) -> None:
    """Offer what is free to the first in line whose party fits, and so on down the line."""
    pool, form = pools.hold(pool_id), queries.form_of_pool(pool_id)
    deadline = rules.offer_deadline(
        now,
        hours=form.offer_hours,
        starts_at=form.event.starts_at,
        timezone=form.event.timezone,
    )
    if deadline is None or form.event.status is not EventStatus.PUBLISHED:
        return
    free = pool.size + pool.over_allowance - pool.taken
    for _turn in range(AT_ONCE):
        entry = queries.first_in_line(pool_id, fits=free)
        if entry is None or not pools.take(pool_id, entry.party_size):
            return
        free -= entry.party_size
        _offer(entry, ends_at=deadline, now=now)
    queue.kick("registrations.offer", pool_id)


def _offer(entry: WaitlistEntry, *, ends_at: datetime, now: datetime) -> None:
    entry.status = WaitStatus.OFFERED
    entry.offered_at, entry.offer_expires_at = now, ends_at
    registration = queries.fresh(entry.registration_id)
    registration.status, registration.changed_at = Status.OFFERED, now
    registration.letters_sent += 1
    known = registration.calendar_entry
    post(letters.offered(registration, old=known.told), registration, now=now)
    tell(known, registration)


def accept(registration: Registration, *, now: datetime) -> None:
    """Take the place that was offered; it was kept free until now. Twice is once."""
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    line = registration.place_in_line
    if registration.status is Status.CONFIRMED and line and line.status is WaitStatus.ACCEPTED:
        return
    if registration.status is not Status.OFFERED:
        raise rules.TooLate
    seat(registration, now=now)


def promote(registration: Registration, *, by: StaffMember, now: datetime) -> None:
    """Give someone in line a place, out of turn, or confirm for someone whose place is held.

    Raises NoFreePlace.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    if registration.status not in (Status.PENDING, Status.WAITLISTED, Status.OFFERED):
        raise rules.TooLate
    has_place = registration.status in rules.SEATED
    if not has_place and not pools.take(registration.pool_id, registration.party_size):
        raise rules.NoFreePlace(registration.party_size)
    before = registration.status
    seat(registration, now=now)
    note(
        "registrations.promoted", registration, registration.code, by=by, now=now,
        before={"status": before}, after={"status": registration.status},
    )  # fmt: skip


def seat(registration: Registration, *, now: datetime) -> None:
    """Confirm places that were taken already: the calendar and a letter say so.

    While the event is postponed nothing is put in a calendar. Raises NotOpen when it is called off
    or over.
    """
    rules.must_come(registration.event, now=now)
    registration.confirm_by = None
    registration.status, registration.changed_at = Status.CONFIRMED, now
    if registration.place_in_line:
        registration.place_in_line.status = WaitStatus.ACCEPTED
    registration.letters_sent += 1
    entry = registration.calendar_entry
    old = entry.told
    if registration.event.status is not EventStatus.POSTPONED:
        put_in_calendar(registration)
    elif entry.state is not EntryState.SENT:  # else a letter of its own takes it out
        tell_postponed(entry)
    post(letters.confirmed(registration, old=old), registration, now=now)
