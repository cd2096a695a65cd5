"""Times and dates in words that go with an event and do not fit it.

One rule for all such words, whoever writes them and wherever they go: a day or an hour is pointed
at when the event had it before and has it no more, or when it is so near that readers take it for
the event's own: a day within a week of it, or an hour on no other day, an hour or more outside it.
When registration opens and closes fits too.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from operator import itemgetter

from flask_babel import LazyString

from events_app.core import hours, text, weekdays
from events_app.core.hours import Hour
from events_app.core.text import Local
from events_app.core.text import lazy as _
from events_app.events.models import Event, Status
from events_app.events.rules.life import is_off

_TEXTS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "description": _("Description"),
    "audience": _("For whom"),
    "report": _("Report"),
    "cover_alt": _("What it shows"),
}
_LANGUAGES = {"nl": _("in Dutch"), "en": _("in English")}
_NEAR = timedelta(days=7)
_BESIDE = timedelta(hours=1)
"""Before and after it doors are open, and people stay for a drink."""

_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z\d])|\n\s*\n|\n(?=\s*[-*#])")
_BEGINS = re.compile(
    r"(?:begin\w*|start\w*|aanvang|vanaf|from|opens?)\W+(?:(?:om|at|is|we|op)\W+)*$", re.IGNORECASE
)
"""Before an hour: it is that of the beginning, not of something on the programme."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of an event, and how they are called."""

    where: object
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the days and hours of an event, by the clock on its wall."""

    event: Event
    starts: datetime
    ends: datetime
    fits: frozenset[datetime]
    """Beginning and end, unless it is off, and when registration opens and closes."""
    began: frozenset[datetime]
    """When it would begin, and does not any more."""
    ended: frozenset[datetime]

    @property
    def is_off(self) -> bool:
        return is_off(self.event.status)


def record(
    event: Event,
    *,
    began: Iterable[datetime] = (),
    ended: Iterable[datetime] = (),
    registers: Iterable[datetime | None] = (),
) -> Record:
    """`began`, `ended`: before it was changed."""

    def there(*moments: datetime | None) -> frozenset[datetime]:
        return frozenset(text.there(each, event.timezone) for each in moments if each)

    starts, ends, opening = there(event.starts_at), there(event.ends_at), there(*registers)
    before, after = there(event.previous_starts_at, *began), there(event.previous_ends_at, *ended)
    off = is_off(event.status)
    return Record(
        event=event,
        starts=min(starts),
        ends=min(ends),
        fits=opening if off else opening | starts | ends,
        began=before | starts if off else before,
        ended=after | ends if off else after,
    )


def texts(event: Event) -> Iterator[Said]:
    for name, label in _TEXTS.items():
        yield from in_each_language(label, getattr(event, name))


def in_each_language(label: object, said: Local | None) -> Iterator[Said]:
    for code, words in (said or {}).items():
        yield Said(f"{label} {_LANGUAGES.get(code, code)}", words)


def contradictions(said: Iterable[Said], known: Record, *, now: datetime) -> list[LazyString]:
    """In words that go with one event; weekdays that are not the date's too."""
    today = text.there(now, known.event.timezone).date()
    found = []
    for each in said:
        found += [
            _("%(where)s: in “%(old)s” the weekday does not fit the date.",
              where=each.where, old=day)
            for day in weekdays.wrong(each.words, today=today)
        ]  # fmt: skip
        found += misfits(each, [known])
    return found


def misfits(said: Said, known: Sequence[Record]) -> list[LazyString]:
    """What fits none of these events, each kind once."""
    found: dict[_Fits, LazyString] = {}
    for sentence in _SENTENCES.split(said.words) if known else ():
        for written, fits, one in _in(sentence, known):
            if fits not in found and fits not in (_Fits.WELL, _Fits.ELSEWHERE):
                found[fits] = _worded(said.where, written, fits, one if len(known) == 1 else None)
    return list(found.values())


