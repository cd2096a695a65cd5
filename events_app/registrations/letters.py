from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from events_app.core import calendars, links, text, tokens
from events_app.core.calendars import Entry, Party
from events_app.core.letters import Calendar, Letter, Named, Names, Url, write
from events_app.delivery.rules import named
from events_app.events.models import AttendanceMode
from events_app.events.models import Status as EventStatus
from events_app.events.rules import ONLINE, calendar_entry, facts, location
from events_app.registrations import rules
from events_app.registrations.models import (
    LINK,
    TRANSFER_LINK,
    EntryState,
    GoneBy,
    Option,
    Participant,
    Registration,
    Status,
    Transfer,
)

Told = Mapping[str, str]


def token(person: Participant) -> str:
    """Of the personal page."""
    return tokens.derived(LINK, person.seed)


def received(person: Participant, *, missed: Iterable[Option] = (), now: datetime) -> Letter:
    """What somebody hears who just registered: which status they have. `missed`: what they
    wanted and do not get.
    """
    if person.registration.confirm_by:
        return to_confirm(person, missed=missed, now=now)
    if _waits(person.registration):
        return waiting(person)
    return confirmed(person, missed=missed, now=now)


def confirmed(
    person: Participant,
    *,
    old: Told | None = None,
    missed: Iterable[Option] = (),
    gone: Iterable[Option] = (),
    was_online: bool | None = None,
    now: datetime,
) -> Letter:
    """`old`: what they were told. `gone`: options that they have no more. `was_online`: how they
    took part until now, if they did. For a postponed event it says so, without a calendar.
    """
    about: dict[str, Any] = {
        "options": _options(person, missed, now=now),
        "gone": _names(gone, person),
    }
    news = _went(person, was_online=was_online)
    if person.registration.event.status is EventStatus.POSTPONED:
        return _letter(
            "confirmed", person, moved=news, has_entry=False, reason=_reason(person), **about
        )
    calendar = _calendar("REQUEST", person)
    news = (moved(person, old) if old else {}) or news
    return _letter("confirmed", person, calendar=calendar, moved=news, has_entry=True, **about)


def waiting(person: Participant) -> Letter:
    return _letter("waiting", person, options=_options(person))  # to choose once they have a place


def to_confirm(person: Participant, *, missed: Iterable[Option] = (), now: datetime) -> Letter:
    """What is held, a place or one in line, is theirs with the button on their own page."""
    options = _options(person, missed, now=None if _waits(person.registration) else now)
    return _letter("to_confirm", person, options=options)


def already(person: Participant) -> Letter:
    """The status, to who was registered already, whoever filled in the form just now.
    Who has yet to press the button is not in line.
    """
    registration = person.registration
    return _letter(
        "already",
        person,
        **(_as_told(person) if person.calendar_entry else {}),
        has_place=registration.status is Status.CONFIRMED,
        is_in_line=_waits(registration) and not registration.is_unconfirmed,
    )


def offered(person: Participant, *, old: Told) -> Letter:
    return _letter("offered", person, moved=moved(person, old))


def hall_offered(person: Participant) -> Letter:
    """To who takes part online: a place in the hall is kept for them."""
    with text.speaking(person.registration.language):
        hall = location(person.registration.event)
    lost = _names(rules.lost_in_hall(person), person)
    return _letter("hall_offered", person, **_as_told(person), hall_place=hall, lost=lost)


def hall_expired(person: Participant) -> Letter:
    """They stay online."""
    return _letter("hall_expired", person, **_as_told(person))


def expired(person: Participant, *, now: datetime) -> Letter:
    return _letter("expired", person, **_as_told(person), **_anew(person, now=now))


def guest(
    person: Participant, *, was_online: bool | None = None, is_handed_over: bool = False
) -> Letter:
    """To a guest with an address of their own: that they come along, and with whom. `was_online`:
    how they took part until now, if they did. `is_handed_over`: it was with somebody else.
    """
    is_postponed = person.registration.event.status is EventStatus.POSTPONED
    calendar = None if is_postponed else _calendar("REQUEST", person)
    return _letter(
        "guest", person, calendar=calendar, has_entry=not is_postponed,
        contact=Names(who(person.registration.contact)),
        moved=_went(person, was_online=was_online), is_handed_over=is_handed_over,
    )  # fmt: skip


