"""Dates in a text: which it names, and a weekday that does not fit its date."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import chain

_DAYS = (
    ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_MONTHS = (
    (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ),
)  # fmt: skip
_DAY = {name: number for names in _DAYS for number, name in enumerate(names)}
_MONTH = {
    form: number
    for names in _MONTHS
    for number, name in enumerate(names, 1)
    for form in (name, name[:3])
} | {"mrt": 3}
_WEEKDAY = "|".join(_DAY)
_MONTH_NAME = "|".join(sorted(_MONTH, key=len, reverse=True))
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_FORMS = (
    re.compile(
        rf"\b(?P<day>{_WEEKDAY})[,\s]+(?:the\s+)?(?P<number>\d{{1,2}})(?:st|nd|rd|th|e)?\s+(?:of\s+)?"
        rf"(?P<month>{_MONTH_NAME})\b\.?{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<day>{_WEEKDAY}),?\s+(?P<month>{_MONTH_NAME})\.?\s+(?P<number>\d{{1,2}})"
        rf"(?:st|nd|rd|th)?\b{_YEAR}",
        re.IGNORECASE,
    ),
)
_NAMED = (
    re.compile(
        rf"(?<![\d.:])(?P<number>\d{{1,2}})(?:st|nd|rd|th|e)?\s+(?:of\s+)?(?P<month>{_MONTH_NAME})\b\.?{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH_NAME})\.?\s+(?P<number>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:]\d){_YEAR}",
        re.IGNORECASE,
    ),
)
_MONTHS_BACK = 3


def wrong(words: str, *, today: date) -> list[str]:
    """The dates, as written, whose weekday is another. A date without a year is a coming one,
    or one of the last three months.
    """
    found = chain.from_iterable(form.finditer(words) for form in _FORMS)
    return [match[0].strip() for match in found if not _fits(match, today)]


def named(words: str, *, around: date) -> Iterator[tuple[str, list[date]]]:
    """The dates, as written, with or without a weekday, and which days each can mean: without a
    year, one in the year of `around`, or in that before or after it.
    """
    for match in chain.from_iterable(form.finditer(words) for form in _NAMED):
        given = match["year"]
        years = [int(given)] if given else range(around.year - 1, around.year + 2)
        month, number = _MONTH[match["month"].lower()], int(match["number"])
        days = [date(year, month, number) for year in years if _is_day(year, month, number)]
        if days:
            yield match[0].rstrip(" ."), days


def _is_day(year: int, month: int, number: int) -> bool:
    return 1 <= number <= monthrange(year, month)[1]


def _fits(match: re.Match[str], today: date) -> bool:
    weekday = _DAY[match["day"].lower()]
    month, number = _MONTH[match["month"].lower()], int(match["number"])
    dates = list(_meant(match["year"], month, number, today))
    return any(day.weekday() == weekday for day in dates)


def _meant(year: str | None, month: int, number: int, today: date) -> Iterator[date]:
    for each in [int(year)] if year else [today.year - 1, today.year, today.year + 1]:
        if not _is_day(each, month, number):  # 31 June: fits no weekday at all
            continue
        day = date(each, month, number)
        months_away = (day.year - today.year) * 12 + day.month - today.month
        if year or -_MONTHS_BACK <= months_away < 12 - _MONTHS_BACK:
            yield day
