"""A picture for the social channels: title on stage, date in the spot, senders below."""

from dataclasses import dataclass, replace

from events_app.core.colours import ink_on
from events_app.kits.assets.stagecraft import bar, words
from events_app.kits.assets.stagecraft.drawing import (
    Box,
    Field,
    Thing,
    Words,
    data_uri,
    set_in,
    sheet,
    svg_uri,
)
from events_app.kits.assets.stagecraft.stage import (
    AMBER,
    DUSK,
    NIGHT,
    NO_SECTOR,
    PALE,
    PAPER,
    Curtain,
    Spot,
    Stage,
)
from events_app.kits.render import Format, Sheet, render
from events_app.kits.render.type import HEADING, TEXT_600, TEXT_700, Setting
from events_app.kits.rules.senders import PROGRAMME, senders
from events_app.kits.rules.values import Brand, Facts, File, Status

AFFECTED_BY = frozenset(
    {"title", "short_title", "starts_at", "ends_at", "timezone", "status", "attendance", "venue",
     "sectors", "cover", "senders"}
)  # fmt: skip
"""What a card shows or says in its alt text."""


@dataclass(frozen=True, slots=True)
class Card:
    """Where things stand on a card of this shape, in pixels."""

    role: str
    suffix: str
    width: int
    height: int
    text: Box
    """What, when and where; centred in height."""
    largest: float
    """Size of the title's letters at most; `small` of what stands around it."""
    small: float
    spot: Spot
    lamp: tuple[float, float]
    curtain: float
    band: float
    bar: float
    """Heights of the partner's band and of the sender bar, that end the card."""
    margin: float
    foot: float = 0
    """What the platform lays its own buttons over: left empty below the bar."""
    most_bytes: int | None = None

    @property
    def apron(self) -> float:
        """Where the stage ends and the band begins."""
        return self.height - self.foot - self.bar - self.band


def build(card: Card, facts: Facts, brand: Brand, locale: str) -> File:
    things = [
        *_stage(card, facts),
        *_message(card, facts, locale),
        *_senders(card, facts, brand, locale),
    ]
    html = sheet(things, title=facts.title, locale=locale, unit="px")
    drawn = Sheet(html, card.width, card.height, Format.PNG, card.most_bytes)
    return File(
        role=card.role,
        suffix=f"{card.suffix}_{card.width}x{card.height}.png",
        media_type="image/png",
        content=render(drawn),
        width=card.width,
        height=card.height,
        alt=words.alt(facts, brand, locale),
        credit=facts.cover.credit if facts.cover else "",
    )


def _stage(card: Card, facts: Facts) -> list[Thing]:
    colour = facts.sectors[0].colour if facts.sectors else NO_SECTOR
    curtain = Curtain(0, card.curtain, 4, card.apron - card.curtain * 0.5)
    stage = Stage(card.width, card.height, card.spot, card.lamp, (curtain,))
    things: list[Thing] = [
        Field(0, 0, card.width, card.height, uri=svg_uri(stage.svg(colour, lit=is_lit(facts))))
    ]
    if facts.cover:
        ring = card.spot.radius * 0.94
        things += [
            _disc(card.spot, ring, uri=data_uri(facts.cover.png, int(ring * 2), square=True)),
            _disc(date_spot(card, facts), date_spot(card, facts).radius, colour=spot_colour(facts)),
        ]
    return things


def is_lit(facts: Facts) -> bool:
    """The light is on while the event goes on at a known time."""
    return facts.status is Status.SCHEDULED or (
        facts.status is Status.POSTPONED and facts.starts_at is not None
    )


def spot_colour(facts: Facts) -> str:
    return AMBER if is_lit(facts) else DUSK


def date_spot(card: Card, facts: Facts) -> Spot:
    """The date moves to a spot of its own when a picture stands in the large one."""
    spot = card.spot
    if not facts.cover:
        return spot
    return Spot(spot.x - spot.radius * 0.66, spot.y + spot.radius * 0.66, spot.radius * 0.5)