def guest_cancelled(person: Participant, *, has_entry: bool, by: GoneBy, now: datetime) -> Letter:
    """Whoever registered them is not named: they may be wiped by then."""
    return _letter(
        "guest_cancelled", person, calendar=_calendar("CANCEL", person) if has_entry else None,
        **_as_told(person), has_entry=has_entry, **_anew(person, now=now),
        is_own=by is GoneBy.GUEST, by_us=by is GoneBy.ORGANISERS, is_late=by is GoneBy.CLOCK,
    )  # fmt: skip


def guest_left(person: Participant, *, guest: Named | None) -> Letter:
    """To the contact. `guest` None: they are wiped."""
    left = Names(guest) if guest else Names()
    return _letter("guest_left", person, **_as_told(person), guest=left)


def cancelled(
    person: Participant, *, has_entry: bool, before: Status, is_by_us: bool, now: datetime
) -> Letter:
    """`has_entry`: their calendar holds the event, and this letter takes it out. `before`: their
    status until now.
    """
    had_place = before in rules.SEATED
    return _letter(
        "cancelled",
        person,
        calendar=_calendar("CANCEL", person) if has_entry else None,
        **_as_told(person),
        **_anew(person, now=now),
        has_entry=has_entry,
        had_place=had_place,
        was_offered=before is Status.OFFERED,
        frees_place=had_place and person.registration.frees_place,
        by_us=is_by_us,
    )


def event_cancelled(person: Participant, *, has_entry: bool) -> Letter:
    with text.speaking(person.registration.language):
        agenda = Url(links.to("events.agenda"))
    return _letter(
        "event_cancelled",
        person,
        calendar=_calendar("CANCEL", person) if has_entry else None,
        **_as_told(person),
        reason=_reason(person),
        has_entry=has_entry,
        agenda=agenda,
    )


def _reason(person: Participant) -> str:
    """Why the event is put off or called off, in the organisers' words."""
    return text.local(person.registration.event.cancel_note, person.registration.language)


def postponed(person: Participant, *, has_entry: bool) -> Letter:
    return _letter(
        "postponed",
        person,
        calendar=_calendar("CANCEL", person) if has_entry else None,
        **_as_told(person),
        reason=_reason(person),
        has_entry=has_entry,
        has_place=person.registration.status is Status.CONFIRMED,
    )


def changed(
    person: Participant,
    *,
    old: Told,
    has_lost_choice: bool = False,
    has_left: bool = False,
    gone: Iterable[Option] = (),
    now: datetime,
) -> Letter:
    """`old`: the facts as they were told before (rules.facts). `has_lost_choice`: they had or
    waited for another way to take part. `has_left`: this letter takes it out of their calendar.
    `gone`: options that they have no more.
    """
    event, has_entry = person.registration.event, person.entry.state is EntryState.SENT
    is_set_anew = old["postponed"] == "yes" and person.is_contact
    calendar = _calendar("REQUEST", person) if has_entry else None
    return _letter(
        "changed",
        person,
        calendar=_calendar("CANCEL", person) if has_left else calendar,
        has_entry=has_entry,
        has_left=has_left,
        only={"is_online": person.registration.is_online} if has_lost_choice else {},
        gone=_names(gone, person),
        moved=moved(person, old),
        to_choose=_to_choose(person, now=now) if is_set_anew else "",
        has_new_link=old["stream"] != event.stream_url and rules.may_watch(person.registration),
    )


