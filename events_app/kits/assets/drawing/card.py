"""A picture for the social channels: title on stage, date in the spot, senders below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from events_app.core.colours import ink_on
from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.bar import sender_bar
from events_app.kits.assets.drawing.spot import in_spot, is_lit
from events_app.kits.assets.drawing.stage import (
    NO_SECTOR,
    PALE,
    PAPER,
    Curtain,
    Spot,
    Stage,
)
from events_app.kits.render import Format, Sheet, render
from events_app.kits.render.elements import Box, Drawing, Element, Words, field, set_in
from events_app.kits.render.typesetting import HEADING, TEXT_600, TEXT_700, Setting
from events_app.kits.rules.values import Brand, Facts, File

AFFECTED_BY = frozenset(
    {"title", "short_title", "starts_at", "ends_at", "timezone", "status", "attendance", "venue",
     "sectors", "cover", "senders", "licence"}
)  # fmt: skip
"""What a card shows or says in its alt text."""


@dataclass(frozen=True, slots=True)
class Canvas:
    role: str
    suffix: str
    width: int
    height: int
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Positions on a card of this shape, in pixels."""

    canvas: Canvas
    text: Box
    """What, when and where; centred in height."""
    largest: float
    """Size of the title's letters at most; `small` of the words around it."""
    small: float
    spot: Spot
    lamp: tuple[float, float]
    curtain: float
    band: float
    bar: float
    """Heights of the partner's band and of the sender bar, that end the card."""
    margin: float
    foot: float = 0
    """What the platform lays its own buttons over: plain paper below the bar."""

    @property
    def apron(self) -> float:
        """Where the stage ends and the band begins."""
        return self.canvas.height - self.foot - self.bar - self.band


def build(card: Card, facts: Facts, brand: Brand, locale: str) -> File:
    colour = facts.sectors[0].colour if facts.sectors else NO_SECTOR
    width, height = card.canvas.width, card.canvas.height
    curtain = Curtain(0, card.curtain, 4, card.apron - card.curtain * 0.5)
    stage = Stage(width, height, card.spot, card.lamp, (curtain,))
    things = [
        stage.drawing(colour, lit=is_lit(facts)),
        *_message(card, facts, locale),
        *in_spot(card.spot, facts, locale),
        *_senders(card, facts, brand, locale),
    ]
    return picture(card.canvas, things, facts, locale, words.alt(facts, brand, locale))


def picture(canvas: Canvas, things: Sequence[Element], facts: Facts, locale: str, alt: str) -> File:
    """The sheet as a PNG of exactly its size; `alt`: what it shows, no more."""
    caption = words.caption(facts, locale, alt)
    size = (canvas.width, canvas.height)
    sheet = Sheet(tuple(things), *size, Format.PNG, caption, most_bytes=canvas.most_bytes)
    return File(
        role=canvas.role,
        suffix=f"{canvas.suffix}_{canvas.width}x{canvas.height}.png",
        media_type="image/png",
        content=render(sheet),
        width=canvas.width,
        height=canvas.height,
        alt=caption.alt,
        credit=caption.credit,
    )


def _message(card: Card, facts: Facts, locale: str) -> list[Element]:
    """Sectors, title, time and place: one under the other, in the middle of their box."""
    x, y, width, height = card.text
    line = Setting(TEXT_600, card.small, card.small * 0.6, 1.3, most_lines=1)
    kicker = _kicker(card, facts)
    meta = [
        set_in((x, y, width, card.small * 2), text, line, PALE)
        for text in (words.times(facts, locale), words.place(facts, locale))
        if text
    ]
    taken = sum(words_.set.height for words_ in (*kicker[1:], *meta)) + card.small
    title = Setting(HEADING, card.largest, card.largest * 0.4, 1.04, -0.012)
    name = set_in(
        (x, y, width, height - taken), facts.short_title or facts.title, title, PAPER,
        tag="h1", locale=locale,
    )  # fmt: skip
    top = y + (height - taken - name.set.height) / 2
    placed = []
    for words_ in (*kicker[1:], name, *meta):
        placed.append(replace(words_, y=top))
        gap = 0.65 if words_ is name else 0.35 if words_ in kicker else 0.0
        top = placed[-1].bottom + gap * card.small
    marks = [replace(mark, y=placed[0].y + card.small * 0.34) for mark in kicker[:1]]
    return [*marks, *placed]


def _kicker(card: Card, facts: Facts) -> tuple[()] | tuple[Drawing, Words]:
    """The sectors; the colour of the first as a small square, never as the colour of words."""
    if not facts.sectors:
        return ()
    x, y, width, _height = card.text
    side = card.small * 0.62
    line = Setting(TEXT_700, card.small, card.small * 0.6, 1.3, most_lines=1)
    names = " · ".join(sector.name for sector in facts.sectors[:2])
    box = (x + side * 1.7, y, width - side * 1.7, card.small * 2)
    return field(x, y, side, side, facts.sectors[0].colour), set_in(box, names, line, PAPER)


def _senders(card: Card, facts: Facts, brand: Brand, locale: str) -> list[Element]:
    top, wide = card.apron, card.canvas.width - 2 * card.margin
    invite = Setting(TEXT_700, card.band * 0.5, card.band * 0.2, 1.1, most_lines=1)
    text = set_in(
        (card.margin, 0, wide, card.band),
        words.invitation(brand, locale),
        invite,
        ink_on(brand.accent),
    )
    things: list[Element] = [
        field(0, top, card.canvas.width, card.band, brand.accent),
        replace(text, y=top + (card.band - text.set.height) / 2),
        field(0, top + card.band, card.canvas.width, card.bar + card.foot, PAPER),
    ]
    return [*things, *sender_bar((card.margin, top + card.band, wide, card.bar), facts, brand)]
