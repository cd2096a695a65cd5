"""What fits where: the limits of the channels, and counting the way each of them counts."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

LINK = re.compile(r"https?://\S+")
JOINER = "\N{ZERO WIDTH JOINER}"
FLAGS = range(0x1F1E6, 0x1F200)
SKINS = range(0x1F3FB, 0x1F400)


@cache
def channel(name: str) -> dict[str, Any]:
    """The table of this channel in channels.toml."""
    with (Path(__file__).parent / "channels.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)[name]
    return table


def length(text: str, name: str) -> int:
    """As the channel counts: a link at its fixed price, or what the eye sees as one letter."""
    limits = channel(name)
    if "url" in limits:
        text = LINK.sub("x" * limits["url"], text)
    return graphemes(text) if limits.get("graphemes") else _weight(text, name)


def fits(text: str, name: str) -> bool:
    return length(text, name) <= int(channel(name)["text"])


def graphemes(text: str) -> int:
    """Letters with their accents, and emoji of several signs, as one (the gist of UAX 29)."""
    count, before, flag = 0, "", False
    for sign in text:
        extends = unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}
        joined = before == JOINER or ord(sign) in SKINS
        second_flag = flag and ord(sign) in FLAGS
        if not (extends or joined or second_flag) or not count:
            count += 1
        flag = ord(sign) in FLAGS and not second_flag
        before = sign
    return count


def _weight(text: str, name: str) -> int:
    """X counts signs beyond the Latin and punctuation ranges twice (its text library, v3)."""
    if name != "x":
        return len(text)
    light = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
    text = unicodedata.normalize("NFC", text)
    return sum(1 if any(ord(sign) in span for span in light) else 2 for sign in text)
