"""Places that are held for the guests of a partner or an ambassador, until they are released."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from events_app.capacity.models import Pool
from events_app.core import text
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.core.text import plural
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.registrations.models import Allotment
from events_app.registrations.rules.asking import Applicant

BEFORE = timedelta(weeks=1)
"""Before the event they are released, unless somebody chooses another moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an organiser decides about held places."""

    name: str
    places: int
    release_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Places that are held at an event, for all together; those that were released are not."""

    places: int = 0
    taken: int = 0

    @property
    def free(self) -> int:
        return self.places - self.taken

    @classmethod
    def of(cls, allotments: Iterable[Allotment]) -> Self:
        pools = [each.pool for each in allotments]
        return cls(
            places=sum(pool.size or 0 for pool in pools), taken=sum(pool.taken for pool in pools)
        )


class _Refused(Refusal):
    """`field`: of the form, where the sentence is shown."""

    field = "places"


class TooFewToHold(_Refused):
    def __init__(self, left: int, *, is_due_to_line: bool) -> None:
        free = (
            plural("One place is free.", "%(num)s places are free.", left)
            if left
            else str(_("No place is free."))
        )
        why = _("People on the waiting list come first: they are offered what is free.")
        super().__init__(f"{free} {why}" if is_due_to_line else free)


class GuestsHaveThem(_Refused):
    def __init__(self, taken: int) -> None:
        super().__init__(
            plural(
                "One of these places is taken. Choose at least one.",
                "%(num)s of these places are taken. Choose at least that many.",
                taken,
            )
        )


class ReleasedAtWrongTime(_Refused):
    field = "release_at"


class ReleasedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_("These places have been released meanwhile. Hold places anew."))


class GuestsCame(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Somebody registered by these places. Release them: who has a place keeps it.")
        )


def takes_held(applicant: Applicant, free: int, hall: Pool) -> bool:
    """Whether they get what is held, and not a place like everybody. `free`: of what is held.

    Where neither has room for the whole party, they choose by what is held if that is more; who
    takes part online meanwhile has no need to. Who gets neither waits in the hall's line.
    """
    party = applicant.party_size
    if party <= free:
        return True
    left = hall.free
    has_more = left is not None and left < party and max(left, 0) < free
    return has_more and not (applicant.may_wait or applicant.waits_for_hall)


def default_release(event: Event, *, now: datetime) -> datetime:
    """A week before, at the same hour; if that is over, when the event begins."""
    zone = text.zone(event.timezone)
    begins = event.starts_at.astimezone(zone).replace(second=0, microsecond=0)
    week_before = begins - BEFORE
    return week_before if week_before > now else begins


def must_release_in_time(release_at: datetime, event: Event, *, now: datetime) -> None:
    """Raises ReleasedAtWrongTime. A postponed event has no beginning to look at."""
    if release_at <= now:
        raise ReleasedAtWrongTime(_("Choose a moment that is still to come."))
    if release_at > event.starts_at and event.status is not EventStatus.POSTPONED:
        raise ReleasedAtWrongTime(_("Choose a moment before the event begins."))


def looked_at(allotment: Allotment) -> tuple[object, ...]:
    """What the question says before they are released."""
    return allotment.name, allotment.pool.size, allotment.pool.taken


def is_due_for_release(allotment: Allotment, event: Event, *, now: datetime) -> bool:
    """Never after the event begins, also when that was moved to an earlier moment since."""
    has_begun = event.status is not EventStatus.POSTPONED and event.starts_at <= now
    return allotment.release_at <= now or has_begun