def _disc(spot: Spot, radius: float, **more: str) -> Field:
    return Field(spot.x - radius, spot.y - radius, radius * 2, radius * 2, is_round=True, **more)


def _message(card: Card, facts: Facts, locale: str) -> list[Thing]:
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
    for words_, gap in zip((*kicker[1:], name, *meta), (0.35, 0.65, 0, 0), strict=False):
        placed.append(replace(words_, y=top))
        top = placed[-1].bottom + gap * card.small
    marks = [replace(mark, y=placed[0].y + card.small * 0.34) for mark in kicker[:1]]
    return [*marks, *placed, *date_words(date_spot(card, facts), facts, locale)]


def _kicker(card: Card, facts: Facts) -> tuple[()] | tuple[Field, Words]:
    """The sectors; the colour of the first as a small square, never as the colour of words."""
    if not facts.sectors:
        return ()
    x, y, width, _height = card.text
    side = card.small * 0.62
    line = Setting(TEXT_700, card.small, card.small * 0.6, 1.3, most_lines=1)
    names = " · ".join(sector.name for sector in facts.sectors[:2])
    box = (x + side * 1.7, y, width - side * 1.7, card.small * 2)
    return Field(x, y, side, side, facts.sectors[0].colour), set_in(box, names, line, PAPER)


def date_words(spot: Spot, facts: Facts, locale: str) -> list[Thing]:
    """Three lines in the middle of the spot: the day of the week, the number, the month."""
    colour = NIGHT if is_lit(facts) else PAPER
    top, main, bottom = words.spot(facts, locale)
    r = spot.radius
    parts = [
        (top, Setting(TEXT_700, r * 0.2, r * 0.1, 1.15, most_lines=1), (1.5, 0.3)),
        (main, Setting(HEADING, r * 0.86, r * 0.2, 0.96, -0.02), (1.56, 0.9)),
        (bottom, Setting(HEADING, r * 0.3, r * 0.1, 1.1, most_lines=1), (1.4, 0.4)),
    ]
    things = [
        set_in(
            (spot.x - r * wide / 2, 0, r * wide, r * tall), text, setting, colour, align="center"
        )
        for text, setting, (wide, tall) in parts
        if text
    ]
    y = spot.y - sum(thing.set.height for thing in things) / 2
    placed: list[Thing] = []
    for thing in things:
        placed.append(replace(thing, y=y))
        y += thing.set.height
    return placed


def _senders(card: Card, facts: Facts, brand: Brand, locale: str) -> list[Thing]:
    top, wide = card.apron, card.width - 2 * card.margin
    invite = Setting(TEXT_700, card.band * 0.5, card.band * 0.2, 1.1, most_lines=1)
    text = set_in(
        (card.margin, 0, wide, card.band),
        words.invitation(brand, locale),
        invite,
        ink_on(brand.accent),
    )
    things: list[Thing] = [
        Field(0, top, card.width, card.band, brand.accent),
        replace(text, y=top + (card.band - text.set.height) / 2),
        Field(0, top + card.band, card.width, card.bar, PAPER),
    ]
    return [*things, *sender_bar((card.margin, top + card.band, wide, card.bar), facts, brand)]


def sender_bar(box: Box, facts: Facts, brand: Brand, dots: float = 2.0) -> list[Thing]:
    """`dots`: pixels of a logo per unit of the sheet."""
    things: list[Thing] = []
    for item in bar.place(senders(facts, brand), (box[2], box[3])):
        x, y = box[0] + item.x, box[1] + item.y
        if item.words:
            face = HEADING if item.sender == PROGRAMME else TEXT_600
            things.append(Words(item.words, face, x, y, item.width * 1.02, NIGHT))
        elif item.logo:
            if item.logo.chip not in {None, PAPER}:
                edge = item.height * 0.1
                things.append(
                    Field(
                        x - edge,
                        y - edge,
                        item.width + 2 * edge,
                        item.height + 2 * edge,
                        str(item.logo.chip),
                    )
                )
            uri = data_uri(item.logo.png, round(max(item.width, item.height) * dots))
            things.append(Field(x, y, item.width, item.height, uri=uri))
    return things
