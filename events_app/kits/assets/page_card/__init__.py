"""What is shown beside a link to a page of the site: its title on the stage, under the spotlight.

No part of a kit, so it is not in ASSETS; of the same shape and hand as `social_og`.
"""

from dataclasses import replace

from events_app.core import text
from events_app.kits.assets.drawing.bar import sender_bar
from events_app.kits.assets.drawing.stage import (
    NIGHT,
    NO_SECTOR,
    PALE,
    PAPER,
    Curtain,
    Spot,
    Stage,
)
from events_app.kits.assets.social_og import CARD
from events_app.kits.render import Caption, Format, Sheet, render
from events_app.kits.render.elements import Drawing, Element, Shape, Words, circle, field, set_in
from events_app.kits.render.typesetting import HEADING, TEXT_600, TEXT_700, Setting
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Brand, Facts, File, Page

ROLE = "page/card"
CURTAINS = (
    "M1.500 3 L15.500 3 C15 12 11 19.500 4.500 23.500 L4.500 27 L1.500 27 Z",
    "M30.500 3 L16.500 3 C17 12 21 19.500 27.500 23.500 L27.500 27 L30.500 27 Z",
)
"""Of the mark, on a plane of 32 by 32."""


def build(page: Page, locale: str) -> File:
    canvas, top = CARD.canvas, CARD.canvas.height - CARD.bar
    curtain = Curtain(0, CARD.curtain, 4, top - CARD.curtain * 0.5)
    stage = Stage(canvas.width, canvas.height, CARD.spot, CARD.lamp, (curtain,))
    bar = (CARD.margin, top, canvas.width - 2 * CARD.margin, CARD.bar)
    things: list[Element] = [
        stage.drawing(page.colour or NO_SECTOR, lit=True),
        *_message(page, top, locale),
        _mark(CARD.spot),
        field(0, top, canvas.width, CARD.bar, PAPER),
        *sender_bar(bar, Facts(title=page.title, url=""), Brand(PROGRAMME.name)),
    ]
    alt = text.sentences(page.kicker, page.title, page.lead)
    caption = Caption(title=page.title, locale=locale, alt=alt)
    sheet = Sheet(
        tuple(things), canvas.width, canvas.height, Format.PNG, caption,
        most_bytes=canvas.most_bytes,
    )  # fmt: skip
    return File(
        role=ROLE, suffix=f"card_{canvas.width}x{canvas.height}.png", media_type="image/png",
        content=render(sheet), width=canvas.width, height=canvas.height, alt=alt,
    )  # fmt: skip


def _message(page: Page, bottom: float, locale: str) -> list[Words]:
    """One under the other, in the middle of what is left above the bar."""
    x, y, width, _height = CARD.text
    small, height = CARD.small, bottom - 2 * y
    kicker = Setting(TEXT_700, small, small * 0.7, 1.3, most_lines=1)
    lead = Setting(TEXT_600, small * 1.05, small * 0.8, 1.3, most_lines=4)
    around = [
        set_in((x, 0, width, tall), words, setting, colour)
        for words, setting, colour, tall in (
            (page.kicker, kicker, PALE, small * 2),
            (page.lead, lead, PALE, small * 6),
        )
        if words
    ]
    title = set_in(
        (x, 0, width, height - sum(each.set.height for each in around) - small), page.title,
        Setting(HEADING, CARD.largest, CARD.largest * 0.4, 1.04, -0.012), PAPER,
        tag="h1", locale=locale,
    )  # fmt: skip
    lines = [*around[: bool(page.kicker)], title, *around[bool(page.kicker) :]]
    gap = small * 0.6
    at = y + (height - sum(line.set.height + gap for line in lines) + gap) / 2
    placed = []
    for line in lines:
        placed.append(replace(line, y=at))
        at = placed[-1].bottom + gap
    return placed


def _mark(spot: Spot) -> Drawing:
    side = spot.radius * 1.12
    light = Shape(circle(16, 26.500, 1.800), NIGHT)
    shapes = (*(Shape(path, NIGHT) for path in CURTAINS), light)
    box = (spot.x - side / 2, spot.y - side / 2, side, side)
    return Drawing(*box, shapes, (0, 0, 32, 30))
