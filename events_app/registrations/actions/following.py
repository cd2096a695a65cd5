"""What follows when the event itself changes: found by comparing, never called from below."""

from collections.abc import Collection
from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.core import queue
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import ONLINE, label
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions import cancelling
from events_app.registrations.actions.choosing import drop_options
from events_app.registrations.actions.gathering import gather
from events_app.registrations.actions.guests import told
from events_app.registrations.actions.posting import (
    post,
    put_in_calendar,
    take_from_calendar,
    tell,
    tell_postponed,
)
from events_app.registrations.models import (
    Option,
    Participant,
    Registration,
    RegistrationForm,
    Status,
)

AT_ONCE = 50
"""Letters in one transaction; the job comes back for the rest."""


def tell_change(form: RegistrationForm, *, now: datetime) -> None:
    """One letter to each who knows an older time, place or link, with a calendar entry that moves;
    and to each who has lost the choice how to take part.

    When all know, the form remembers the event's revision and is left alone until the next. A
    change that was made meanwhile begins a quiet period, and all of it is told after that.
    """
    event = form.event
    if not rules.is_due(event, now=now):
        return
    capacity.lock(form.every_pool_id)
    behind = queries.behind(event, limit=AT_ONCE)
    for registration in behind:
        _tell_one(registration, now=now)
    if len(behind) == AT_ONCE:
        queue.kick("registrations.follow", event.id)
    else:
        form.told_revision = event.revision


def _tell_one(registration: Registration, *, now: datetime) -> None:
    """The contact, and the guests who know that they come."""
    contact, hears, online = registration.contact, False, {}
    had = rules.options_of(contact)
    if rules.has_lost_choice(registration):
        online = {"place": ONLINE} if registration.is_online else {}
        hears = rules.hears_of_choice(registration)
        gather(registration, now=now)
    _drop_options(registration, now=now)
    left = rules.options_of(contact)
    gone = [option for option in had if option not in left]
    for person in (contact, *told(registration)):
        _tell(
            person,
            old=dict(person.entry.told) | online,
            has_lost_choice=hears,
            gone=gone if person is contact else [],
            now=now,
        )


def _tell(
    person: Participant,
    *,
    old: dict[str, str],
    has_lost_choice: bool,
    gone: Collection[Option],
    now: datetime,
) -> None:
    registration, entry = person.registration, person.entry
    if not has_lost_choice and not gone and not rules.is_news(registration, old):
        tell(entry, registration)
        return
    registration.letters_sent += 1
    if registration.event.status is EventStatus.POSTPONED:
        has_entry = take_from_calendar(person)
        post(letters.postponed(person, has_entry=has_entry), person, now=now)
        tell_postponed(entry)
        return
    has_left = False
    if registration.status is Status.CONFIRMED:
        put_in_calendar(person)
    else:
        entry.told = old
        has_left = take_from_calendar(person)
    letter = letters.changed(
        person, old=old, has_lost_choice=has_lost_choice, has_left=has_left, gone=gone, now=now
    )
    post(letter, person, now=now)
    tell(entry, registration)


def _drop_options(registration: Registration, *, now: datetime) -> None:
    """What is not there where they take part now: some are for the hall or for online alone."""
    if registration.event.status is EventStatus.PUBLISHED:
        for person in registration.participants:
            drop_options(person, now=now)


def tell_now(event: Event, *, by: StaffMember, now: datetime) -> None:
    """End the quiet period, so that the job tells the change at once. Safe to call twice."""
    if rules.is_due(event, now=now):
        return
    event.tell_at = now
    note("registrations.told", event, label(event), by=by, now=now)
    queue.kick("registrations.follow", event.id)


def call_off(event: Event, *, now: datetime) -> bool:
    """Tell everyone registered that the cancelled event does not take place, and free the places.

    A batch at a time; True when nobody is left to tell.
    """
    registrations = queries.to_call_off(event.id, limit=AT_ONCE)
    capacity.lock({key for registration in registrations for key in registration.pool_ids})
    still = [queries.reloaded(registration.id) for registration in registrations]
    for registration in still:
        if registration.status in rules.ALIVE:
            cancelling.call_off(registration, now=now)
    if len(registrations) == AT_ONCE:
        queue.kick("registrations.call_off", event.id)
        return False
    return True
