"""Words and dates in a language that is given, not found: assets know no request."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.support import Translations

from events_app.core import prose, text
from events_app.kits.render import Caption
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Attendance, Brand, Facts, Status

TRANSLATIONS = Path(__file__).resolve().parents[3] / "translations"


@cache
def say(locale: str) -> Callable[[str], str]:
    """What gives a message in this language; English is the language of the sources."""
    translations = Translations.load(TRANSLATIONS, [locale], "messages")
    return translations.gettext


def day(moment: datetime, facts: Facts, locale: str, pattern: str = "EEEE d MMMM y") -> str:
    """Such as: donderdag 18 maart 2027."""
    return str(format_date(_there(moment, facts), pattern, locale=locale))


def when(facts: Facts, locale: str) -> str:
    """Such as: donderdag 18 maart 2027, 13.00–17.30 uur."""
    if not facts.starts_at:
        return ""
    if not facts.ends_at or _there(facts.starts_at, facts) == _there(facts.ends_at, facts):
        return f"{day(facts.starts_at, facts, locale)}, {times(facts, locale)}"
    last = facts.ends_at
    return " – ".join(
        f"{day(moment, facts, locale)}, {_hours(moment, facts, locale)}"
        for moment in (facts.starts_at, last)
    )


def short_when(facts: Facts, locale: str) -> str:
    """Such as: do 18 maart, 13.00–17.30 uur."""
    if not facts.starts_at:
        return ""
    first, last = facts.starts_at, facts.ends_at or facts.starts_at
    pattern = "EEEEEE d MMMM" if locale == "nl" else "EEE d MMMM"
    if _there(first, facts) == _there(last, facts):
        return f"{day(first, facts, locale, pattern)}, {times(facts, locale)}"
    return " – ".join(day(moment, facts, locale, pattern) for moment in (first, last))


def times(facts: Facts, locale: str) -> str:
    """Such as: 13.00–17.30 uur."""
    if not facts.starts_at:
        return ""
    moments = [facts.starts_at]
    if facts.ends_at and _there(facts.starts_at, facts) == _there(facts.ends_at, facts):
        moments.append(facts.ends_at)
    spell = "–".join(_hours(moment, facts, locale) for moment in moments)
    return f"{spell} uur" if locale == "nl" else spell


def _hours(moment: datetime, facts: Facts, locale: str) -> str:
    return moment.astimezone(ZoneInfo(facts.timezone)).strftime(
        "%H.%M" if locale == "nl" else "%H:%M"
    )


def _there(moment: datetime, facts: Facts) -> date:
    return moment.astimezone(ZoneInfo(facts.timezone)).date()


def spot(facts: Facts, locale: str) -> tuple[str, str, str]:
    """What the spot says, in three lines: donderdag / 18 / maart; or that it is off."""
    _ = say(locale)
    if facts.status is Status.CANCELLED:
        return "", _("Called off"), ""
    if facts.starts_at is None:
        return "", _("Put off"), _("new date follows")
    first = _there(facts.starts_at, facts)
    last = _there(facts.ends_at, facts) if facts.ends_at else first
    if first == last:
        return _form(first, "EEEE", locale), str(first.day), _form(first, "MMMM", locale)
    weekdays = "–".join(_form(one, "EEEEEE", locale) for one in (first, last))
    months = [_form(one, "MMMM", locale) for one in (first, last)]
    month = months[0] if months[0] == months[1] else "–".join(name[:3] for name in months)
    return weekdays, f"{first.day}–{last.day}", month


def place(facts: Facts, locale: str) -> str:
    """Such as: Mediaplaza, Utrecht; or: Online."""
    _ = say(locale)
    venue = facts.venue
    if venue is None:
        return _("Online") if facts.attendance is not Attendance.ONSITE else ""
    whole = venue.name if venue.city in venue.name else f"{venue.name}, {venue.city}"
    return whole if facts.attendance is not Attendance.MIXED else _("%s and online") % whole


def invitation(brand: Brand, locale: str) -> str:
    """The partner's one sentence; without a partner the programme's own."""
    _ = say(locale)
    return (
        _("You are welcome") if brand.name == PROGRAMME.name else _("%s invites you") % brand.name
    )


def call(facts: Facts, locale: str) -> str:
    """What is behind the link. It must hold for as long as the words hang or stand somewhere, so
    also when the event is full or registration has closed.
    """
    _ = say(locale)
    going = facts.status is Status.SCHEDULED
    return _("Programme and registration") if going else _("Read more")


def shown(link: str) -> str:
    """An address as people read it."""
    return link.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def directions(facts: Facts) -> str:
    """Address and access in one run of sentences."""
    return text.sentences(facts.venue.address, access(facts)) if facts.venue else ""


def access(facts: Facts) -> str:
    """How to come in, in one run of sentences."""
    note = facts.venue.access if facts.venue else ""
    return text.sentences(*(line for block in prose.blocks(note) for line in block.lines))


def told(facts: Facts) -> tuple[prose.Block, ...]:
    """The description. Its links to pages of ours are whole, since it is read elsewhere."""
    here = urlsplit(facts.url)
    return prose.blocks(facts.description, base=f"{here.scheme}://{here.netloc}")


def where(facts: Facts, locale: str) -> str:
    """The whole address, and whether it can be followed from elsewhere."""
    _ = say(locale)
    if facts.venue is None:
        return place(facts, locale)
    name, address = facts.venue.name, facts.venue.address
    address = address if name in address else f"{name}, {address}"
    return address if facts.attendance is not Attendance.MIXED else _("%s and online") % address


def small_print(facts: Facts, locale: str) -> str:
    """The source line, and who made the picture."""
    _ = say(locale)
    credit = facts.cover.credit if facts.cover else ""
    return " · ".join(
        part for part in (facts.source_line, credit and _("Picture: %s") % credit) if part
    )


def caption(facts: Facts, locale: str, alt: str) -> Caption:
    """What goes along inside the file."""
    return Caption(
        title=facts.title,
        locale=locale,
        alt=alt,
        credit=facts.cover.credit if facts.cover else "",
        licence=facts.licence.url if facts.licence else "",
    )


def alt(facts: Facts, brand: Brand, locale: str) -> str:
    """The card in words: what, when, where, who asks you."""
    return text.sentences(
        what(facts, locale), when(facts, locale), place(facts, locale), invitation(brand, locale),
        facts.cover.alt if facts.cover else "",
    )  # fmt: skip


def what(facts: Facts, locale: str) -> str:
    """The title, and whether it goes on."""
    _ = say(locale)
    state = {Status.CANCELLED: _("Called off"), Status.POSTPONED: _("Put off")}.get(facts.status)
    return f"{state}: {facts.title}" if state else facts.title


def _form(moment: date, pattern: str, locale: str) -> str:
    return str(format_date(moment, pattern, locale=locale))
