"""What stands on a sheet, each thing at its place, in the order in which it is read aloud."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from events_app.kits.assets.stagecraft.logos import data_uri
from events_app.kits.assets.stagecraft.paper import page
from events_app.kits.render.type import Face, Set, Setting, fit

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class Words:
    kind: ClassVar[str] = "words"
    set: Set
    face: Face
    x: float
    y: float
    width: float
    colour: str
    align: str = "left"
    tag: str = "p"
    href: str = ""
    tracking: float = 0.0

    @property
    def bottom(self) -> float:
        return self.y + self.set.height


@dataclass(frozen=True, slots=True)
class Field:
    """A plain colour or a drawing, for the eye only."""

    kind: ClassVar[str] = "field"
    x: float
    y: float
    width: float
    height: float
    colour: str = "transparent"
    uri: str = ""
    is_round: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with words for who cannot see it."""

    kind: ClassVar[str] = "picture"
    x: float
    y: float
    width: float
    height: float
    uri: str
    alt: str
    is_round: bool = False


Thing = Words | Field | Picture


def set_in(box: Box, words: str, setting: Setting, colour: str, **more: str) -> Words:
    """The words as large as fits in the box, from its top."""
    set_ = fit(words, box[2:], setting, more.pop("locale", "nl"))
    return Words(
        set_, setting.face, box[0], box[1], box[2], colour, tracking=setting.tracking, **more
    )


def svg_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def sheet(
    things: Sequence[Thing],
    *,
    title: str,
    locale: str,
    unit: str,
    scale: float = 1.0,
    summary: str = "",
) -> str:
    """The HTML of the sheet; all measures are multiplied by `scale`."""
    return page(
        "stagecraft/sheet.html",
        locale,
        things=things,
        title=title,
        unit=unit,
        scale=scale,
        summary=summary,
    )


__all__ = ["Box", "Field", "Picture", "Thing", "Words", "data_uri", "set_in", "sheet", "svg_uri"]
