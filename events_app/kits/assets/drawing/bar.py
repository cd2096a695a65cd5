"""The sender bar: logos sized by area, so that a wide one is not a small one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from events_app.kits.assets.drawing.logos import Logo, logo, resized
from events_app.kits.assets.drawing.stage import NIGHT, PAPER
from events_app.kits.render.elements import Box, Element, Picture, Words, field
from events_app.kits.render.typesetting import HEADING, TEXT_600, Set, Setting, fit
from events_app.kits.render.typesetting import width as width_of
from events_app.kits.rules.senders import PROGRAMME, senders
from events_app.kits.rules.values import Brand, Facts, Sender, SenderKind

SIDE = 0.62
"""The side of a square logo of the usual area, as a share of the bar's height."""
TALLEST = 0.64
WIDEST = 3.0
GAP = 0.4
STEP = 0.95
ROWS = ((1, 0.56), (2, 0.3))
"""Rows, and the share of the wished size down to which they are tried."""
FULL = 0.86
"""Of the height, when there are two rows."""
CROWD = (SenderKind.HOST, SenderKind.FUNDER)


@dataclass(frozen=True, slots=True)
class Placed:
    """All in the unit of the bar; `y` from its top."""

    sender: Sender
    x: float
    y: float
    width: float
    height: float
    logo: Logo | None = None
    words: Set | None = None


def sender_bar(box: Box, facts: Facts, brand: Brand, dots: float = 2.0) -> list[Element]:
    """`dots`: pixels of a logo per unit of the sheet."""
    things: list[Element] = []
    for item in place(senders(facts, brand), (box[2], box[3])):
        x, y, width, height = box[0] + item.x, box[1] + item.y, item.width, item.height
        if item.words:
            face = HEADING if item.sender == PROGRAMME else TEXT_600
            things.append(Words(item.words, face, x, y, width * 1.02, NIGHT))
        elif item.logo:
            if item.logo.chip not in (None, PAPER):
                e = height * 0.1
                chip = (x - e, y - e, width + 2 * e, height + 2 * e)
                things.append(field(*chip, item.logo.chip))
            png = resized(item.logo.png, round(max(width, height) * dots))
            things.append(Picture(x, y, width, height, png, item.sender.name))
    return things


def place(everyone: Sequence[Sender], box: tuple[float, float]) -> list[Placed]:
    """The programme at the left, all others at the right in their order, in one row or two."""
    for count, least in ROWS:
        scale = 1.0
        while scale >= least:
            if placed := _try(everyone, box, scale, count):
                return placed
            scale *= STEP
    if any(sender.kind in CROWD for sender in everyone):
        return place(_in_words(everyone), box)
    while not (placed := _try(everyone, box, scale, ROWS[-1][0])):
        scale *= STEP
    return placed


def _try(
    everyone: Sequence[Sender], box: tuple[float, float], scale: float, count: int
) -> list[Placed]:
    """All in their places, or nothing when they do not fit at this size."""
    width, height = box
    ours, *others = _sized(everyone, height, scale)
    gap = height * GAP * scale
    rows = _rows(others, count, gap)
    talls = [max((item.height for item in row), default=0.0) for row in rows]
    if max(_extent(row, gap) for row in rows) + gap + ours.width > width:
        return []
    if count > 1 and sum(talls) + gap / 2 > height * FULL:
        return []
    placed = [replace(ours, x=0, y=(height - ours.height) / 2)]
    y = (height - sum(talls) - gap / 2 * (len(rows) - 1)) / 2
    for row, tall in zip(rows, talls, strict=True):
        x = width - _extent(row, gap)
        for item in row:
            placed.append(replace(item, x=x, y=y + (tall - item.height) / 2))
            x += item.width + gap
        y += tall + gap / 2
    return placed


def _rows(items: list[Placed], count: int, gap: float) -> list[list[Placed]]:
    """In order; two rows of as even a width as can be."""
    if count == 1 or len(items) < count:
        return [items]
    cuts = range(1, len(items))
    best = min(cuts, key=lambda n: max(_extent(items[:n], gap), _extent(items[n:], gap)))
    return [items[:best], items[best:]]


def _sized(everyone: Sequence[Sender], height: float, scale: float) -> list[Placed]:
    items = [_item(sender, height, scale) for sender in everyone]
    tallest = max((item.height for item in items if item.logo), default=0.0)
    return [
        replace(item, height=tallest, width=item.width * tallest / item.height)
        if item.sender.kind is SenderKind.EU and item.logo
        else item
        for item in items
    ]


def _item(sender: Sender, height: float, scale: float) -> Placed:
    found = logo(sender, PAPER)
    if found is None:
        return _name(sender, height, scale)
    side = height * SIDE * scale
    wide, tall = side * sqrt(found.ratio), side / sqrt(found.ratio)
    shrink = min(1.0, height * TALLEST * scale / tall, height * WIDEST * scale / wide)
    return Placed(sender, 0, 0, wide * shrink, tall * shrink, found)


def _name(sender: Sender, height: float, scale: float) -> Placed:
    ours = sender == PROGRAMME
    size = height * (0.34 * max(scale, 0.7) if ours else 0.23 * scale)
    face = HEADING if ours else TEXT_600
    setting = Setting(face, size, size * 0.6, 1.1, most_lines=1 if ours else 2)
    words = fit(sender.name, (height * 3.2 * scale, height * 0.8), setting)
    extent = max(width_of(line, face, words.size) for line in words.lines)
    return Placed(sender, 0, 0, extent, words.height, None, words)


def _extent(items: Sequence[Placed], gap: float) -> float:
    return sum(item.width for item in items) + gap * max(0, len(items) - 1)


def _in_words(everyone: Sequence[Sender]) -> list[Sender]:
    """Co-hosts and funders as one line of names, in the place of the first of them."""
    names = [sender.name for sender in everyone if sender.kind in CROWD]
    together = Sender(", ".join(names), SenderKind.PARTNER)
    rest = [sender for sender in everyone if sender.kind not in CROWD]
    return [*rest[:1], together, *rest[1:]]
