"""How an event is named where others of the same title may be listed."""

from datetime import datetime

from events_app.core import text
from events_app.core.text import _
from events_app.events.models import Event, Status, Venue
from events_app.events.rules.content import NewVenue


def named(event: Event) -> str:
    """Such as: Op de Bühne Energie · 18 mrt 2027, 13.00 · editie 7.

    With the hour, since there may be two sittings on a day.
    """
    return " · ".join([text.local(event.title), *_marks(event)])


def marked(event: Event, *, known: datetime | None = None) -> str:
    """What tells it apart, for where the title is shown too: 18 mrt 2027, 13.00 · editie 7.

    `known`: the beginning that the reader was told. What is put off was on that day, for them.
    """
    return " · ".join(_marks(event, known))


def when(event: Event) -> str:
    """Its day and hours, or that it has none: the day that it had is no day to come on."""
    if event.status is Status.POSTPONED:
        return _("No new date yet")
    return text.span(event.starts_at, event.ends_at, event.timezone)


def label(event: Event) -> str:
    """In the language of the desk's journal."""
    with text.speaking(text.DEFAULT):
        return named(event)


def slug(title: text.Local) -> str:
    """What the address of its page is made from."""
    return text.slug(text.local(title, "nl").replace("&", " en ")) or "bijeenkomst"


def where(venue: Venue | NewVenue) -> str:
    """What two venues are told apart by, whatever else is said of them."""
    return "\n".join(text.name_key(part) for part in (venue.name, venue.street, venue.city))


def _marks(event: Event, known: datetime | None = None) -> list[str]:
    is_put_off = event.status is Status.POSTPONED
    starts = (known if known and is_put_off else event.starts_at, event.timezone)
    marks = [f"{text.date_of(*starts)}, {text.hours(*starts)}"]
    if is_put_off:
        marks = [_("postponed, was %(when)s", when=marks[0])]
    if event.edition and event.series_id:
        marks.append(_("edition %(number)s", number=event.edition))
    return marks
