"""What a reader looks for in the agenda."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from events_app.core import text
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _

WORDS = 6


class AgendaKind(StrEnum):
    MEETING = "meeting"
    CONFERENCE = "conference"
    ONLINE = "online"
    """Can be joined online, on site as well or not."""


class UnknownChoice(Refusal):
    status = 404

    def __init__(self, asked: str) -> None:
        super().__init__(
            _(
                "The agenda does not know “%(asked)s”. Choose in the agenda what you want to"
                " follow, and copy the address from there.",
                asked=asked[:80],
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Nothing wanted is everything found. Sector and region are codes; month is 2027-03."""

    search: str = ""
    sector: str = ""
    region: str = ""
    kind: AgendaKind | None = None
    month: str = ""
    is_past: bool = False

    @property
    def words(self) -> list[str]:
        """All of them must be found."""
        return self.search.lower().split()[:WORDS]

    @property
    def looked_for(self) -> str:
        return " ".join(self.search.split()[:WORDS])

    @property
    def between(self) -> tuple[datetime, datetime] | None:
        """The month's first moment, and the next month's."""
        if not self.month:
            return None
        year, month = (int(part) for part in self.month.split("-"))
        first = datetime(year, month, 1, tzinfo=text.AMSTERDAM)
        after = (year + month // 12, month % 12 + 1)
        return first, first.replace(year=after[0], month=after[1])

    @property
    def is_anything(self) -> bool:
        return not (self.search or self.sector or self.region or self.kind or self.month)
