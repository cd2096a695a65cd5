"""Times and dates that stand in an event's texts and do not fit the event."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from flask_babel import LazyString

from events_app.core import text, weekdays
from events_app.core.text import lazy as _
from events_app.events.models import Event, Status

TEXTS = {
    "summary": _("Summary"),
    "description": _("Description"),
    "audience": _("For whom"),
    "report": _("Report"),
}
_LANGUAGES = {"nl": _("in Dutch"), "en": _("in English")}
_BEGINS = r"(?:begin\w*|start\w*|aanvang|vanaf|from|opens?)\W+(?:(?:om|at|is|we|op)\W+)*$"
"""Before an hour: it is that of the beginning, not of something on the programme."""


def contradictions(event: Event, *, today: date) -> list[LazyString]:
    """Only what is surely wrong: an hour or a day that held before the event was moved, and a
    weekday that is not the date's. Hours within the event may stand on its programme.
    """
    return [
        sentence
        for name, label in TEXTS.items()
        for code, words in getattr(event, name).items()
        for sentence in _in(words, event, today, f"{label} {_LANGUAGES.get(code, code)}")
    ]


def _in(words: str, event: Event, today: date, where: str) -> Iterator[LazyString]:
    for day in weekdays.wrong(words, today=today):
        yield _("%(where)s: in “%(old)s” the weekday does not fit the date.", where=where, old=day)
    if event.status is Status.POSTPONED:  # no hour or day of it holds
        return
    zone, starts, ends = event.timezone, event.starts_at, event.ends_at
    if found := _old_hour(words, event, event.previous_starts_at, starts):
        now = text.clock_time(starts, zone)
        yield _("%(where)s says %(old)s; the event begins at %(new)s.",
                where=where, old=found, new=now)  # fmt: skip
    if found := _old_hour(words, event, event.previous_ends_at, ends):
        now = text.clock_time(ends, zone)
        yield _("%(where)s says %(old)s; the event ends at %(new)s.",
                where=where, old=found, new=now)  # fmt: skip
    if found := _old_day(words, event):
        now = text.day(starts, zone)
        yield _("%(where)s says %(old)s; the event is on %(new)s.",
                where=where, old=found, new=now)  # fmt: skip


def _old_hour(words: str, event: Event, before: datetime | None, now: datetime) -> str:
    zone = event.timezone
    if before is None or _hour(before, zone) == _hour(now, zone):
        return ""
    return _spoken_hour(words, before, event)


def _hour(moment: datetime, zone: str) -> str:
    return f"{text.there(moment, zone):%H.%M}"


def _spoken_hour(words: str, before: datetime, event: Event) -> str:
    """As it is written, if it cannot be an hour of the programme."""
    zone, clock = event.timezone, text.there(before, event.timezone)
    minutes = rf"[.:u]{clock:%M}"
    if clock.minute == 0:
        minutes = rf"(?:{minutes}|(?=\s*(?:uur|o'clock)))"
    written = re.compile(rf"(?<![\d.:])0?{clock.hour}{minutes}(?!\d|[.:]\d)", re.IGNORECASE)
    starts, ends = _hour(event.starts_at, zone), _hour(event.ends_at, zone)
    is_inside = starts < f"{clock:%H.%M}" < ends
    for match in written.finditer(words):
        if not is_inside or re.search(_BEGINS, words[: match.start()], re.IGNORECASE):
            return match[0]
    return ""


def _old_day(words: str, event: Event) -> str:
    zone, before = event.timezone, event.previous_starts_at
    if before is None:
        return ""
    first, last, was = (
        text.there(each, zone).date() for each in (event.starts_at, event.ends_at, before)
    )
    return "" if first <= was <= last else weekdays.written(words, was)
