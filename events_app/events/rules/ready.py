"""What an event needs before readers may see it."""

from collections.abc import Sequence
from datetime import datetime

from babel.support import LazyProxy
from flask_babel import LazyString

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.events.models import AttendanceMode, Event, Ownership, Status
from events_app.events.rules.content import Content, moves
from events_app.events.rules.life import is_past
from events_app.events.rules.naming import named

Sentences = Sequence[str | LazyProxy]


class NotReady(Refusal):
    """The event cannot be shown as it is; `sentences` tell all that is missing."""

    def __init__(self, sentences: Sentences) -> None:
        super().__init__(sentences[0])
        self.sentences = sentences


_NOTHING_DONE = {
    Status.DRAFT: _("Nothing is done: this event is a draft."),
    Status.PUBLISHED: _("Nothing is done: this event is public, and goes on as it stands here."),
    Status.POSTPONED: _("Nothing is done: this event was postponed meanwhile."),
    Status.CANCELLED: _("Nothing is done: this event was called off meanwhile."),
    Status.DONE: _("Nothing is done: this event was closed meanwhile."),
    Status.ARCHIVED: _("Nothing is done: this event was put in the archive meanwhile."),
}


class NotPossible(Refusal):
    """The event has moved on: what was asked does not go with its status any more."""

    def __init__(self, event: Event) -> None:
        super().__init__(_NOTHING_DONE[event.status])


class InArchive(Refusal):
    """Readers saw the event, and its page is put away."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            _("This event is in our archive. Its page is not public any more. See what is coming.")
        )


class StillHeard(Refusal):
    """People have yet to hear that the event is called off. `until`: in words."""

    def __init__(self, until: str) -> None:
        super().__init__(
            _(
                "People still hear that this event is called off. You can put it in the archive"
                " from %(until)s.",
                until=until,
            )
        )


class DateHasPassed(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The old date has passed. Change the event and give it a new date."))


class InThePast(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The start lies in the past. Choose a date to come."))


class FactsStay(Refusal):
    """What readers know of time and place is not to be changed any more."""


class EditionTaken(Refusal):
    """A number is used once in a series; `held_by` has it, and `free` is the next that is free."""

    def __init__(self, held_by: Event | None = None, *, free: int = 0) -> None:
        super().__init__(
            _(
                "%(event)s has this number already. The next one that is free is %(free)s.",
                event=named(held_by),
                free=free,
            )
            if held_by
            else _("A colleague has just taken this edition number. Choose another one.")
        )


class VenueTaken(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("A venue of this name, street and town is in the list already. Choose it there.")
        )


class SeriesTaken(Refusal):
    """`language`: of the title that another series has."""

    def __init__(self, language: str) -> None:
        super().__init__(_("There is already a series with this title."))
        self.language = language


def missing(event: Event) -> list[str | LazyProxy]:
    """What it lacks to be public."""
    mode, is_ours = event.attendance_mode, event.ownership is not Ownership.EXTERNAL
    needs = (
        (event.title.get("nl"), _("Give the title in Dutch.")),
        (event.summary.get("nl"), _("Give the summary in Dutch.")),
        (
            event.venue or mode is AttendanceMode.ONLINE,
            _("Choose the venue, or say that the event is online."),
        ),
        (
            event.stream_url or mode is AttendanceMode.OFFLINE or not is_ours,
            _("Give the link to take part online. Only those who register get it."),
        ),
        (is_ours or event.external_url, _("Give the page where people register.")),
        (
            not event.cover_key or event.cover_alt.get("nl"),
            _("Describe the picture in Dutch, for those who cannot see it."),
        ),
    )
    return [sentence for is_there, sentence in needs if not is_there]


def too_late(event: Event, *, now: datetime) -> list[str | LazyProxy]:
    is_over = event.starts_at <= now
    return [InThePast().sentence] if is_over else []


def facts_stay(event: Event, *, now: datetime) -> LazyString | None:
    """Why its time and place are settled, and what to do instead; None while they are not."""
    if event.status is Status.DRAFT:
        return None
    if event.status is Status.CANCELLED:
        return _("This event is called off: time and place stay as they were. Make a copy instead.")
    if event.status is Status.ARCHIVED:
        return _("This event is in the archive: time and place stay as they are. Make a copy.")
    if is_past(event, now=now):
        return _(
            "This event is over. You can put its place right, and its time to another moment that"
            " has passed. Nobody gets an e-mail. Make a copy for a new date."
        )
    return None


def check_facts(event: Event, content: Content, *, now: datetime) -> None:
    """What is over stays over, what is called off stays as it was, and what is to come stays to
    come: else calendars would show what nobody hears of. Raises FactsStay, InThePast.
    """
    moved = moves(event, content)
    if not moved or event.status is Status.DRAFT:
        return
    why, ends_in_the_past = facts_stay(event, now=now), content.ends_at <= now
    took_place = event.status in (Status.PUBLISHED, Status.DONE)
    if why and not (took_place and ends_in_the_past):
        raise FactsStay(why)
    if not why and ends_in_the_past and {"starts_at", "ends_at"} & {*moved}:
        raise InThePast


def remarks(event: Event) -> list[str | LazyProxy]:
    """Not needed, and better with it."""
    wishes = (
        (
            all(
                content.get("en")
                for content in (event.title, event.summary, event.description)
                if content.get("nl")
            ),
            _("English is not complete. Readers in English see Dutch where it is missing."),
        ),
        (event.description, _("There is no description yet: why should people come?")),
        (event.lead_sector, _("No sector leads this event yet.")),
        (event.contact_email, _("There is no address for questions yet.")),
        (
            not event.venue or event.venue.access_note,
            _("The venue does not say yet how accessible it is."),
        ),
    )
    return [sentence for is_there, sentence in wishes if not is_there]
