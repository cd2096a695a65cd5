from collections.abc import Iterator
from dataclasses import asdict

from flask_babel import LazyString

from events_app.core import links
from events_app.core.letters import Url
from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said
from events_app.newsletters.rules.facts import is_as_seen, why_unfit

_DRAWN = ("title", "weekday", "day", "month", "when", "place", "sector_name")


def values(data: Data, scene: Scene) -> Values:
    """Title, date, place and link come from the event as it is now, never from the issue."""
    event = scene.events.get(int(data.get("event") or 0))
    note = said(data, "note")
    if event is None:
        return dict.fromkeys((*_DRAWN, "words", "link", "sector"), "") | {"level": scene.level}
    facts = asdict(event)
    return {name: facts[name] for name in _DRAWN} | {
        "words": note or event.summary,
        "link": Url(links.to("events.show", slug=event.slug, source=scene.source or None)),
        "sector": event.sector,
        "colour": event.colour,
        "level": scene.level,
        "is_cancelled": event.status == "cancelled",
        "is_postponed": event.status == "postponed",
    }


def more_problems(data: Data, scene: Scene) -> Iterator[LazyString]:
    if not data.get("event"):
        return
    event = scene.events.get(int(data["event"]))
    if event is None or event.status == "archived":  # the list to choose from has it no more
        yield _("This event is no longer there. Choose another one.")
    elif why := why_unfit(event):
        yield why
    elif not is_as_seen(event, data.get("seen"), has_words=bool(said(data, "note"))):
        yield _(
            "“%(title)s” has changed since this block was made. Look at the block and tick that it"
            " is right.",
            title=event.title,
        )


def sample() -> Data:
    return {"kind": "event", "event": 1, "seen": 1, "note": ""}


BLOCK = Block(
    kind="event",
    label=_("Event"),
    fields=(
        Field("event", _("Event"), "event", missing=_("Choose an event.")),
        Field(
            "note",
            _("Why come"),
            "lines",
            most=400,
            is_required=False,
            help=_("Without words of your own, the summary of the event stands here."),
        ),
    ),
    values=values,
    sample=sample,
    more_problems=more_problems,
)
