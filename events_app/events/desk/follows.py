"""What other rooms do by themselves when readers see another event, counted before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from events_app.events.models import AttendanceMode, Event, Status
from events_app.events.rules import GOES_ON, ONLINE, Content, location
from events_app.kits import queries as kits
from events_app.newsletters import queries as newsletters
from events_app.registrations import queries as registrations
from events_app.registrations.queries import HallComes, Letters, Whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    letters: Letters
    kits: int
    """Published, that get a new version."""
    partners: int
    """Who have files of them."""
    issues: int
    choice_goes: AttendanceMode | None = None
    """The event was in the hall and online, and becomes this alone."""
    hall: HallComes | None = None


def follows(
    *events: Event,
    tells: Whom = Whom.EVERYONE,
    choice_goes: AttendanceMode | None = None,
    hall: HallComes | None = None,
    facts: Mapping[str, str] | None = None,
) -> Follows:
    """`facts`: what is so then (rules.facts_after), of an edit."""
    going = [event.id for event in events if event.status in GOES_ON]
    found = kits.kits_of(going)
    published = [kit for kit in found.values() if kit.status == "published"]
    return Follows(
        letters=_letters(events, tells, choice_goes, facts),
        kits=len(published),
        partners=len({partner for kit in published for partner in kits.taken(kit)}),
        issues=newsletters.drafts_with(*going),
        choice_goes=choice_goes,
        hall=hall,
    )


def another_address(*events: Event) -> Follows:
    """Of another name or address of their hall."""
    return follows(*events, tells=Whom.IN_THE_HALL)


def tells(event: Event, content: Content, *, place: str, hall: HallComes | None) -> Whom:
    """Of an edit: `place` is the address of the venue that was chosen."""
    is_there_still = content.attendance_mode is AttendanceMode.ONLINE or (hall and hall.is_besides)
    where = ONLINE if is_there_still else place
    when = (content.starts_at, content.ends_at, content.timezone)
    has_new_time = when != (event.starts_at, event.ends_at, event.timezone)
    if event.status is Status.POSTPONED:
        return Whom.EVERYONE if content.starts_at != event.starts_at else Whom.NOBODY
    has_stream = content.attendance_mode is not AttendanceMode.OFFLINE
    has_new_stream = has_stream and content.stream_url != event.stream_url
    if has_new_time or (where != location(event) and has_new_stream):
        return Whom.EVERYONE
    if where != location(event):
        return Whom.IN_THE_HALL
    return Whom.PLACED if has_new_stream else Whom.NOBODY


def choice_goes(event: Event, content: Content) -> AttendanceMode | None:
    """What becomes of an event in the hall and online, when it is in one place alone."""
    becomes, had_it = content.attendance_mode, event.attendance_mode is AttendanceMode.MIXED
    has_date = event.status is Status.PUBLISHED or content.starts_at != event.starts_at
    return becomes if had_it and has_date and becomes is not AttendanceMode.MIXED else None


def hall_comes(event: Event, content: Content) -> HallComes | None:
    """What becomes of who registered, when an event that was online alone gets a hall besides."""
    if not gets_hall(event, content):
        return None
    return registrations.hall_comes(event.id)


def gets_hall(event: Event, content: Content) -> bool:
    was_online = event.attendance_mode is AttendanceMode.ONLINE
    return was_online and content.attendance_mode is AttendanceMode.MIXED


def _letters(
    events: Sequence[Event],
    tells: Whom,
    choice_goes: AttendanceMode | None,
    facts: Mapping[str, str] | None,
) -> Letters:
    told = [
        event
        for event in events
        if event.status is Status.PUBLISHED
        or (tells is Whom.EVERYONE and event.status is Status.POSTPONED)
    ]
    found = [*registrations.letters_to(told, tells, facts=facts).values()]
    if choice_goes:
        more = (registrations.letters_of_choice(e, choice_goes, besides=tells) for e in told)
        found += [letters for each in more for letters in each.values()]
    return Letters(
        **{f.name: sum(getattr(each, f.name) for each in found) for f in fields(Letters)}
    )
