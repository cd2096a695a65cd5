"""Pictures from outside, made safe: decoded within bounds and drawn anew, without metadata.

All decoding happens in a process of its own (`decoder.py`); what leaves it is fresh PNG, WebP or
JPEG.
"""

from typing import Any

from events_app.core.errors import Refusal
from events_app.core.sandbox import LibrariesMissingError, Sandbox, SandboxError
from events_app.core.text import lazy as _

MOST_BYTES = 10 << 20
MOST_SVG_BYTES = 512 << 10

_decoder = Sandbox("events_app.core.pictures.decoder", size=1, seconds=10)


class PictureRefused(Refusal):
    """The sentence says what is wrong and what to do."""

    status = 422


_REASONS = {
    "machine": _(
        "This machine cannot read pictures yet. Ask who runs the server to install the system"
        " libraries; the start says which line to type."
    ),
    "bytes": _("This file is too large. Choose one of at most 10 MB, or an SVG of at most 512 KB."),
    "unknown": _("We cannot read this picture. Save it as PNG, JPEG, WebP or SVG and try again."),
    "half": _(
        "This picture is damaged, or only a part of it came through. Save it again from where you"
        " have it, and choose that file."
    ),
    "pixels": _("This picture has too many pixels. Make it at most 6,000 pixels wide and high."),
    "small": _("This logo is too small to print. Choose one of at least 200 pixels, or an SVG."),
    "empty": _("There is nothing to be seen in this picture. Choose another file."),
    "broken": _("This SVG is damaged. Export it again, or save the logo as PNG."),
    "doctype": _("This SVG has a document type (DOCTYPE). Export it as plain SVG, or as PNG."),
    "element": _(
        "This SVG holds more than shapes and words, such as a script or an effect. Export it as"
        " plain SVG, or as PNG."
    ),
    "outside": _("This SVG takes something from elsewhere. Put it into the file, or choose PNG."),
    "complex": _("This SVG is too complex to draw. Make it simpler, or save the logo as PNG."),
    "shape": _("This logo is too long for its height. Choose one that is less stretched."),
}


def safe_logo(data: bytes) -> bytes:
    """A PNG of at most 1,600 pixels, its empty border cut off. Raises PictureRefused."""
    return _develop("logo", data)[1]


def safe_picture(data: bytes, max_px: int = 1600) -> tuple[bytes, int, int]:
    """A PNG of at most `max_px` a side, with its width and height. Raises PictureRefused."""
    facts, png = _develop("picture", data, max_px)
    return png, facts["width"], facts["height"]


def as_webp(data: bytes, width: int) -> bytes:
    """For pages: the picture at this width, or at its own if it is smaller."""
    return _develop("webp", data, width)[1]


def as_jpeg(data: bytes, width: int) -> tuple[bytes, int, int]:
    """For letters, whose readers know no newer kind: at most this width, with its size."""
    facts, jpeg = _develop("jpeg", data, width)
    return jpeg, facts["width"], facts["height"]


def accent_of(png: bytes) -> str:
    """The colour that a logo is known by, as #rrggbb: a proposal, for a person to confirm."""
    return str(_develop("accent", png)[0]["colour"])


def _develop(kind: str, data: bytes, size: int = 0) -> tuple[dict[str, Any], bytes]:
    if len(data) > MOST_BYTES:
        raise PictureRefused(_REASONS["bytes"])
    try:
        facts, content = _decoder.do((kind, data, size))
    except LibrariesMissingError as why:
        raise PictureRefused(_REASONS["machine"]) from why
    except SandboxError as why:
        raise PictureRefused(_REASONS["complex"]) from why
    if "refused" in facts:
        raise PictureRefused(_REASONS[facts["refused"]])
    return facts, content
