"""What the front page tells of an event's report."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

MOST = 3
_MARKS = ("#", "|", ">", "- ", "* ", "1.", "```")
"""With these begins what is not plain telling."""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    now: str
    before: str
    when_before: str


@dataclass(frozen=True, slots=True)
class Highlights:
    opening: str
    """The first paragraph, Markdown."""
    figures: tuple[Figure, ...]


def highlights(report: str) -> Highlights:
    """Its opening, and the first rows of its first table whose last column tells numbers."""
    parts = [part.strip() for part in report.replace("\r\n", "\n").split("\n\n")]
    opening = next((part for part in parts if part and not part.startswith(_MARKS)), "")
    return Highlights(opening, tuple(_figures(report.splitlines()))[:MOST])


def _figures(lines: list[str]) -> Iterator[Figure]:
    for head, rule in pairwise(range(len(lines))):
        if _is_row(lines[head]) and set(lines[rule]) <= set("|-: ") and "-" in lines[rule]:
            names = _cells(lines[head])
            for row in map(_cells, takewhile(_is_row, lines[rule + 1 :])):
                if len(names) == len(row) > 1 and row[-1][:1].isdigit():
                    has_before = len(row) > 2  # noqa: PLR2004 -- a label, a figure, and one between
                    yield Figure(
                        label=row[0],
                        now=row[-1],
                        before=row[-2] if has_before else "",
                        when_before=names[-2] if has_before else "",
                    )
            return


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in inner.split("|")]
