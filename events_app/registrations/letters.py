from dataclasses import replace
from typing import Any

from events_app.core import calendars, links, text, tokens
from events_app.core.calendars import Entry, Party
from events_app.core.letters import Calendar, Letter, Url, write
from events_app.events.rules import calendar_entry, location
from events_app.registrations.models import Registration


def token(registration: Registration) -> str:
    """Of the personal page."""
    return tokens.derived("registration", registration.seed)


def confirmed(registration: Registration) -> Letter:
    return _letter("confirmed", registration, calendar=_request(registration))


def waiting(registration: Registration) -> Letter:
    return _letter("waiting", registration)


def already(registration: Registration) -> Letter:
    """To the person who was registered before, whoever filled in the form just now."""
    return _letter("already", registration)


def entry(registration: Registration) -> Entry:
    """The event in this person's own calendar: with the stream, without the personal link."""
    event, mark = registration.event, registration.calendar_entry
    page = f"{links.base()}/events/{event.slug}"
    with text.speaking(registration.language):
        general = calendar_entry(event, registration.language, url=page)
        lines = [general.description, f"{text._('Watch online')}: {event.stream_url}"]
        return replace(
            general,
            uid=mark.uid,
            sequence=mark.sequence,
            description="\n\n".join(lines) if event.stream_url else general.description,
        )


def _request(registration: Registration) -> Calendar:
    made = calendars.request(
        replace(entry(registration), status="CONFIRMED"),
        organizer=calendars.organizer(),
        attendee=Party(registration.name, registration.email),
    )
    return Calendar("REQUEST", made)


def _letter(
    kind: str, registration: Registration, *, calendar: Calendar | None = None, **values: Any
) -> Letter:
    event = registration.event
    with text.speaking(registration.language):
        known = {
            "name": registration.name,
            "title": text.local(event.title),
            "when": text.span(event.starts_at, event.ends_at, event.timezone),
            "place": location(event),
            "stream": Url(event.stream_url) if event.stream_url else "",
            "party": ", ".join(person.name for person in registration.participants)
            if registration.party_size > 1
            else "",
            "code": registration.code,
            "link": Url(links.to("registrations.show", token=token(registration))),
        }
    return write(
        f"registrations/{kind}",
        to=registration.email,
        to_name=registration.name,
        language=registration.language,
        values={**known, **values},
        calendar=calendar,
    )
