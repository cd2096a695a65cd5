"""What a first start finds in the house: made-up people, by the rooms' own actions.

A room tells what happens to its own things (`Seeds`); demo.py puts what the rooms of a house tell
in order of time. What is told is in .toml and .csv files; the modules tell when and how.
"""

import csv
import logging
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import current_app

from events_app.core import text
from events_app.core.pictures import PictureRefused
from events_app.core.seeds import dates

log = logging.getLogger(__name__)
T = TypeVar("T")

Scene = tuple[datetime, Callable[[datetime], object]]
"""When, and what then happens; the moment is handed to it."""
Scenes = Iterable[Scene]


@dataclass(frozen=True, slots=True)
class Stage:
    """What all scenes share: the clock, and what has been made so far."""

    now: datetime
    _drawing: ThreadPoolExecutor
    _made: dict[tuple[type, str], object] = field(default_factory=dict)

    def keep(self, name: str, made: object) -> None:
        """For later scenes, of this room and of those above."""
        self._made[type(made), name] = made

    def find(self, kind: type[T], name: str) -> T | None:
        """None: nobody made it, such as a room that this house does not have."""
        return cast("T | None", self._made.get((kind, name)))

    def the(self, kind: type[T], name: str) -> T:
        return cast("T", self._made[kind, name])

    def drawn(self, draw: Callable[[], T]) -> Future[T | None]:
        """A picture, made safe beside the play: the sandbox starts slowly. None where it cannot
        work at all, such as without the libraries for PDFs.

        In a context of its own: what it does with the database is not the play's.
        """
        context = current_app.app_context()

        def work() -> T | None:
            with context:
                try:
                    return draw()
                except PictureRefused as why:
                    log.warning("the demo goes without a picture: %s", repr(why.__cause__ or why))
                    return None

        return self._drawing.submit(work)

    def ago(self, days: int, at: str) -> datetime:
        return dates.ago(self.now, days, at)

    def at_desk(self, days: int, at: str) -> datetime:
        return dates.at_desk(self.now, days, at)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Of a room."""

    scenes: Callable[[Stage], Scenes]
    pages: Callable[[], Iterable[tuple[str, str]]] = tuple
    """Worth a look and behind a personal link: label and address; none without the demo."""


def address(name: str) -> str:
    """Such as hendrik.jan.wolters@example.org: a mailbox that nobody has (RFC 2606)."""
    return text.slug(name).replace("-", ".") + "@example.org"


@lru_cache
def told(file: Path) -> dict[str, Any]:
    """Its texts without the line break at their end, as a form takes them."""
    said: dict[str, Any] = _trimmed(tomllib.loads(file.read_text(encoding="utf-8")))
    return said


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _trimmed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_trimmed(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
