"""Which columns can hold somebody."""

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _

COLUMNS = Path(__file__).with_name("columns.txt")


class Whose(StrEnum):
    """What a column that holds words can say of people."""

    PERSON = "person"
    ABOUT = "about"
    KEY = "key"
    COLLEAGUE = "colleague"
    WRITTEN = "written"
    HOUSE = "house"


class HasSeat(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This address has a seat at the desk."
                " First take it away and remove the colleague, under Colleagues."
            )
        )


def columns() -> dict[Whose, list[tuple[str, str]]]:
    """Table and column, by what they can say of people; read from columns.txt."""
    found: dict[Whose, list[tuple[str, str]]] = defaultdict(list)
    for table, whose, names in _lines():
        found[whose] += [(table, name) for name in names]
    return found


def _lines() -> Iterator[tuple[str, Whose, list[str]]]:
    for line in COLUMNS.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words:
            yield words[0], Whose(words[1]), words[2:]
