"""The stage that everything plays on: night, a curtain in the sector's colour, one spotlight.

Flat shapes only: they weigh little, print without surprises and read at thumbnail size.
"""

from dataclasses import dataclass
from math import acos, atan2, cos, hypot, sin

from events_app.core.colours import BLACK, WHITE, mix

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

    def svg(self, colour: str, *, lit: bool) -> str:
        b, w, h = self.bleed, self.width, self.height
        spot = AMBER if lit else DUSK
        light = _beam(self.lamp, self.spot) if lit else ""
        x, y, radius = self.spot.x, self.spot.y, self.spot.radius
        disc = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{spot}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-b} {-b} {w + 2 * b} {h + 2 * b}"'
            f' width="{w + 2 * b}" height="{h + 2 * b}">'
            f'<rect x="{-b}" y="{-b}" width="{w + 2 * b}" height="{h + 2 * b}" fill="{NIGHT}"/>'
            + light
            + disc
            + "".join(_curtain(curtain, colour, b) for curtain in self.curtains)
            + "</svg>"
        )


def _beam(lamp: tuple[float, float], spot: Spot) -> str:
    """Two flat layers from the lamp to where they touch the spot."""
    return "".join(
        _cone(lamp, Spot(spot.x, spot.y, spot.radius * share), mix(NIGHT, LIGHT, strength))
        for share, strength in ((1.0, 0.3), (0.6, 0.52))
    )


def _cone(lamp: tuple[float, float], spot: Spot, fill: str) -> str:
    x, y = lamp
    distance = hypot(spot.x - x, spot.y - y)
    towards = atan2(y - spot.y, x - spot.x)
    opening = acos(min(1.0, spot.radius / distance))
    edges = [
        (spot.x + spot.radius * cos(towards + turn), spot.y + spot.radius * sin(towards + turn))
        for turn in (opening, -opening)
    ]
    points = " ".join(f"{px:.2f},{py:.2f}" for px, py in ((x, y), *edges))
    return f'<polygon points="{points}" fill="{fill}"/>'


def _curtain(curtain: Curtain, colour: str, bleed: float) -> str:
    """Folds side by side, each with a round hem."""
    step = curtain.width / curtain.folds
    left = curtain.x <= 0
    shapes = []
    for number in range(curtain.folds):
        shade = FOLDS[number % len(FOLDS)]
        fill = mix(colour, BLACK if shade >= 0 else WHITE, abs(shade))
        x1 = curtain.x + number * step
        x2 = x1 + step
        x1 -= bleed if left and number == 0 else 0
        x2 += bleed if not left and number == curtain.folds - 1 else 0.0
        hem = curtain.bottom - step * (0.5 if number % 2 else 0.0)
        shapes.append(
            f'<path d="M{x1:.2f} {-bleed} H{x2 + 0.3:.2f} V{hem:.2f}'
            f' A{(x2 - x1) / 2:.2f} {step * 0.6:.2f} 0 0 1 {x1:.2f} {hem:.2f} Z" fill="{fill}"/>'
        )
    return "".join(shapes)