def moved(person: Participant, old: Told) -> dict[str, Any]:
    """Time and place where the reader knew them otherwise; for a letter that announces the new."""
    event = person.registration.event
    new = facts(event)
    has_new_time = any(old[name] != new[name] for name in ("starts_at", "ends_at", "timezone"))
    has_new_place = old["place"] != new["place"] and not person.registration.is_online
    was_postponed = old["postponed"] == "yes"
    if not (has_new_time or has_new_place or was_postponed):
        return {}
    fits_online = rules.fits_online(person.registration.form, person.registration.party_size)
    with text.speaking(person.registration.language):
        old_when = _when_told(old)
    return {
        "was_postponed": was_postponed,
        "has_new_time": has_new_time,
        "has_new_place": has_new_place,
        "is_online": event.attendance_mode is AttendanceMode.ONLINE,
        "may_choose": old["place"] == ONLINE and fits_online,
        "old_when": old_when,
        "old_place": old["place"],
    }


def _went(person: Participant, *, was_online: bool | None) -> dict[str, Any]:
    """The same for who took part elsewhere until now."""
    registration = person.registration
    if was_online in (None, registration.is_online):
        return {}
    with text.speaking(registration.language):
        old_place = text._("Online") if was_online else location(registration.event)
    return {
        "was_postponed": False, "has_new_time": False, "has_new_place": True, "is_online": False,
        "may_choose": False, "old_when": "", "old_place": old_place,
    }  # fmt: skip


def entry(person: Participant) -> Entry:
    """The event in this person's own calendar: with the stream, without the personal link."""
    event, mark = person.registration.event, person.entry
    general = calendar_entry(event, person.registration.language, url=_page(person), host="")
    with text.speaking(person.registration.language):
        where = place(person.registration)
        has_link = event.stream_url and event.attendance_mode is not AttendanceMode.OFFLINE
        watch = f"{text._('Watch online')}: {event.stream_url}" if has_link else ""
    return replace(
        general,
        uid=mark.uid,
        sequence=mark.sequence,
        location=where,
        description="\n\n".join(part for part in (general.description, watch) if part),
        changed_at=max(event.changed_at, person.registration.changed_at),
    )


def followed(person: Participant) -> str:
    """What a program reads that follows their own link; "" while the event is in no calendar of
    theirs.
    """
    if person.calendar_entry is None or person.entry.state is EntryState.PLANNED:
        return ""
    shown, registration = entry(person), person.registration
    if person.entry.state is EntryState.WITHDRAWN:
        shown = replace(entry_told(shown, person), status="CANCELLED")
    with text.speaking(registration.language):
        name = text.local(registration.event.title)
    return calendars.published([shown], name=name).decode()


def _calendar(method: Literal["REQUEST", "CANCEL"], person: Participant) -> Calendar:
    made = calendars.request if method == "REQUEST" else calendars.cancel
    status: Literal["CONFIRMED", "CANCELLED"] = "CONFIRMED" if method == "REQUEST" else "CANCELLED"
    marked = replace(entry(person), status=status)
    content = made(
        marked if method == "REQUEST" else entry_told(marked, person),
        organizer=calendars.organizer(),
        attendee=Party(person.name, person.email),
    )
    return Calendar(method, content)


def entry_told(entry: Entry, person: Participant) -> Entry:
    """What their calendar holds: what is taken out of it is named as they know it."""
    told = person.entry.told
    return replace(
        entry,
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        timezone=told["timezone"],
        location=_place_told(person),
    )


def _as_told(person: Participant) -> dict[str, Any]:
    """Time and place as the reader knows them: a letter that announces no other names no other."""
    told = person.entry.told
    with text.speaking(person.registration.language):
        when = _when_told(told)
        if told["postponed"]:
            when = text._("%(when)s (postponed)", when=when)
    return {"when": when, "place": _place_told(person)}


def _time_and_place(person: Participant) -> dict[str, str]:
    """Time and place now. Without a date for the moment: the former one, which says so."""
    event = person.registration.event
    when, where = text.span(event.starts_at, event.ends_at, event.timezone), ""
    if event.status is EventStatus.POSTPONED:
        if person.calendar_entry:
            when, where = _when_told(person.entry.told), _place_told(person)
        when = text._("%(when)s (postponed)", when=when)
    return {"when": when, "place": where or place(person.registration)}


def _place_told(person: Participant) -> str:
    if person.registration.is_online:
        return place(person.registration)
    return person.entry.told["place"]


