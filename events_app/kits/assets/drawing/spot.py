"""The spotlight's circle: the date in it, or a picture with the date in a small one beside."""

from dataclasses import replace

from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.logos import resized
from events_app.kits.assets.drawing.stage import AMBER, DUSK, NIGHT, PAPER, Spot
from events_app.kits.render.elements import Element, Picture, Words, disc, set_in
from events_app.kits.render.typesetting import HEADING, TEXT_700, Setting
from events_app.kits.rules.values import Facts, KitEventStatus

RING = 0.94
ASIDE = 0.68
SMALL = 0.48
"""The small circle: how far to the lower left, and how large, in radiuses of the large one."""


def is_lit(facts: Facts) -> bool:
    """The light is on while the event goes on at a known time."""
    postponed = facts.status is KitEventStatus.POSTPONED and facts.starts_at is not None
    return facts.status is KitEventStatus.SCHEDULED or postponed


def in_spot(spot: Spot, facts: Facts, locale: str, dots: float = 1.0) -> list[Element]:
    """`dots`: pixels of the picture per unit of the sheet."""
    cover = facts.cover
    if not cover:
        return list(_date(spot, facts, locale))
    side = spot.radius * RING * 2
    png = resized(cover.png, round(side * dots), square=True)
    x, y = spot.x - spot.radius * ASIDE, spot.y + spot.radius * ASIDE
    small = Spot(x, y, spot.radius * SMALL)
    return [
        Picture(spot.x - side / 2, spot.y - side / 2, side, side, png, cover.alt, is_round=True),
        disc(x, y, small.radius, AMBER if is_lit(facts) else DUSK),
        *_date(small, facts, locale),
    ]


def _date(spot: Spot, facts: Facts, locale: str) -> list[Words]:
    """Three lines in the middle: the day of the week, the number, the month."""
    colour = NIGHT if is_lit(facts) else PAPER
    top, main, bottom = words.spot(facts, locale)
    r = spot.radius
    parts = (
        (top, Setting(TEXT_700, r * 0.2, r * 0.1, 1.15, most_lines=1), 1.5, 0.3),
        (main, Setting(HEADING, r * 0.86, r * 0.2, 0.96, -0.02), 1.56, 0.9),
        (bottom, Setting(HEADING, r * 0.3, r * 0.1, 1.1, most_lines=1), 1.4, 0.4),
    )
    lines = [
        set_in((spot.x - r * wide / 2, 0, r * wide, r * tall), text, setting, colour)
        for text, setting, wide, tall in parts
        if text
    ]  # fmt: skip
    y = spot.y - sum(line.set.height for line in lines) / 2
    placed = []
    for line in lines:
        placed.append(replace(line, y=y, align="center"))
        y = placed[-1].bottom
    return placed
