"""What follows from any change of a registration: a letter, and the entry in the calendar."""

from datetime import datetime

from events_app.core import installation, tokens
from events_app.core.db import db
from events_app.core.letters import Letter
from events_app.delivery.actions import enqueue
from events_app.registrations import letters, rules
from events_app.registrations.models import (
    CalendarEntry,
    Ended,
    EndedLink,
    EntryState,
    Participant,
    Registration,
)


def post(letter: Letter, person: Participant, *, now: datetime) -> None:
    """Put the letter in the outbox. The caller has counted it in `letters_sent` already."""
    registration, kind = person.registration, letter.kind.rpartition("/")[2]
    key = f"{letter_key(registration)}{kind}:v{registration.letters_sent}"
    enqueue(letter, dedupe_key=key, now=now)


def letter_key(registration: Registration) -> str:
    """The dedupe keys of its letters begin so."""
    return f"registration:{registration.id}:"


def put_in_calendar(person: Participant) -> None:
    """Bring the calendar entry up to date before the letter with its REQUEST is written.

    `told` becomes what holds now, and the SEQUENCE of a known entry grows by one. One that was
    withdrawn begins again.
    """
    entry = person.entry
    if entry.state is EntryState.SENT:
        entry.sequence += 1
    elif entry.state is EntryState.WITHDRAWN:
        begin_again(entry)
    entry.state = EntryState.SENT
    tell(entry, person.registration)


def take_from_calendar(person: Participant) -> bool:
    """Withdraw the calendar entry before the letter with its CANCEL is written.

    False when their calendar does not hold it.
    """
    entry = person.entry
    if entry.state is not EntryState.SENT:
        return False
    entry.sequence += 1
    entry.state = EntryState.WITHDRAWN
    return True


def end_link(person: Participant, why: Ended) -> None:
    """Their link says why it opens nothing any more, and a calendar that follows it shows the event
    as they knew it. The calendar entry has been taken out, and the caller gives the link up.
    """
    db.session.add(
        EndedLink(
            registration_id=person.registration.id,
            link_digest=person.link_digest,
            why=why,
            calendar=letters.followed(person),
        )
    )


def begin_again(entry: CalendarEntry) -> None:
    """Give the entry a new UID: programs go on showing a withdrawn one as cancelled."""
    entry.uid = new_uid()
    entry.sequence = 0
    entry.state = EntryState.PLANNED


def tell(entry: CalendarEntry, registration: Registration) -> None:
    entry.told = rules.facts(registration.event)
    entry.content_hash = rules.facts_hash(entry.told)


def tell_postponed(entry: CalendarEntry) -> None:
    """Note that they know of the postponement; the time and place that they were told stay."""
    entry.told = {**entry.told, "postponed": "yes"}
    entry.content_hash = rules.facts_hash(entry.told)


def new_uid() -> str:
    return f"{tokens.new_code('registration', 16).lower()}@{installation.name()}"
