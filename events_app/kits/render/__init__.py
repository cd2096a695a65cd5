"""From a sheet of HTML to the bytes of a picture or a document.

The face of the renderer: it imports nothing heavy. The work is done by `engine.py` in processes of
their own, at most two at once, each job within 20 seconds and a gigabyte.
"""

from dataclasses import dataclass
from enum import StrEnum

from events_app.core.workshop import Workshop


class Format(StrEnum):
    PNG = "png"
    PDF = "pdf"
    """For screens and screen readers: tagged, PDF/UA-1."""
    PRINT = "print"
    """For a printer: 3 mm bleed, no marks."""
    MARKS = "marks"
    """For a printer: bleed and crop marks outside it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to be drawn; sizes in pixels for PNG, in millimetres for the others."""

    html: str
    width: int
    height: int
    format: Format
    largest: int | None = None
    """Bytes that a PNG may have; colours are given up before that is passed."""


BLEED = 10
"""Millimetres that every printed background runs on beyond the edge, in each direction."""

_workshop = Workshop("events_app.kits.render.engine", size=2, seconds=20)


def render(sheet: Sheet) -> bytes:
    """Raises WorkshopError when the page cannot be drawn within its bounds."""
    _facts, content = _workshop.do(sheet)
    return content
