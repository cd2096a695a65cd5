"""The drawn cover of an event that has no picture: a stage, always the same for the same event."""

from dataclasses import dataclass
from random import Random

from events_app.events.models import Event

PLAIN = "#8392b6"
"""The curtain where no sector leads."""


@dataclass(frozen=True, slots=True)
class Beam:
    top: int
    foot: int
    """Where it leaves the ceiling and meets the floor, in units of a drawing 1,200 wide."""


@dataclass(frozen=True, slots=True)
class Head:
    x: int
    y: int
    size: int


@dataclass(frozen=True, slots=True)
class Scene:
    curtain: str
    """#rrggbb"""
    beams: tuple[Beam, ...]
    players: tuple[Head, ...]
    audience: tuple[Head, ...]


def scene(event: Event) -> Scene:
    chance = Random(f"{event.id}")  # noqa: S311 -- a drawing, not a secret
    focus = chance.randint(500, 700)
    beams = [Beam(focus + chance.choice((-1, 1)) * chance.randint(90, 240), focus)]
    if chance.random() < 0.7:  # noqa: PLR2004 -- most scenes have a second light
        beams.append(Beam(1200 - beams[0].top + chance.randint(-60, 60), focus))
    count = chance.randint(1, 3)
    first = focus - (count - 1) * 45
    players = tuple(
        Head(first + place * 90 + chance.randint(-8, 8), 352 + chance.randint(-8, 8), 17)
        for place in range(count)
    )
    return Scene(
        curtain=event.lead_sector.colour if event.lead_sector else PLAIN,
        beams=tuple(beams),
        players=players,
        audience=tuple(_audience(chance)),
    )


def _audience(chance: Random) -> list[Head]:
    heads = []
    for y, step in ((570, 74), (622, 92)):
        x = chance.randint(-40, 0)
        while x < 1240:  # noqa: PLR2004 -- just past the drawing's edge
            heads.append(Head(x, y + chance.randint(-7, 7), step // 4 + chance.randint(-1, 2)))
            x += step + chance.randint(-12, 14)
    return heads
