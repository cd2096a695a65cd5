"""Words: languages, content in two languages, dates as people write them, Markdown."""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask_babel import LazyString, force_locale, get_locale, gettext, ngettext
from markupsafe import Markup, escape
from pyphen import Pyphen

from events_app.core import catalogues, prose

LANGUAGES = ("nl", "en")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "đ": "d", "ł": "l", "ı": "i"})
"""Those that are no letter with an accent."""
DEFAULT = "nl"
HERE = "Europe/Amsterdam"
AMSTERDAM = ZoneInfo(HERE)

Local = Mapping[str, str]
"""Content by language, such as {"nl": "Zaal", "en": "Room"}; a language may be missing."""

SOFT_HYPHEN, NO_BREAK = "\u00ad", "\u00a0"
_LONG = re.compile(r"[^\W\d_]{14,}")
"""A word that may not fit in a heading on a telephone."""
_HOUR = re.compile(r"(?<=\d\.\d\d) (?=uur\b)")
_ENDED = re.compile(r"[.!?…][”’\"')]*$")
_DASH = re.compile(r"(?<=\d)–(?=\d)")
_HOUSE = re.compile(r"(?<=\b\d{4}) (?=[A-Z]{2}\b)| (?=\d+\w*(?:,|$))")
"""Before letters in a postcode, and before the number of a house."""

plural = ngettext


class _Lazy(LazyString):  # type: ignore[misc] # Flask-Babel has no types for it
    def __html__(self) -> Markup:
        """Escaped: it may hold words that somebody typed. Flask-Babel's own passes as HTML."""
        return escape(str(self))


def lazy(message: str, **values: object) -> LazyString:
    """The message in the language of whoever reads it, once it is read."""
    return _Lazy(gettext, message, **values)


LONGEST_SEARCH = 100
"""Characters. Nothing in the house that is looked for is longer in one piece."""


def sought(typed: str) -> str:
    """What is looked for when this was typed; pages say so where it is less (ui/fields.html)."""
    return " ".join(typed.replace("\x00", "").split())[:LONGEST_SEARCH].rstrip()


def _(message: str, **values: object) -> str:
    """The message in the reader's language: as Flask-Babel's, at a third of its time."""
    words: str = _catalogue(language()).gettext(message)
    return words % values if values else words


def translator(code: str) -> Callable[[str], str]:
    """What gives a message in a language that is named, where there is no reader to ask."""
    return _catalogue(code).gettext


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(catalogues.FOLDER.parent.parent, [code])


def language() -> str:
    """The reader's language in this request, or the one set by `speaking`."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else DEFAULT


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Write in this language for a while: a letter in the reader's, not the desk's, language."""
    with force_locale(code if code in LANGUAGES else DEFAULT):
        yield


def local(content: Local | None, code: str | None = None) -> str:
    """The content in the wanted language, or else in the other one."""
    if not content:
        return ""
    return content.get(code or language()) or next((v for v in content.values() if v), "")


def soft(words: str) -> str:
    """With places where a narrow screen may break long words: not every browser knows Dutch."""
    code = language()
    return _LONG.sub(lambda found: _softened(found[0], code), words)


@lru_cache(maxsize=2000)
def _softened(word: str, code: str) -> str:
    return str(_dictionary(code).inserted(word, SOFT_HYPHEN))


@lru_cache(maxsize=len(LANGUAGES))
def _dictionary(code: str) -> Pyphen:
    return Pyphen(lang="nl_NL" if code == "nl" else "en_GB", left=4, right=4)


def markdown(source: str, *, base: str = "") -> Markup:
    """Markdown of an editor as safe HTML, as prose.html says."""
    return Markup(_HOUR.sub(NO_BREAK, prose.html(source, base=base)))  # noqa: S704 -- nh3 has cleaned it


def unbroken(words: str) -> str:
    """Times that no line of a page ends within; letters and calendars keep plain spaces."""
    return _DASH.sub("\u2060–\u2060", _HOUR.sub(NO_BREAK, words))


def address(words: str) -> str:
    """For a page: no line ends within a postcode, or between a street and its number."""
    return _HOUSE.sub(NO_BREAK, words)


def sentences(*parts: str) -> str:
    """One after the other, each with a capital and one end: Wie komt er? Dinsdag 8 december."""
    whole = (part.strip() for part in parts)
    return " ".join(opening(part) + ("" if _ENDED.search(part) else ".") for part in whole if part)


