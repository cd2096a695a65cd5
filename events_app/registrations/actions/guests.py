"""Guests with an address of their own are told apart, and may leave by themselves."""

from collections.abc import Iterable
from datetime import datetime

from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, queries
from events_app.registrations.actions.posting import (
    new_uid,
    post,
    put_in_calendar,
    take_from_calendar,
    tell,
)
from events_app.registrations.actions.status import hold
from events_app.registrations.models import (
    CalendarEntry,
    EntryState,
    GoneBy,
    Participant,
    Registration,
    Status,
)


def free_addresses(
    event_id: int, emails: Iterable[str], *, own: str = "", now: datetime
) -> list[str]:
    """The same; "" where somebody is expected with it already. That owner is written to, and who
    typed it reads nothing of it. `own`: of a contact who registers just now.
    """
    found: list[str] = []
    for email in emails:
        known = queries.expected(event_id, email) if email else None
        if known:
            known.asked_again_at = now
        found.append("" if known or email in (own, *found) else email)
    return found


def tell_guest(guest: Participant, *, now: datetime) -> None:
    """That they come along, with an entry for their calendar, once the party has a place. Safe to
    call twice.
    """
    registration = hold(guest.registration)
    if guest not in registration.guests or registration.status is not Status.CONFIRMED:
        return
    if guest.calendar_entry or not guest.email:
        return
    guest.calendar_entry = CalendarEntry(
        uid=new_uid(), sequence=0, state=EntryState.PLANNED, told={}, content_hash=""
    )
    tell_guest_again(guest, now=now)


def tell_guest_again(
    guest: Participant,
    *,
    was_online: bool | None = None,
    is_handed_over: bool = False,
    now: datetime,
) -> None:
    """How they take part, now. `was_online`: how they did until now, if they did. `is_handed_over`:
    somebody else has the place of the contact.
    """
    registration = guest.registration
    if registration.event.status is EventStatus.POSTPONED:
        tell(guest.entry, registration)
    else:
        put_in_calendar(guest)
    registration.letters_sent += 1
    letter = letters.guest(guest, was_online=was_online, is_handed_over=is_handed_over)
    post(letter, guest, now=now)


def become(person: Participant, known: Participant) -> None:
    """The same mailbox in another row, whose former row is gone: code, link and calendar stay."""
    person.code, person.seed, person.link_digest = known.code, known.seed, known.link_digest
    if known.calendar_entry is None:
        return
    person.calendar_entry = entry = person.calendar_entry or CalendarEntry()
    for name in ("uid", "sequence", "state", "told", "content_hash"):
        setattr(entry, name, getattr(known.calendar_entry, name))


def tell_renewed(
    guests: Iterable[Participant], *, is_handed_over: bool = False, now: datetime
) -> None:
    """To those who know that they come: as whom, or with whom, from now on."""
    for guest in guests:
        if guest.calendar_entry and guest.registration.status is Status.CONFIRMED:
            tell_guest_again(guest, is_handed_over=is_handed_over, now=now)


def tell_gone(guests: Iterable[Participant], *, by: GoneBy, now: datetime) -> None:
    """To those who knew that they come: they do not."""
    for guest in guests:
        if guest.calendar_entry is None:
            continue
        guest.registration.letters_sent += 1
        has_entry = take_from_calendar(guest)
        letter = letters.guest_cancelled(guest, has_entry=has_entry, by=by, now=now)
        post(letter, guest, now=now)


def told(registration: Registration) -> list[Participant]:
    """Guests who know that they come."""
    return [guest for guest in registration.guests if guest.calendar_entry]
