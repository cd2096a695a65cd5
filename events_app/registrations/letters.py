from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from events_app.core import calendars, links, text, tokens
from events_app.core.calendars import Entry, Party
from events_app.core.letters import Calendar, Letter, Url, write
from events_app.events.models import AttendanceMode
from events_app.events.models import Status as EventStatus
from events_app.events.rules import calendar_entry, facts, location
from events_app.registrations import rules
from events_app.registrations.models import LINK, EntryState, Registration, Status

Told = Mapping[str, str]


def token(registration: Registration) -> str:
    """Of the personal page."""
    return tokens.derived(LINK, registration.seed)


def received(registration: Registration) -> Letter:
    """What somebody hears who just registered: how it stands."""
    if registration.confirm_by:
        return to_confirm(registration)
    return waiting(registration) if _waits(registration) else confirmed(registration)


def confirmed(registration: Registration, *, old: Told | None = None) -> Letter:
    """`old`: what they were told. For a postponed event it says so, without a calendar."""
    if registration.event.status is EventStatus.POSTPONED:
        told = _as_told(registration)
        return _letter("confirmed", registration, moved={}, has_entry=False, **told)
    calendar = _calendar("REQUEST", registration)
    news = moved(registration, old) if old else {}
    return _letter("confirmed", registration, calendar=calendar, moved=news, has_entry=True)


def waiting(registration: Registration) -> Letter:
    return _letter("waiting", registration)


def to_confirm(registration: Registration) -> Letter:
    """What is held, a place or one in line, is theirs with the button on their own page."""
    return _letter("to_confirm", registration)


def already(registration: Registration) -> Letter:
    """To the person who was registered before, whoever filled in the form just now."""
    return _letter("already", registration, **_as_told(registration))


def offered(registration: Registration, *, old: Told) -> Letter:
    return _letter("offered", registration, moved=moved(registration, old))


def expired(registration: Registration) -> Letter:
    return _letter("expired", registration, **_as_told(registration), page=_page(registration))


def cancelled(
    registration: Registration, *, has_entry: bool, had_place: bool, is_by_us: bool
) -> Letter:
    """`has_entry`: their calendar holds the event, and this letter takes it out."""
    return _letter(
        "cancelled",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        **_as_told(registration),
        page=_page(registration),
        has_entry=has_entry,
        had_place=had_place,
        frees_place=had_place and registration.frees_place,
        by_us=is_by_us,
    )


def event_cancelled(registration: Registration, *, has_entry: bool) -> Letter:
    with text.speaking(registration.language):
        agenda = Url(links.to("events.agenda"))
    return _letter(
        "event_cancelled",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        **_as_told(registration),
        reason=text.local(registration.event.cancel_note, registration.language),
        has_entry=has_entry,
        agenda=agenda,
    )


def postponed(registration: Registration, *, has_entry: bool) -> Letter:
    return _letter(
        "postponed",
        registration,
        calendar=_calendar("CANCEL", registration) if has_entry else None,
        **_as_told(registration),
        reason=text.local(registration.event.cancel_note, registration.language),
        has_entry=has_entry,
        has_place=registration.status is Status.CONFIRMED,
    )


def changed(registration: Registration, *, old: Told) -> Letter:
    """`old`: the facts as they were told before (rules.facts)."""
    new = registration.calendar_entry.told
    has_entry = registration.calendar_entry.state is EntryState.SENT
    return _letter(
        "changed",
        registration,
        calendar=_calendar("REQUEST", registration) if has_entry else None,
        has_entry=has_entry,
        moved=moved(registration, old),
        has_new_link=old["stream"] != new["stream"] and _may_watch(registration),
    )


def moved(registration: Registration, old: Told) -> dict[str, Any]:
    """Time and place where the reader knew them otherwise; for a letter that announces the new."""
    event = registration.event
    new = facts(event)
    has_new_time = any(old[name] != new[name] for name in ("starts_at", "ends_at", "timezone"))
    has_new_place = old["place"] != new["place"] and not registration.is_online
    was_postponed = old["postponed"] == "yes"
    if not (has_new_time or has_new_place or was_postponed):
        return {}
    with text.speaking(registration.language):
        old_when = _when_told(old)
    return {
        "was_postponed": was_postponed,
        "has_new_time": has_new_time,
        "has_new_place": has_new_place,
        "is_online": event.attendance_mode is AttendanceMode.ONLINE,
        "old_when": old_when,
        "old_place": old["place"],
    }


def entry(registration: Registration) -> Entry:
    """The event in this person's own calendar: with the stream, without the personal link."""
    event, mark = registration.event, registration.calendar_entry
    general = calendar_entry(event, registration.language, url=_page(registration), host="")
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
    marked = replace(entry(registration), status=status)
    content = made(
        marked if method == "REQUEST" else _entry_told(marked, registration),
        organizer=calendars.organizer(),
        attendee=Party(registration.name, registration.email),
    )
    return Calendar(method, content)


def _entry_told(entry: Entry, registration: Registration) -> Entry:
    """What their calendar holds: what is taken out of it is named as they know it."""
    told = registration.calendar_entry.told
    return replace(
        entry,
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        timezone=told["timezone"],
        location=_place_told(registration),
    )


def _as_told(registration: Registration) -> dict[str, Any]:
    """Time and place as the reader knows them: a letter that announces no other names no other."""
    told = registration.calendar_entry.told
    with text.speaking(registration.language):
        when = _when_told(told)
        if told["postponed"]:
            when = text._("%(when)s (postponed)", when=when)
    return {"when": when, "place": _place_told(registration)}


def _place_told(registration: Registration) -> str:
    if registration.is_online:
        return place(registration)
    return registration.calendar_entry.told["place"]


def _when_told(told: Told) -> str:
    began, ended = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    return text.span(began, ended, told["timezone"])


def _page(registration: Registration) -> Url:
    with text.speaking(registration.language):
        return Url(links.to("events.show", slug=registration.event.slug))


def _held(registration: Registration) -> dict[str, Any]:
    """What waits for the button on their page, and until when; "" where nothing does."""
    until, timezone = rules.held_until(registration), registration.event.timezone
    return {
        "is_offer": registration.status is Status.OFFERED,
        "is_in_line": registration.status is Status.WAITLISTED,
        "until": f"{text.day(until, timezone)}, {text.clock_time(until, timezone)}"
        if until
        else "",
    }


def _letter(
    kind: str,
    registration: Registration,
    *,
    calendar: Calendar | None = None,
    **values: Any,
) -> Letter:
    event = registration.event
    with text.speaking(registration.language):
        known = {
            "name": registration.name,
            "code": registration.code,
            "party": party(registration),
            "people": registration.party_size,
            "link": Url(links.to("registrations.show", token=token(registration))),
            "title": text.local(event.title),
            "when": text.span(event.starts_at, event.ends_at, event.timezone),
            "place": place(registration),
            "stream": Url(event.stream_url) if _may_watch(registration) else "",
            "is_waiting": _waits(registration),
            "frees_place": registration.status in rules.SEATED and registration.frees_place,
            "held": _held(registration),
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


def party(registration: Registration) -> str:
    """All names, when more than one comes."""
    if registration.party_size == 1:
        return ""
    return ", ".join(filter(None, (each.name for each in registration.participants)))


def _waits(registration: Registration) -> bool:
    return registration.status is Status.WAITLISTED


def _may_watch(registration: Registration) -> bool:
    """The stream is for those who have a place."""
    return bool(registration.event.stream_url) and registration.status is Status.CONFIRMED
