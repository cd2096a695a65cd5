"""What other rooms do by themselves when readers see another event, counted before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from events_app.events.models import AttendanceMode, Event, Status
from events_app.events.rules import GOES_ON, Content, location
from events_app.kits import queries as kits
from events_app.newsletters import queries as newsletters
from events_app.registrations import queries as registrations
from events_app.registrations.queries import Letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    letters: Letters
    kits: int
    """Published, that get a new version."""
    partners: int
    """Who have files of them."""
    issues: int


class Tells(Enum):
    """Whom a change makes us write to."""

    EVERYONE = "everyone"
    IN_THE_HALL = "in_the_hall"
    """Another hall is no news online; and who knows that there is no date hears it with the new
    date.
    """
    PLACED = "placed"
    """Another link to watch is for who has a place."""
    NOBODY = "nobody"


def follows(*events: Event, tells: Tells = Tells.EVERYONE) -> Follows:
    going = [event.id for event in events if event.status in GOES_ON]
    found = kits.kits_of(going)
    published = [kit for kit in found.values() if kit.status == "published"]
    return Follows(
        letters=_letters(events, tells),
        kits=len(published),
        partners=len({partner for kit in published for partner in kits.taken(kit)}),
        issues=newsletters.drafts_with(*going),
    )


def tells(event: Event, content: Content, *, place: str) -> Tells:
    """Of an edit: `place` is the address of the venue that was chosen."""
    where = "Online" if content.attendance_mode is AttendanceMode.ONLINE else place
    when = (content.starts_at, content.ends_at, content.timezone)
    has_new_time = when != (event.starts_at, event.ends_at, event.timezone)
    if event.status is Status.POSTPONED:
        return Tells.EVERYONE if content.starts_at != event.starts_at else Tells.NOBODY
    has_new_stream = content.stream_url != event.stream_url
    if has_new_time or (where != location(event) and has_new_stream):
        return Tells.EVERYONE
    if where != location(event):
        return Tells.IN_THE_HALL
    return Tells.PLACED if has_new_stream else Tells.NOBODY


def _letters(events: Sequence[Event], tells: Tells) -> Letters:
    if tells is Tells.NOBODY:
        return Letters()
    told = [
        event.id
        for event in events
        if event.status is Status.PUBLISHED
        or (tells is Tells.EVERYONE and event.status is Status.POSTPONED)
    ]
    with_online = tells is not Tells.IN_THE_HALL
    found = _sum(list(registrations.letters_to(told, with_online=with_online).values()))
    return Letters(confirmed=found.confirmed) if tells is Tells.PLACED else found


def _sum(all_letters: Sequence[Letters]) -> Letters:
    return Letters(
        confirmed=sum(each.confirmed for each in all_letters),
        offered=sum(each.offered for each in all_letters),
        waiting=sum(each.waiting for each in all_letters),
        pending=sum(each.pending for each in all_letters),
    )
