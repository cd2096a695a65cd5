from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from events_app.core import calendars, links, text, tokens
from events_app.core.calendars import Entry, Party
from events_app.core.letters import Calendar, Letter, Url, write
from events_app.events.models import AttendanceMode
from events_app.events.rules import calendar_entry, location
from events_app.registrations.models import EntryState, Registration, Status


def token(registration: Registration) -> str:
    """Of the personal page."""
    return tokens.derived("registration", registration.seed)


def confirmed(registration: Registration, names: Sequence[str] = ()) -> Letter:
    """`names`: of all who come, while they are not stored yet."""
    calendar = _calendar("REQUEST", registration)
    return _letter("confirmed", registration, names=names, calendar=calendar)


def waiting(registration: Registration, names: Sequence[str] = ()) -> Letter:
    return _letter("waiting", registration, names=names)


def to_confirm(registration: Registration, names: Sequence[str] = ()) -> Letter:
    """What is held, a place or one in line, is theirs with the button on their own page."""
    event = registration.event
    with text.speaking(registration.language):
        deadline = _moment(registration.confirm_by or event.starts_at, event.timezone)
    return _letter(
        "to_confirm",
        registration,
        names=names,
        deadline=deadline,
        is_in_line=registration.status is Status.WAITLISTED,
    )


def already(registration: Registration) -> Letter:
    """To the person who was registered before, whoever filled in the form just now."""
    return _letter("already", registration)


def offered(registration: Registration) -> Letter:
    event, entry = registration.event, registration.place_in_line
    ends_at = entry.offer_expires_at if entry else None
    with text.speaking(registration.language):
        deadline = _moment(ends_at or event.starts_at, event.timezone)
    return _letter("offered", registration, deadline=deadline)


def expired(registration: Registration) -> Letter:
    return _letter("expired", registration, page=_page(registration))


def cancelled(
    registration: Registration, *, has_entry: bool, had_place: bool, is_by_us: bool
) -> Letter:
    """`has_entry`: their calendar holds the event, and this letter takes it out."""
    return _letter(
        "cancelled",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        page=_page(registration),
        has_entry=has_entry,
        had_place=had_place,
        by_us=is_by_us,
    )


def event_cancelled(registration: Registration, *, has_entry: bool) -> Letter:
    with text.speaking(registration.language):
        agenda = Url(links.to("events.agenda"))
    return _letter(
        "event_cancelled",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        reason=text.local(registration.event.cancel_note, registration.language),
        has_entry=has_entry,
        agenda=agenda,
    )


def postponed(registration: Registration, *, has_entry: bool) -> Letter:
    return _letter(
        "postponed",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        has_entry=has_entry,
        has_place=registration.status is Status.CONFIRMED,
    )


def changed(registration: Registration, *, old: Mapping[str, str]) -> Letter:
    """`old`: the facts as they were told before (rules.facts)."""
    new = registration.calendar_entry.told
    has_entry = registration.calendar_entry.state is EntryState.SENT
    times = ("starts_at", "ends_at", "timezone", "postponed")
    has_new_time = any(old[name] != new[name] for name in times)
    with text.speaking(registration.language):
        began, ended = (datetime.fromisoformat(old[name]) for name in ("starts_at", "ends_at"))
        old_when = text.span(began, ended, old["timezone"])
    return _letter(
        "changed",
        registration,
        calendar=_calendar("REQUEST", registration) if has_entry else None,
        has_entry=has_entry,
        has_new_time=has_new_time,
        has_new_place=old["place"] != new["place"] and not registration.is_online,
        has_new_link=old["stream"] != new["stream"],
        is_online=registration.event.attendance_mode is AttendanceMode.ONLINE,
        old_when=old_when,
        old_place=old["place"],
    )


def entry(registration: Registration) -> Entry:
    """The event in this person's own calendar: with the stream, without the personal link."""
    event, mark = registration.event, registration.calendar_entry
    general = calendar_entry(event, registration.language, url=_page(registration))
    with text.speaking(registration.language):
        where = place(registration)
        watch = f"{text._('Watch online')}: {event.stream_url}" if event.stream_url else ""
    return replace(
        general,
        uid=mark.uid,
        sequence=mark.sequence,
        location=where,
        description="\n\n".join(part for part in (general.description, watch) if part),
    )


def _calendar(method: Literal["REQUEST", "CANCEL"], registration: Registration) -> Calendar:
    made = calendars.request if method == "REQUEST" else calendars.cancel
    status: Literal["CONFIRMED", "CANCELLED"] = "CONFIRMED" if method == "REQUEST" else "CANCELLED"
    content = made(
        replace(entry(registration), status=status),
        organizer=calendars.organizer(),
        attendee=Party(registration.name, registration.email),
    )
    return Calendar(method, content)


def _page(registration: Registration) -> Url:
    with text.speaking(registration.language):
        return Url(links.to("events.show", slug=registration.event.slug))


def _moment(moment: datetime, timezone: str) -> str:
    return f"{text.day(moment, timezone)}, {text.clock_time(moment, timezone)}"


def _letter(
    kind: str,
    registration: Registration,
    *,
    names: Sequence[str] = (),
    calendar: Calendar | None = None,
    **values: Any,
) -> Letter:
    event = registration.event
    with text.speaking(registration.language):
        known = {
            "name": registration.name,
            "code": registration.code,
            "party": party(registration, names),
            "link": Url(links.to("registrations.show", token=token(registration))),
            "title": text.local(event.title),
            "when": text.span(event.starts_at, event.ends_at, event.timezone),
            "place": place(registration),
            "stream": Url(event.stream_url) if _may_watch(registration) else "",
        }
    return write(
        f"registrations/{kind}",
        to=registration.email,
        to_name=registration.name,
        language=registration.language,
        values={**known, **values},
        calendar=calendar,
    )


def place(registration: Registration) -> str:
    """Where they take part."""
    return text._("Online") if registration.is_online else location(registration.event)


def party(registration: Registration, names: Sequence[str] = ()) -> str:
    """All names, when more than one comes."""
    if registration.party_size == 1:
        return ""
    return ", ".join(filter(None, names or [each.name for each in registration.participants]))


def _may_watch(registration: Registration) -> bool:
    """The stream is for those who have a place."""
    return bool(registration.event.stream_url) and registration.status is Status.CONFIRMED
