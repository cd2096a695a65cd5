"""What all acts share: the clock, who is there, and what has been made so far."""

import csv
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from events_app.accounts.models import Role, StaffMember
from events_app.contacts.models import Organisation
from events_app.core import text
from events_app.demo import dates
from events_app.demo.prints import Prints
from events_app.events.models import Event
from events_app.invitations.models import Ambassador
from events_app.newsletters.models import Issue
from events_app.themes import queries as themes
from events_app.themes.models import Theme

FOLDER = Path(__file__).parent

Scene = tuple[datetime, Callable[[datetime], object]]
"""When, and what then happens; the moment is handed to it."""
Scenes = Iterable[Scene]


@dataclass(slots=True)
class Stage:
    now: datetime
    owner: StaffMember
    prints: Prints
    staff: dict[Role, StaffMember] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    """By name."""
    events: dict[str, Event] = field(default_factory=dict)
    """By the name of the file in events/."""
    ambassadors: dict[str, Ambassador] = field(default_factory=dict)
    """By name."""
    issues: list[Issue] = field(default_factory=list)
    themes: dict[str, Theme] = field(init=False)
    """By code."""

    def __post_init__(self) -> None:
        self.themes = {theme.code: theme for theme in themes.everything()}

    @property
    def organiser(self) -> StaffMember:
        return self.staff[Role.ORGANISER]

    @property
    def editor(self) -> StaffMember:
        return self.staff[Role.EDITOR]

    def ago(self, days: int, at: str) -> datetime:
        return dates.ago(self.now, days, at)

    def at_desk(self, days: int, at: str) -> datetime:
        return dates.at_desk(self.now, days, at)


def address(name: str) -> str:
    """Such as hendrik.jan.wolters@example.org: a mailbox that nobody has (RFC 2606)."""
    return text.slug(name).replace("-", ".") + "@example.org"


@lru_cache
def told(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
