"""The stage that everything plays on: night, a curtain in the sector's colour, one spotlight.

Flat shapes only: they weigh little, print without surprises and read at thumbnail size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import acos, atan2, cos, hypot, sin

from events_app.core.colours import BLACK, WHITE, mix
from events_app.kits.render.elements import Drawing, Shape, circle, polygon, rectangle

NIGHT = "#0b1b3b"
AMBER = "#ffb81c"
PAPER = "#ffffff"
PALE = "#dbe3f4"
"""Words of the second rank on the night."""
MUTED = "#4a5672"
"""The same on paper."""
NO_SECTOR = "#4f7fb8"
LIGHT = "#4a68b8"
"""What the beam makes of the night."""
DUSK = mix(NIGHT, WHITE, 0.24)
"""The spot when the light is off: postponed or cancelled."""
FOLDS = (0.0, 0.30, 0.10, -0.16, 0.22, -0.06, 0.34, 0.04)
"""Shade of each fold of the curtain: towards black, or below zero towards white."""


SEAM = 0.3
"""By which a fold overlaps the next, so that no light falls between."""


@dataclass(frozen=True, slots=True)
class Spot:
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Curtain:
    x: float
    width: float
    folds: int
    bottom: float


@dataclass(frozen=True, slots=True)
class Stage:
    width: float
    height: float
    spot: Spot
    lamp: tuple[float, float]
    curtains: tuple[Curtain, ...]
    bleed: float = 0.0

    def drawing(self, colour: str, *, lit: bool) -> Drawing:
        """The whole stage with `colour` on its curtains; dark when the light is off."""
        b = self.bleed
        whole = (-b, -b, self.width + 2 * b, self.height + 2 * b)
        spot = Shape(circle(self.spot.x, self.spot.y, self.spot.radius), AMBER if lit else DUSK)
        shapes = (
            Shape(rectangle(*whole), NIGHT),
            *(_beam(self.lamp, self.spot) if lit else ()),
            spot,
            *(fold for curtain in self.curtains for fold in _curtain(curtain, colour, b)),
        )
        return Drawing(*whole, shapes, whole)


def _beam(lamp: tuple[float, float], spot: Spot) -> Iterator[Shape]:
    """Two flat layers from the lamp to where they touch the spot."""
    for share, strength in ((1.0, 0.3), (0.6, 0.52)):
        yield _cone(lamp, Spot(spot.x, spot.y, spot.radius * share), mix(NIGHT, LIGHT, strength))


def _cone(lamp: tuple[float, float], spot: Spot, colour: str) -> Shape:
    x, y = lamp
    distance = hypot(spot.x - x, spot.y - y)
    towards = atan2(y - spot.y, x - spot.x)
    opening = acos(min(1.0, spot.radius / distance))
    edges = [
        (spot.x + spot.radius * cos(towards + turn), spot.y + spot.radius * sin(towards + turn))
        for turn in (opening, -opening)
    ]
    return Shape(polygon(((x, y), *edges)), colour)


def _curtain(curtain: Curtain, colour: str, bleed: float) -> Iterator[Shape]:
    """Folds side by side, each with a round hem."""
    step = curtain.width / curtain.folds
    for number in range(curtain.folds):
        shade = FOLDS[number % len(FOLDS)]
        left = curtain.x + number * step
        right = left + step + SEAM
        if curtain.x <= 0 and number == 0:
            left -= bleed
        elif curtain.x > 0 and number == curtain.folds - 1:
            right += bleed
        hem = curtain.bottom - step * (0.5 if number % 2 else 0.0)
        low = hem + step * 0.8
        path = (
            f"M{left:.3f} {-bleed:.3f} L{right:.3f} {-bleed:.3f} L{right:.3f} {hem:.3f}"
            f" C{right:.3f} {low:.3f} {left:.3f} {low:.3f} {left:.3f} {hem:.3f} Z"
        )
        yield Shape(path, mix(colour, BLACK if shade >= 0 else WHITE, abs(shade)))