def opening(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def slug(words: str, *, most: int = 60) -> str:
    """For addresses: lower case letters, digits and hyphens, cut between words; may be empty."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(_LETTERS))
    parts = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    whole = "-".join(parts)
    return whole if len(whole) <= most else whole[: most + 1].rpartition("-")[0] or whole[:most]


def numbered(base: str, taken: Collection[str]) -> str:
    """The name for an address itself, or with the first number that makes it free."""
    others = (f"{base}-{number}" for number in itertools.count(2))
    return base if base not in taken else next(each for each in others if each not in taken)


def name_key(words: str) -> str:
    """What two names are compared by: capitals, spaces and how a letter is composed tell nobody
    two things apart.
    """
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def shared_in(name: Local, others: Iterable[Local], *, was: Local | None = None) -> str:
    """The language in which one of the others is called the same; "" for none. What it `was`
    called already is no news.
    """
    every = list(others)
    for code, words in name.items():
        key = name_key(words)
        if key in ("", name_key((was or {}).get(code, ""))):
            continue
        if any(key == name_key(other.get(code, "")) for other in every):
            return code
    return ""


def told_apart(named: Iterable[tuple[int, str, str]]) -> list[tuple[int, str]]:
    """Choices of (id, words, mark): words that are there more than once get their mark."""
    rows = list(named)
    times = Counter(words for _id, words, _mark in rows)
    return [
        (id, f"{words} ({mark})" if times[words] > 1 and mark else words)
        for id, words, mark in rows
    ]  # fmt: skip


def number(count: float) -> str:
    """Such as: 1.204 and 4,5 (Dutch), 1,204 and 4.5 (English)."""
    return format_decimal(count, locale=language())


def count(things: Sized) -> str:
    """How many they are; nothing of none."""
    return number(len(things)) if things else ""


def there(moment: datetime, timezone: str = HERE) -> datetime:
    return moment.astimezone(zone(timezone))


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# -- dates: in the language that `code` names, else in the reader's


def worded(moment: datetime, pattern: str, timezone: str = HERE, code: str | None = None) -> str:
    """`pattern`: of Unicode's UTS 35, such as EEEE."""
    return _worded(there(moment, timezone).date(), pattern, code or language())


@lru_cache(maxsize=4096)
def _worded(on: date, pattern: str, code: str) -> str:
    return format_date(on, pattern, locale=code)


def day(moment: datetime, timezone: str = HERE, code: str | None = None) -> str:
    """Such as: donderdag 18 maart 2027."""
    return worded(moment, "EEEE d MMMM y", timezone, code)


def whole_day(on: date) -> str:
    """The same of a day that is not of a moment."""
    return _worded(on, "EEEE d MMMM y", language())


def date_of(moment: datetime, timezone: str = HERE) -> str:
    """Such as: 18 mrt 2027."""
    return worded(moment, "d MMM y", timezone).replace(".", "")


def short_day(moment: datetime, timezone: str = HERE, code: str | None = None) -> str:
    """Such as: 18 mrt."""
    return worded(moment, "d MMM", timezone, code).replace(".", "")


def hours(moment: datetime, timezone: str = HERE, code: str | None = None) -> str:
    """Such as: 13.00."""
    pattern = "%H.%M" if (code or language()) == "nl" else "%H:%M"
    return there(moment, timezone).strftime(pattern)


def clock_time(moment: datetime, timezone: str = HERE, code: str | None = None) -> str:
    """Such as: 13.00 uur."""
    return hours(moment, timezone, code) + _uur(code)


def span(starts: datetime, ends: datetime, timezone: str = HERE) -> str:
    """Such as: donderdag 18 maart 2027, 13.00–17.30 uur; over days with both days named. Hours of
    another clock than ours say so.
    """
    mark = zone_mark(starts, timezone)
    if is_one_day(starts, ends, timezone):
        return f"{day(starts, timezone)}, {times(starts, ends, timezone)}{mark}"
    return (
        f"{day(starts, timezone)}, {clock_time(starts, timezone)} – "
        f"{day(ends, timezone)}, {clock_time(ends, timezone)}{mark}"
    )


def zone_mark(moment: datetime, timezone: str) -> str:
    """Behind hours that are not by our clock: ` (Europe/London)`."""
    is_ours = there(moment, timezone).utcoffset() == there(moment).utcoffset()
    return "" if is_ours else f" ({timezone})"


def times(starts: datetime, ends: datetime, timezone: str = HERE, code: str | None = None) -> str:
    """Such as: 13.00–17.30 uur; over days: 18 mrt, 13.00 uur – 19 mrt, 16.00 uur."""
    if is_one_day(starts, ends, timezone):
        return f"{hours(starts, timezone, code)}–{hours(ends, timezone, code)}{_uur(code)}"
    return " – ".join(
        f"{short_day(each, timezone, code)}, {clock_time(each, timezone, code)}"
        for each in (starts, ends)
    )


def is_one_day(starts: datetime, ends: datetime, timezone: str = HERE) -> bool:
    return there(starts, timezone).date() == there(ends, timezone).date()


def _uur(code: str | None) -> str:
    return " uur" if (code or language()) == "nl" else ""


def month(moment: datetime, timezone: str = HERE) -> str:
    """Such as: maart 2027."""
    return format_date(there(moment, timezone), "MMMM y", locale=language())


def stamp(moment: datetime) -> str:
    """For tables at the desk, such as: 18-03-2027 13.00."""
    pattern = "%d-%m-%Y %H.%M" if language() == "nl" else "%Y-%m-%d %H:%M"
    return there(moment).strftime(pattern)


def machine_time(moment: datetime) -> str:
    """For `<time datetime>`, where HTML allows at most three digits after the second."""
    return moment.isoformat(timespec="seconds")
