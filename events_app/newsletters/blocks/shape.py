"""What a block is: fields to fill in, and what it makes of them for a letter and a page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import LazyString

from events_app.newsletters.rules.facts import EventFacts, PictureFacts

Data = Mapping[str, Any]
"""One block as it is stored: its kind, its key, and its fields by name."""

Values = dict[str, Any]
"""What its templates draw: texts, `Url`, `Markup`, numbers and booleans (see mail/README.md)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a block may draw on besides its own fields."""

    events: Mapping[int, EventFacts] = field(default_factory=dict)
    pictures: Mapping[str, PictureFacts] = field(default_factory=dict)
    source: str = ""
    """Where a registration that begins here came from."""
    level: int = 2
    """Of the next heading."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: LazyString
    kind: Literal["line", "lines", "markdown", "link", "event", "picture"] = "line"
    most: int = 200
    """Characters."""
    is_required: bool = True
    help: LazyString | None = None
    missing: LazyString | None = None
    """What to do when it is empty, where "this is empty" says too little."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    """Also its folder."""
    label: LazyString
    fields: tuple[Field, ...]
    values: Callable[[Data, Scene], Values]
    sample: Callable[[], Data]
    """A whole one, to see and to test it with."""
    more_problems: Callable[[Data, Scene], Iterable[LazyString]] = lambda _data, _scene: ()
    """Besides empty fields, broken links and wrong weekdays."""


def said(data: Data, name: str) -> str:
    return str(data.get(name) or "").strip()
