"""The blocks an issue is made of. A new one is a folder here and a name in BLOCKS.

A folder holds `__init__.py` (its fields and what it makes of them) and what draws it: `block.mjml`
for the letter, `block.txt` for its plain text, `block.html` for the web version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from events_app.core.text import _
from events_app.events.rules import Record
from events_app.newsletters import queries
from events_app.newsletters.blocks import action, check, event, heading, picture, quote, text
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values
from events_app.newsletters.models import Issue
from events_app.newsletters.rules import Draft, draft_of, picture_keys
from events_app.newsletters.rules.facts import EventFacts, is_as_seen
from events_app.newsletters.rules.preflight import Problem

__all__ = [
    "BLOCKS",
    "Block",
    "Data",
    "Field",
    "Scene",
    "doubts",
    "drawn",
    "event_ids",
    "facts_of",
    "is_overtaken",
    "names",
    "problems",
    "scene_of",
]

BLOCKS: dict[str, Block] = {
    block.kind: block
    for block in (
        heading.BLOCK,
        text.BLOCK,
        event.BLOCK,
        quote.BLOCK,
        picture.BLOCK,
        action.BLOCK,
    )
}
"""In the order in which the editor offers them."""


def drawn(blocks: Sequence[Data], scene: Scene) -> list[dict[str, Values]]:
    """For the templates: each block as its kind and what that draws. Headings go down in order."""
    made = []
    for data in blocks:
        block = BLOCKS[data["kind"]]
        made.append({block.kind: block.values(data, scene)})
        if block is heading.BLOCK:
            scene = replace(scene, level=3)
    return made


def scene_of(draft: Draft, source: str, *, events: Mapping[int, EventFacts] | None = None) -> Scene:
    """What these blocks draw on: events as they are now, or as `events` says they were."""
    if events is None:
        events = queries.event_facts(event_ids(draft), draft.language)
    return Scene(events, queries.pictures(picture_keys(draft.blocks)), source=source)


def event_ids(draft: Draft) -> set[int]:
    return {int(data["event"]) for data in draft.blocks if data.get("event")}


def facts_of(issues: Iterable[Issue]) -> dict[str, dict[int, EventFacts]]:
    """The events in these issues by language: a statement for each language."""
    ids: dict[str, set[int]] = {}
    for issue in issues:
        ids.setdefault(issue.language, set()).update(event_ids(draft_of(issue)))
    return {code: queries.event_facts(some, code) for code, some in ids.items()}


def is_overtaken(blocks: Sequence[Data], events: Mapping[int, EventFacts]) -> bool:
    """Whether what they show of an event has changed since it was looked at; `events`: in the
    language of the issue.
    """
    chosen = [data for data in blocks if data.get("event")]
    return any(
        data["event"] not in events
        or not is_as_seen(events[data["event"]], data.get("seen"), has_words=bool(data.get("note")))
        for data in chosen
    )


def names(blocks: Sequence[Data]) -> dict[str, str]:
    """What each is called, by its key."""
    return {
        data["key"]: _("%(kind)s, block %(number)d", kind=BLOCKS[data["kind"]].label, number=number)
        for number, data in enumerate(blocks, 1)
    }


def problems(blocks: Sequence[Data], scene: Scene, *, today: date) -> Iterator[Problem]:
    for data in blocks:
        yield from check.problems(BLOCKS[data["kind"]], data, scene, today=today)


def doubts(blocks: Sequence[Data], scene: Scene, known: Mapping[int, Record]) -> Iterator[Problem]:
    for data in blocks:
        yield from check.doubts(BLOCKS[data["kind"]], data, scene, known)
