"""A poster or flyer: the stage above, what to do below, the senders at the foot.

Laid out in the millimetres of an A3 and scaled from there. Four files each: for the screen
(tagged), for the printer with and without crop marks, and as a picture.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from events_app.core import prose
from events_app.core.colours import ink_on
from events_app.core.prose import Block, Kind
from events_app.core.text import translator
from events_app.kits.assets.drawing import code, words
from events_app.kits.assets.drawing.bar import sender_bar
from events_app.kits.assets.drawing.spot import in_spot, is_lit
from events_app.kits.assets.drawing.stage import (
    AMBER,
    MUTED,
    NIGHT,
    NO_SECTOR,
    PALE,
    PAPER,
    Curtain,
    Spot,
    Stage,
)
from events_app.kits.render import BLEED, Format, Sheet, render
from events_app.kits.render.elements import Box, Drawing, Element, Words, field, set_in
from events_app.kits.render.typesetting import HEADING, LABEL, TEXT, TEXT_700, Setting, fit
from events_app.kits.rules.values import Brand, Facts, File

AFFECTED_BY = frozenset(
    {"title", "lead", "starts_at", "ends_at", "timezone", "status", "attendance", "venue",
     "sectors", "cover", "senders", "links", "url", "source_line", "licence"}
)  # fmt: skip

A3 = (297.0, 420.0)
MARGIN = 32.0
CURTAIN = 18.0
LEAST_FOR_QUOTE = 22.0
SMALL = 5.8
"""Of a text that is cut to its first sentences."""
FAR = 1e6
"""Below any paper."""
ITEM = "•"
INDENT = 1.2
"""Of a list in a list, and of a quote: so many times the size of the letters."""
FINE = 2.5
"""Millimetres on paper below which print is not read: seven points."""
DOTS = {Format.PNG: 3.0, Format.PDF: 6.0, Format.PRINT: 12.0, Format.MARKS: 12.0}
"""Pixels of a picture per millimetre of the paper: 150 and 300 to the inch."""
PREVIEW = 842
"""Pixels that the picture of a poster is wide."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Positions in the millimetres of an A3."""

    role: str
    suffix: str
    width: int
    height: int
    stage: float
    """Height of the stage."""
    title: Box
    lead: Box
    meta: Box
    spot: Spot
    lamp: tuple[float, float]
    call: float
    """Top of the call to sign up."""
    story: Box | None = None
    """Where the description is, on a poster that has it."""
    band: float = 17.0
    bar: float = 36.0

    @property
    def senders(self) -> Box:
        return MARGIN, A3[1] - self.bar - 9, A3[0] - 2 * MARGIN, self.bar

    @property
    def scale(self) -> float:
        return self.width / A3[0]


