"""Days as a browser's own control gives them, and as Dutch and English people write them without
one: 31-12-2026, 31/12/2026, 31 december 2026.
"""

import re
from datetime import date
from functools import cache
from typing import Any

from babel.dates import get_month_names
from wtforms import Field
from wtforms.widgets import DateInput

from events_app.core.text import LANGUAGES, _

YEARS = range(1900, 2101)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DIGITS = re.compile(
    r"(?P<day>\d{1,2})(?P<mark>[-/. ])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})", re.ASCII
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:e|st|nd|rd|th)? (?P<month>[a-z]+)\.? (?P<year>\d{4})", re.ASCII
)


class DayField(Field):
    """`data` is a date or None; what was typed stays in the field."""

    widget = DateInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist and isinstance(valuelist[0], str) else ""
        if typed:
            self.data = read(typed)
            if self.data is None:
                raise ValueError(_("Fill in a day that exists, such as 31-12-2026."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""


def read(typed: str) -> date | None:
    """None: it is no day. The day comes before the month, as in both countries."""
    words = " ".join(typed.lower().replace(",", " ").split())
    found = _ISO.fullmatch(words) or _DIGITS.fullmatch(words) or _NAMED.fullmatch(words)
    if not found:
        return None
    said = found["month"]
    month = int(said) if said.isdecimal() else _months().get(said, 0)
    try:
        day = date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None
    return day if day.year in YEARS else None


@cache
def _months() -> dict[str, int]:
    """By name, whole or short, in both languages."""
    return {
        name.rstrip(".").lower(): number
        for code in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=code).items()
    }
