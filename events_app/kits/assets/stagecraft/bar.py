"""The sender bar: logos sized by area, so that a wide one is not a small one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from events_app.kits.assets.stagecraft.logos import Logo, logo
from events_app.kits.assets.stagecraft.stage import PAPER
from events_app.kits.render.type import HEADING, TEXT_600, Set, Setting, fit, width
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Sender, SenderKind

SIDE = 0.62
"""The side of a square logo of the usual area, as a share of the bar's height."""
TALLEST = 0.64
WIDEST = 3.0
GAP = 0.4
LEAST = 0.42
"""Below this share of the wished size nobody can read a logo: then names stand in words."""
LEAST_WORDS = 0.7
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


def place(senders: Sequence[Sender], box: tuple[float, float]) -> list[Placed]:
    """The programme at the left, all others at the right in their order."""
    scale = 1.0
    while (items := _sized(senders, box[1], scale)) and _extent(items, box[1]) > box[0]:
        scale *= 0.94
        if scale < LEAST / 4:
            break
        if scale < LEAST and any(sender.kind in CROWD for sender in senders):
            return place(_in_words(senders), box)
    right = box[0]
    placed = [replace(item, x=0, y=(box[1] - item.height) / 2) for item in items[:1]]
    for item in reversed(items[1:]):
        right -= item.width
        placed.append(replace(item, x=right, y=(box[1] - item.height) / 2))
        right -= box[1] * GAP * scale
    return placed


def _sized(senders: Sequence[Sender], height: float, scale: float) -> list[Placed]:
    items = [_item(sender, height, scale) for sender in senders]
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
    scale = max(scale, LEAST_WORDS)
    size = height * (0.34 if ours else 0.23) * scale
    face = HEADING if ours else TEXT_600
    setting = Setting(face, size, size * 0.6, 1.1, most_lines=1 if ours else 2)
    words = fit(sender.name, (height * 3.2 * scale, height * 0.8), setting)
    extent = max(width(line, face, words.size) for line in words.lines)
    return Placed(sender, 0, 0, extent, words.height, None, words)


def _extent(items: Sequence[Placed], height: float) -> float:
    return sum(item.width for item in items) + height * GAP * (len(items) - 1)


def _in_words(senders: Sequence[Sender]) -> list[Sender]:
    """Co-hosts and funders as one line of names, where the first of them stood."""
    names = [sender.name for sender in senders if sender.kind in CROWD]
    together = Sender(", ".join(names), SenderKind.PARTNER)
    rest = [sender for sender in senders if sender.kind not in CROWD]
    return [*rest[:1], together, *rest[1:]]