def build(poster: Poster, facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return tuple(_file(poster, facts, brand, locale, format_) for format_ in DOTS)


def _file(poster: Poster, facts: Facts, brand: Brand, locale: str, format_: Format) -> File:
    role, ending, width, height, scale = _shape(poster, format_, locale)
    bleed = BLEED / poster.scale
    dots = DOTS[format_] * poster.scale
    things = (
        _stage(poster, facts, bleed),
        *_message(poster, facts, locale),
        *in_spot(poster.spot, facts, locale, dots),
        *_story(poster, facts, locale),
        *_call(poster, facts, locale, format_),
        *_foot(poster, facts, brand, locale, bleed),
        *sender_bar(poster.senders, facts, brand, dots),
    )
    caption = words.caption(facts, locale, words.alt(facts, brand, locale))
    return File(
        role=role,
        suffix=poster.suffix + ending,
        media_type="image/png" if format_ is Format.PNG else "application/pdf",
        content=render(Sheet(things, width, height, format_, caption, scale)),
        width=width,
        height=height,
        alt=caption.alt,
        credit=caption.credit,
    )


def _shape(poster: Poster, format_: Format, locale: str) -> tuple[str, str, int, int, float]:
    """Role, end of the name, width and height, and what a unit of the layout measures."""
    _ = translator(locale)
    if format_ is Format.PNG:
        height = round(PREVIEW * A3[1] / A3[0])
        return f"{poster.role}/png", ".png", PREVIEW, height, PREVIEW / A3[0]
    if format_ is Format.PDF:
        return poster.role, ".pdf", poster.width, poster.height, poster.scale
    ending = _("print") if format_ is Format.PRINT else _("print-crop-marks")
    role = f"{poster.role}/{format_}"
    return role, f"_{ending}.pdf", poster.width, poster.height, poster.scale


def _stage(poster: Poster, facts: Facts, bleed: float) -> Drawing:
    colour = facts.sectors[0].colour if facts.sectors else NO_SECTOR
    width, hem = A3[0], poster.stage - CURTAIN * 0.4
    curtains = (Curtain(0, CURTAIN, 5, hem), Curtain(width - CURTAIN, CURTAIN, 5, hem))
    stage = Stage(width, poster.stage, poster.spot, poster.lamp, curtains, bleed)
    return stage.drawing(colour, lit=is_lit(facts))


def _message(poster: Poster, facts: Facts, locale: str) -> list[Element]:
    sectors = " · ".join(sector.name for sector in facts.sectors[:3])
    things: list[Element] = []
    x, y, width, _height = poster.title
    if sectors:
        small = Setting(TEXT_700, 8, 4, 1.2, most_lines=1)
        things += [
            field(x, y - 10.6, 5, 5, facts.sectors[0].colour),
            set_in((x + 8, y - 13, width - 8, 12), sectors, small, PAPER),
        ]
    title = set_in(poster.title, facts.title, Setting(HEADING, 38, 13, 1.03, -0.015), PAPER,
                   tag="h1", locale=locale)  # fmt: skip
    lead = set_in(poster.lead, facts.lead, Setting(TEXT, 8.6, 5, 1.28), PALE, locale=locale)
    lead = replace(lead, y=max(min(title.bottom + 7, lead.y), title.bottom))
    things += [title, lead]
    line = Setting(TEXT_700, 9, 5, 1.25, most_lines=2)
    x, y, width, height = poster.meta
    for text in (words.times(facts, locale), words.place(facts, locale)):
        if text:
            item = set_in((x, y, width, height / 2), text, line, PAPER, locale=locale)
            things.append(item)
            y = item.bottom
    return things


def _call(poster: Poster, facts: Facts, locale: str, format_: Format) -> list[Element]:
    """What to do, and the code to do it by."""
    link = facts.link(poster.role)
    side = 50.0
    right = A3[0] - MARGIN - side
    width = right - MARGIN - 10
    call = set_in((MARGIN, poster.call, width, 20), words.call(facts, locale),
                  Setting(HEADING, 15, 9, 1.15, -0.01, 1), NIGHT, tag="h2")  # fmt: skip
    shown = set_in((MARGIN, call.bottom + 1, width, 12), words.shown(link),
                   Setting(TEXT_700, 9.4, 3, 1.25, most_lines=1), NIGHT, href=link)  # fmt: skip
    things: list[Element] = [call, shown]
    if note := words.directions(facts):
        things.append(set_in((MARGIN, shown.bottom + 3, width, 22), note,
                             Setting(TEXT, 6.2, 3, 1.3), MUTED, locale=locale))  # fmt: skip
    _ = translator(locale)
    alt = _("QR code to %s") % words.shown(link)
    quiet = side * code.QUIET / code.modules(link)
    # WeasyPrint takes longer over a code's many small shapes than over all the rest
    draw = code.picture if format_ is Format.PDF else code.drawing
    return [*things, draw(link, (right + quiet, poster.call - 2, side, side), alt)]


def _story(poster: Poster, facts: Facts, locale: str) -> list[Element]:
    """The description in as many whole paragraphs as fit, and a quote if it still does."""
    if not poster.story:
        return []
    x, y, width, height = poster.story
    things = _paragraphs(facts, (x, y, width, height), locale)
    top = things[-1].bottom + 8 if things else y
    room = y + height - top
    if facts.quote and room >= LEAST_FOR_QUOTE:
        who = ", ".join(part for part in (facts.quote.person, facts.quote.role) if part)
        box = (x + 9, top, width - 9, room - 10)
        said = set_in(
            box, f"“{facts.quote.words}”", Setting(LABEL, 11, 6, 1.2, -0.005), NIGHT, locale=locale
        )
        by = set_in(
            (x + 9, said.bottom + 1.5, width - 9, 9),
            who,
            Setting(TEXT, 6.2, 3, 1.3, most_lines=1),
            MUTED,
        )
        return [*things, field(x, top, 2.4, by.bottom - top, AMBER), said, by]
    return list(things)


def _paragraphs(facts: Facts, box: Box, locale: str) -> list[Words]:
    """All in one size, between 5 and 8.6; the last blocks are left out when there is no room, and
    tables, which cannot be read at that size.
    """
    x, y, width, height = box
    whole = prose.without_tables(words.told(facts))
    for count in range(len(whole), 0, -1):
        told = prose.ended(whole[:count], is_whole=count == len(whole))
        if not told:
            break
        for size in (8.6, 8.0, 7.4, 6.8, 6.2, 5.8, 5.4, 5.0):
            placed = _stacked(told, size, (x, y, width, height * 9), locale)
            if placed[-1].bottom <= y + height:
                return placed
    return _opening(whole, box, locale)


def _opening(whole: list[prose.Block], box: Box, locale: str) -> list[Words]:
    """Of a first paragraph that is too long by itself as many sentences as there is room for."""
    x, y, width, height = box
    if not whole or whole[0].kind is not Kind.PARAGRAPH:
        return []
    room, told = (x, y, width, FAR), whole[0]
    while told.words:
        placed = _stacked([told], SMALL, room, locale)
        tall = placed[-1].bottom - y
        if tall <= height:
            return placed
        most = int(len(told.words.split()) * height / tall)
        fewer = prose.shortened(whole[0], most)
        if len(fewer.words) >= len(told.words):
            break  # one sentence fills it all
        told = fewer
    return []


def _stacked(told: Collection[Block], size: float, box: Box, locale: str) -> list[Words]:
    x, y, width, height = box
    placed: list[Words] = []
    is_close = True
    for block in told:
        is_heading = block.kind is Kind.HEADING
        face, tag = (TEXT_700, "h2") if is_heading else (TEXT, "p")
        for depth, line in _lines(block):
            indent = depth * size * INDENT
            lines = fit(line, (width - indent, height), Setting(face, size, size, 1.35), locale)
            y += size * (0.2 if is_close or block.items else 0.6) if placed else 0
            placed.append(Words(lines, face, x + indent, y, width - indent, NIGHT, tag=tag))
            y = placed[-1].bottom
        is_close = is_heading
    return placed


def _lines(block: Block) -> list[tuple[int, str]]:
    """How far in, and the words: each item of a list by itself, behind its sign."""
    if not block.items:
        return [(int(block.kind is Kind.QUOTE), line) for line in block.lines]
    return [
        (item.depth, f"{ITEM if item.sign == '-' else item.sign} {line}")
        for item, line in zip(block.items, block.lines, strict=True)
    ]


def _foot(poster: Poster, facts: Facts, brand: Brand, locale: str, bleed: float) -> list[Element]:
    width, height = A3
    one = Setting(TEXT_700, poster.band * 0.5, 4, 1.1, most_lines=1)
    box = (MARGIN, 0, width - 2 * MARGIN, poster.band)
    invite = set_in(box, words.invitation(brand, locale), one, ink_on(brand.accent))
    things: list[Element] = [
        field(-bleed, poster.stage, width + 2 * bleed, poster.band, brand.accent),
        replace(invite, y=poster.stage + (poster.band - invite.set.height) / 2),
        field(MARGIN, poster.senders[1], width - 2 * MARGIN, 0.5, PALE),
    ]
    if small := words.small_print(facts, locale):
        fine = Setting(TEXT, max(3.9, FINE / poster.scale), 2, 1.2, most_lines=1)
        things.append(set_in((MARGIN, height - 14, width - 2 * MARGIN, 8), small, fine, MUTED))
    return things
