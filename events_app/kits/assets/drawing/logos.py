"""Logos as they came: never recoloured; put on a plain chip where they would fade."""

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageOps

from events_app.core.colours import LOGO_CONTRAST, contrast
from events_app.kits.assets.drawing.stage import NIGHT, PAPER
from events_app.kits.rules.values import Sender

SAMPLE = 96
VISIBLE = 128
FADED = 0.10
"""Share of a logo's pixels that may fall below 3:1 on its background."""


@dataclass(frozen=True, slots=True)
class Logo:
    png: bytes
    ratio: float
    """Width over height."""
    chip: str | None
    """Colour of the plain field it needs behind it."""


@lru_cache(maxsize=256)
def logo(sender: Sender, background: str) -> Logo | None:
    """The variant that reads on this background, or the first on a chip that it reads on."""
    variants = [png for png in (sender.logo, sender.logo_dark) if png]
    for png in variants:
        if faded(png, background) <= FADED:
            return Logo(png, _ratio(png), None)
    for png in variants:
        chip = min((PAPER, NIGHT), key=lambda field: faded(png, field))
        return Logo(png, _ratio(png), chip)
    return None


@lru_cache(maxsize=256)
def faded(png: bytes, background: str) -> float:
    """The share of visible pixels below 3:1."""
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGBA")
    small.thumbnail((SAMPLE, SAMPLE))
    visible = weak = 0
    for count, (red, green, blue, alpha) in small.getcolors(SAMPLE * SAMPLE) or []:  # type: ignore[misc]
        if alpha >= VISIBLE:
            visible += count
            if contrast(f"#{red:02x}{green:02x}{blue:02x}", background) < LOGO_CONTRAST:
                weak += count
    return weak / visible if visible else 1.0


@lru_cache(maxsize=256)
def resized(png: bytes, longest: int, *, square: bool = False) -> bytes:
    """The picture, no larger than it will be seen; `square`: the middle of it."""
    with Image.open(io.BytesIO(png)) as image:
        if not square and max(image.size) <= longest:
            return png
        side = min(longest, *image.size) if square else longest
        shrink = ImageOps.fit if square else ImageOps.contain
        small = shrink(image, (side, side))
    target = io.BytesIO()
    small.save(target, "PNG", compress_level=1)
    return target.getvalue()


def _ratio(png: bytes) -> float:
    return int.from_bytes(png[16:20], "big") / int.from_bytes(png[20:24], "big")