def _when_told(told: Told) -> str:
    began, ended = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    return text.span(began, ended, told["timezone"])


def _page(person: Participant) -> Url:
    with text.speaking(person.registration.language):
        return Url(links.to("events.show", slug=person.registration.event.slug))


def _anew(person: Participant, *, now: datetime) -> dict[str, Any]:
    """The page of the event, for who does not come any more, and whether one can register there."""
    registration = person.registration
    may_register = rules.may_register(registration.form, registration.event, now=now)
    return {"page": _page(person), "may_register": may_register}


NOTHING_HELD = {"is_offer": False, "is_in_line": False, "until": ""}
"""For guests: only the contact can press these buttons."""


def _own_page(person: Participant) -> str:
    return "registrations.show" if person.is_contact else "registrations.guest"


def _own_link(person: Participant) -> Url:
    with text.speaking(person.registration.language):
        return Url(links.to(_own_page(person), token=token(person)))


def _held(person: Participant) -> dict[str, Any]:
    """What waits for the button on their page, and until when; "" where nothing does."""
    registration = person.registration
    return {
        "is_offer": registration.status is Status.OFFERED,
        "is_in_line": registration.status is Status.WAITLISTED,
        "until": _until(rules.held_until(registration), registration),
    }


def _hall(person: Participant) -> dict[str, Any]:
    """Whether who takes part online waits for the hall, and until when a place is kept there: a
    guest waits until the contact accepts it.
    """
    registration = person.registration
    kept_until = rules.hall_kept_until(registration) if person.is_contact else None
    until = _until(kept_until, registration)
    return {"waits": registration.hall_claim is not None and not until, "until": until}


def _until(moment: datetime | None, registration: Registration) -> str:
    if moment is None:
        return ""
    timezone = registration.event.timezone
    return f"{text.day(moment, timezone)}, {text.clock_time(moment, timezone)}"


def _names(options: Iterable[Option], person: Participant) -> str:
    with text.speaking(person.registration.language):
        return rules.option_names(options)


def _chosen(person: Participant) -> list[dict[str, str]]:
    with text.speaking(person.registration.language):
        chosen = rules.in_words(rules.options_of(person))
    return [{"group": group, "names": names} for group, names in chosen]


def _options(
    person: Participant, missed: Iterable[Option] = (), *, now: datetime | None = None
) -> dict[str, Any]:
    """What they have, what they wanted and is full or not there where they take part, and of which
    groups they can still choose: `open`, while `is_open` or else once there is a new date. `now`:
    None for who waits, and chooses once they have a place.
    """
    registration, has = person.registration, rules.options_of(person)
    is_open = now is None or rules.may_take_options(registration, registration.form, now=now)
    missed = list(missed)
    full = [option for option in missed if rules.may_have(registration, option.group)]
    open_groups = rules.untouched(person)
    may_choose = is_open or rules.chooses_later(registration)
    with text.speaking(registration.language):
        return {
            "chosen": _chosen(person),
            "missed": rules.option_names(full),
            "elsewhere": rules.option_names(each for each in missed if each not in full),
            "open": rules.group_names(open_groups) if may_choose else "",
            "is_open": is_open,
            "until_start": rules.chooses_until_start(registration),
            "has_lapsed": registration.took_again and bool(open_groups) and not has,
        }


def _to_choose(person: Participant, *, now: datetime) -> str:
    with text.speaking(person.registration.language):
        return rules.group_names(rules.to_choose(person.registration, now=now))


def _letter(
    kind: str,
    person: Participant,
    *,
    calendar: Calendar | None = None,
    **values: Any,
) -> Letter:
    registration, event = person.registration, person.registration.event
    with text.speaking(registration.language):
        known = {
            "name": person.name,
            "code": person.code,
            "party": party(registration) if person.is_contact else "",
            "people": registration.party_size,
            "link": _own_link(person),
            "title": text.local(event.title),
            **_time_and_place(person),
            "stream": Url(event.stream_url) if rules.may_watch(registration) else "",
            "is_waiting": _waits(registration),
            "frees_place": registration.status in rules.SEATED and registration.frees_place,
            "held": _held(person) if person.is_contact else NOTHING_HELD,
            "hall": _hall(person),
        }
    return write(
        f"registrations/{kind}",
        to=person.email,
        to_name=person.name,
        language=registration.language,
        values={**known, **values},
        calendar=calendar,
    )