class _Fits(IntEnum):
    """How a day or an hour fits an event, the best first."""

    WELL = 0
    WAS_DAY = 1
    WAS_START = 2
    WAS_END = 3
    NEAR_DAY = 4
    NEAR_HOUR = 5
    ELSEWHERE = 6
    """Nobody takes it for the event's."""


def _in(sentence: str, known: Sequence[Record]) -> Iterator[tuple[str, _Fits, Record]]:
    """What is written, and how it fits the event that it fits best."""
    has_other_day = False
    for old, days in weekdays.named(sentence, around=known[0].starts.date()):
        fits, one = min(((_day(days, each), each) for each in known), key=itemgetter(0))
        has_other_day |= fits is not _Fits.WELL
        yield old, fits, one
    for hour in hours.named(sentence):
        fits, one = min(((_hour(hour, each), each) for each in known), key=itemgetter(0))
        if fits is not _Fits.NEAR_HOUR or (hour.is_plain and not has_other_day):
            yield hour.written, fits, one


def _day(days: Collection[date], known: Record) -> _Fits:
    first, last = known.starts.date(), known.ends.date()
    is_during = any(first <= day <= last for day in days)
    if _days(known.fits) & {*days} or (is_during and not known.is_off):
        return _Fits.WELL
    if _days(known.began | known.ended) & {*days} or is_during:
        return _Fits.WAS_DAY
    is_near = any(first - _NEAR <= day <= last + _NEAR for day in days)
    return _Fits.NEAR_DAY if is_near and not known.is_off else _Fits.ELSEWHERE


def _days(moments: Iterable[datetime]) -> set[date]:
    return {moment.date() for moment in moments}


def _hour(hour: Hour, known: Record) -> _Fits:
    if hour.meant & _clock(known.fits):
        return _Fits.WELL
    is_inside = not known.is_off and _is_between(known.starts, hour, known.ends)
    if hour.meant & _clock(known.began) and (not is_inside or _BEGINS.search(hour.before)):
        return _Fits.WAS_START
    if hour.meant & _clock(known.ended) and not is_inside:
        return _Fits.WAS_END
    if known.is_off:
        return _Fits.ELSEWHERE
    is_beside = _is_between(known.starts - _BESIDE, hour, known.ends + _BESIDE)
    return _Fits.WELL if is_beside else _Fits.NEAR_HOUR


def _clock(moments: Iterable[datetime]) -> set[time]:
    return {moment.time().replace(second=0, microsecond=0) for moment in moments}


def _is_between(starts: datetime, hour: Hour, ends: datetime) -> bool:
    """Any hour is on the programme of several days."""
    if starts.date() != ends.date():
        return True
    return any(starts.time() < each < ends.time() for each in hour.meant)


def _worded(where: object, written: str, fits: _Fits, known: Record | None) -> LazyString:
    """`known`: None for one of several."""
    said: dict[str, object] = {"where": where, "old": written}
    if known is None:
        return _("%(where)s says %(old)s; none of the events here is then.", **said)
    if known.event.status is Status.CANCELLED:
        return _("%(where)s says %(old)s; the event does not take place.", **said)
    if known.event.status is Status.POSTPONED:
        return _("%(where)s says %(old)s; the event has no new date yet.", **said)
    if fits in (_Fits.WAS_DAY, _Fits.WAS_START, _Fits.WAS_END):
        said["old"] = _("%(old)s, as it was before", old=written)
    return _as_it_is(said, fits, known.event)


def _as_it_is(said: dict[str, object], fits: _Fits, event: Event) -> LazyString:
    starts, ends, zone = event.starts_at, event.ends_at, event.timezone
    if fits is _Fits.WAS_START:
        now = text.clock_time(starts, zone)
        return _("%(where)s says %(old)s; the event begins at %(new)s.", new=now, **said)
    if fits is _Fits.WAS_END:
        now = text.clock_time(ends, zone)
        return _("%(where)s says %(old)s; the event ends at %(new)s.", new=now, **said)
    now = text.span(starts, ends, zone)
    return _("%(where)s says %(old)s; the event is on %(new)s.", new=now, **said)
