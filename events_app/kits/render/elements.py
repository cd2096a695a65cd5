"""What is on a sheet: words, drawings and pictures, each at its place.

In the order in which they are painted and read aloud. The same things become a tagged document
(`tagged.py`) and plain ink for pictures and print (`ink.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from events_app.kits.render.typesetting import Face, Set, Setting, fit

Box = tuple[float, float, float, float]
"""Left, top, width, height."""
ROUND = 0.5522847498
"""How far the handles of a cubic curve are from its ends for a quarter of a circle."""


@dataclass(frozen=True, slots=True)
class Words:
    kind: ClassVar[str] = "words"
    set: Set
    face: Face
    x: float
    y: float
    width: float
    colour: str
    tracking: float = 0.0
    align: str = "left"
    tag: str = "p"
    href: str = ""

    @property
    def bottom(self) -> float:
        return self.y + self.set.height


@dataclass(frozen=True, slots=True)
class Shape:
    """A flat colour. The path is SVG's with absolute M, L, C and Z only."""

    path: str
    colour: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in a box of their own measure; without `alt` for the eye only."""

    kind: ClassVar[str] = "drawing"
    x: float
    y: float
    width: float
    height: float
    shapes: tuple[Shape, ...]
    view: Box
    """The part of the shapes' own plane that fills the box."""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, with words for who cannot see it."""

    kind: ClassVar[str] = "picture"
    x: float
    y: float
    width: float
    height: float
    png: bytes
    alt: str
    is_round: bool = False


Element = Words | Drawing | Picture


def set_in(
    box: Box, words: str, setting: Setting, colour: str, *,
    locale: str = "nl", tag: str = "p", href: str = "",
) -> Words:  # fmt: skip
    """The words as large as fits in the box, from its top left."""
    left, top, width, height = box
    set_ = fit(words, (width, height), setting, locale)
    look = (colour, setting.tracking, "left", tag, href)
    return Words(set_, setting.face, left, top, width, *look)


def field(x: float, y: float, width: float, height: float, colour: str) -> Drawing:
    """A plain rectangle."""
    shape = Shape(rectangle(0, 0, width, height), colour)
    return Drawing(x, y, width, height, (shape,), (0, 0, width, height))


def disc(x: float, y: float, radius: float, colour: str) -> Drawing:
    """A plain circle around this point."""
    box = (x - radius, y - radius, radius * 2, radius * 2)
    return Drawing(*box, (Shape(circle(radius, radius, radius), colour),), (0, 0, *box[2:]))


def rectangle(x: float, y: float, width: float, height: float) -> str:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return polygon(corners)


def polygon(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f} " for x, y in points) + "Z"


def circle(x: float, y: float, radius: float) -> str:
    r, h = radius, radius * ROUND
    quarters = (
        (x + r, y + h, x + h, y + r, x, y + r),
        (x - h, y + r, x - r, y + h, x - r, y),
        (x - r, y - h, x - h, y - r, x, y - r),
        (x + h, y - r, x + r, y - h, x + r, y),
    )
    curves = "".join("C" + " ".join(f"{n:.3f}" for n in quarter) + " " for quarter in quarters)
    return f"M{x + r:.3f} {y:.3f} {curves}Z"