def place(registration: Registration) -> str:
    """Where they take part."""
    return text._("Online") if registration.is_online else location(registration.event)


def who(person: Participant) -> Named:
    """As letters name them, for whom they are found when they ask to be wiped."""
    return named(person.name, email=person.email, code=person.code)


def party(registration: Registration) -> Names:
    """All names, when more than one comes."""
    if registration.party_size == 1:
        return Names()
    return Names(*(who(each) for each in registration.participants))


def _waits(registration: Registration) -> bool:
    return registration.status is Status.WAITLISTED


def new_address(asked: Transfer) -> Letter:
    """To an address that somebody wants to have instead of theirs; the button proves it."""
    same = Names(who(asked.participant))  # if it is theirs
    letter = _letter("new_address", asked.participant, **_transfer(asked) | {"name": same})
    return replace(letter, to=asked.email)


def hand_over(asked: Transfer, known: Participant | None = None) -> Letter:
    """To whom a place is offered: what comes with it, and what is to be told anew. `known`: they
    are expected already, and give that up first.
    """
    person = asked.participant
    form, comes_along = person.registration.form, rules.guest_who_takes(asked) is not None
    letter = _letter(
        "hand_over",
        person,
        giver=Names(who(person)),
        guests=person.registration.party_size - 1 - comes_along,
        comes_along=comes_along,
        own_page=_own_link(known) if known else "",
        chosen=_chosen(person),
        asks_needs=form.asks_diet or form.asks_access_needs,
        **_transfer(asked) | {"name": asked.name},
    )
    return replace(letter, to=asked.email, to_name=asked.name)


def _transfer(asked: Transfer) -> dict[str, Any]:
    """The code of who has the place is theirs alone."""
    until, timezone = asked.expires_at, asked.participant.registration.event.timezone
    with text.speaking(asked.participant.registration.language):
        return {
            "link": Url(links.to("registrations.transfer", token=transfer_token(asked))),
            "code": "",
            "party": "",  # names are for a mailbox that is known to be theirs
            "stream": "",
            "until": f"{text.day(until, timezone)}, {text.clock_time(until, timezone)}",
        }


def transfer_token(asked: Transfer) -> str:
    return tokens.derived(TRANSFER_LINK, asked.seed)


def address_changed(asked: Transfer, *, has_entry: bool, now: datetime) -> Letter:
    """To the address that they had: it takes the event out of the calendar there, says what to do
    if it was not them, and leads nowhere.
    """
    is_postponed = asked.participant.registration.event.status is EventStatus.POSTPONED
    return _to_former(
        "address_changed", asked, has_entry=has_entry, is_postponed=is_postponed, now=now
    )


def handed_over(asked: Transfer, *, has_entry: bool, now: datetime) -> Letter:
    """To who had the place. What they told is wiped with it."""
    person = asked.participant
    comes_along = rules.guest_who_takes(asked) is not None
    return _to_former(
        "handed_over",
        asked,
        has_entry=has_entry,
        now=now,
        holder=_holder(asked),
        guests=person.registration.party_size - 1 - comes_along,
        has_needs=bool(person.diet or person.access_needs),
    )


def _to_former(
    kind: str, asked: Transfer, *, has_entry: bool, now: datetime, **values: Any
) -> Letter:
    person = asked.participant
    return _letter(
        kind,
        person,
        calendar=_calendar("CANCEL", person) if has_entry else None,
        **_as_told(person),
        has_entry=has_entry,
        **_anew(person, now=now),
        **values,
    )


def hand_over_declined(asked: Transfer) -> Letter:
    person = asked.participant
    return _letter("hand_over_declined", person, **_as_told(person), holder=_holder(asked))


def _holder(asked: Transfer) -> Names:
    return Names(named(asked.name, email=asked.email))
