"""From a sheet to the bytes of a picture or a document.

The face of the renderer: it imports nothing heavy. The work is done by `engine.py` in processes of
their own, at most two at once, each job within 20 seconds and a gigabyte.
"""

from dataclasses import dataclass
from enum import StrEnum

from events_app.core.sandbox import Sandbox
from events_app.kits.render.elements import Element


class Format(StrEnum):
    PNG = "png"
    PDF = "pdf"
    """For screens and screen readers: tagged, PDF/UA-1."""
    PRINT = "print"
    """For a printer: 3 mm bleed, no marks."""
    MARKS = "marks"
    """For a printer: bleed, and crop marks outside it."""


BLEED = 3.0
"""Millimetres that printed colour runs on beyond the edge."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture or document says of itself, inside the file."""

    title: str
    locale: str
    alt: str = ""
    """What it shows, for who cannot see it."""
    credit: str = ""
    licence: str = ""
    """Address of the licence."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, measured in units; `scale` of these make a pixel, or a millimetre for paper."""

    things: tuple[Element, ...]
    width: int
    height: int
    """Pixels for PNG, millimetres for the others."""
    format: Format
    caption: Caption
    scale: float = 1.0
    most_bytes: int | None = None
    """That a PNG may have; colours are given up before that is passed."""


_sandbox = Sandbox("events_app.kits.render.engine", size=2, seconds=20)


def render(sheet: Sheet) -> bytes:
    """Raises SandboxError when the page cannot be drawn within its bounds."""
    _facts, content = _sandbox.do(sheet)
    return content


def process_ids() -> list[int]:
    """Of the renderers that are there now."""
    return _sandbox.process_ids()
