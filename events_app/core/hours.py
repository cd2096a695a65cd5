"""Hours in a text: as they are written, and as they may be meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

_NOON = 12
_SAYS_SO = re.compile(r"\s*(?:uur\b|o'clock\b|(?P<half>[ap])\.?m\b)", re.IGNORECASE)
_HOUR = re.compile(
    r"(?<![\d.:])(?P<hour>1\d|2[0-3]|0?\d)"
    rf"(?:(?P<mark>[.:u])(?P<minute>[0-5]\d)|(?={_SAYS_SO.pattern}))(?!\d|[.:]\d)",
    re.IGNORECASE,
)
_AT = re.compile(r"\b(?:om|vanaf|rond|at|from)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hour:
    written: str
    meant: frozenset[time]
    """At 1 o'clock is at night or after noon."""
    before: str
    """The words before it."""
    is_plain: bool
    """It is no price, length or version."""


def named(words: str) -> Iterator[Hour]:
    for match in _HOUR.finditer(words):
        before, says_so = words[: match.start()], _SAYS_SO.match(words, match.end())
        half = says_so["half"] if says_so else None
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if half:
            hours = [hour % _NOON + (_NOON if half.lower() == "p" else 0)]
        else:
            hours = [hour] if match["minute"] or hour >= _NOON else [hour, hour + _NOON]
        is_said = bool(match["minute"] and (says_so or match["mark"] != "."))
        yield Hour(
            written=match[0],
            meant=frozenset(time(each, minute) for each in hours),
            before=before,
            is_plain=is_said or bool(half or _AT.search(before)),
        )
