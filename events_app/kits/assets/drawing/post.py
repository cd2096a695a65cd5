"""Texts to paste: written per language beside the asset, shortened until the channel takes them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from events_app.core import prose
from events_app.core.prose import Block, Kind
from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.paper import page
from events_app.kits.rules.channels import channel, fits
from events_app.kits.rules.values import Brand, Facts, File, KitEventStatus

AFFECTED_BY = frozenset(
    {"title", "lead", "starts_at", "ends_at", "timezone", "status", "attendance", "venue", "links",
     "url", "hashtags"}
)  # fmt: skip
LEVELS = 4
"""A template says less at each level; after the last the title itself is shortened."""
ENOUGH = 0.3
"""The share of the room that a title's first part must fill to replace the whole."""
_PART = re.compile(r"(.*\S)(?::| [–-]) ")
LAST_WORD = re.compile(r"\s*\S+$")


def text_file(role: str, suffix: str, text: str, media_type: str = "text/plain") -> File:
    return File(role=role, suffix=suffix, media_type=media_type, content=text.encode())


def post(asset: str, role: str, facts: Facts, brand: Brand, locale: str) -> File:
    """The text of `<asset>/<locale>.txt` for this channel, within its limits."""
    name = role.rpartition("/")[2]
    text = fitted(f"{asset}/{locale}.txt", role, facts, brand, locale)
    return text_file(role, f"{name}.txt", text)


def fitted(template: str, role: str, facts: Facts, brand: Brand, locale: str) -> str:
    """As much as fits; raises ValueError when not even the shortest form does."""
    title, name = facts.title, role.rpartition("/")[2]
    said = values(role, facts, brand, locale)
    while title:
        for level in range(LEVELS):
            text = tidy(page(template, locale, level=level, title=title, **said))
            if fits(text, name):
                return text
        title = LAST_WORD.sub("", title.rstrip("… ")) + "…" if " " in title else ""
    problem = f"nothing fits on {name}"
    raise ValueError(problem)


def values(role: str, facts: Facts, brand: Brand, locale: str) -> dict[str, Any]:
    """What every text may say."""
    most = channel("instagram")["hashtags"]
    return {
        "lead": facts.lead,
        "when": words.when(facts, locale),
        "short_when": words.short_when(facts, locale),
        "place": words.place(facts, locale),
        "link": facts.link(role),
        "call": words.call(facts, locale),
        "partner": brand.name,
        "invitation": words.invitation(brand, locale),
        "tags": ["#" + tag.lstrip("#") for tag in facts.hashtags[:most]],
        "off": facts.status is KitEventStatus.CANCELLED,
        "put_off": facts.status is KitEventStatus.POSTPONED,
    }


def tidy(text: str) -> str:
    """No empty ends, and never more than one empty line."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def folder(file: str) -> str:
    """The folder of the asset that calls, for its templates."""
    return Path(file).parent.name


def told(facts: Facts, whole: Iterable[Block], most_words: int) -> list[Block]:
    """Of the description what may come below the introduction, both at most so many words.
    Without an introduction at least a sentence or two.
    """
    left = most_words - len(facts.lead.split())
    return prose.cut(whole, left, least_one=not facts.lead)


def opening(whole: Iterable[Block]) -> str:
    """The first paragraph."""
    return next((block.words for block in whole if block.kind is Kind.PARAGRAPH), "")


def cut(text: str, most: int) -> str:
    """At most so many letters: to where a title could end, or else cut between words."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    whole = text[:most].rpartition(" ")[0] or text[:most]
    if (part := _PART.match(text[: most + 1])) and len(part[1]) >= most * ENOUGH:
        return part[1]
    return whole[: most - 1].rstrip(" ,;:–-") + "…"
