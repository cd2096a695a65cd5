"""Words and dates in a language that is given, not found: assets know no request."""

from datetime import datetime
from urllib.parse import urlsplit

from events_app.core import prose, text
from events_app.core.text import translator
from events_app.kits.render import Caption
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Attendance, Brand, Facts, KitEventStatus


def when(facts: Facts, locale: str) -> str:
    """Such as: donderdag 18 maart 2027, 13.00–17.30 uur."""
    if not facts.starts_at:
        return ""
    days = _days(facts)
    if len(days) == 1:
        return f"{text.day(facts.starts_at, facts.timezone, locale)}, {times(facts, locale)}"
    return " – ".join(
        f"{text.day(each, facts.timezone, locale)}, {text.hours(each, facts.timezone, locale)}"
        for each in days
    )


def short_when(facts: Facts, locale: str) -> str:
    """Such as: do 18 maart, 13.00–17.30 uur."""
    pattern = "EEEEEE d MMMM" if locale == "nl" else "EEE d MMMM"
    days = [text.worded(each, pattern, facts.timezone, locale) for each in _days(facts)]
    return f"{days[0]}, {times(facts, locale)}" if len(days) == 1 else " – ".join(days)


def times(facts: Facts, locale: str) -> str:
    """Such as: 13.00–17.30 uur; over days when it begins."""
    if not facts.starts_at:
        return ""
    if facts.ends_at and len(_days(facts)) == 1:
        return text.times(facts.starts_at, facts.ends_at, facts.timezone, locale)
    return text.clock_time(facts.starts_at, facts.timezone, locale)


def _days(facts: Facts) -> list[datetime]:
    """The moments on the first day and on the last, where that is another one."""
    starts, ends = facts.starts_at, facts.ends_at
    if starts and ends and not text.is_one_day(starts, ends, facts.timezone):
        return [starts, ends]
    return [starts] if starts else []


def spot(facts: Facts, locale: str) -> tuple[str, str, str]:
    """What the spot says, in three lines: donderdag / 18 / maart; or that it is off."""
    _ = translator(locale)
    if facts.status is KitEventStatus.CANCELLED:
        return "", _("Called off"), ""
    if facts.starts_at is None:
        return "", _("Put off"), _("new date follows")
    weekdays, numbers, months = (
        [text.worded(each, pattern, facts.timezone, locale) for each in _days(facts)]
        for pattern in ("EEEEEE", "d", "MMMM")
    )
    if len(numbers) == 1:
        weekday = text.worded(facts.starts_at, "EEEE", facts.timezone, locale)
        return weekday, numbers[0], months[0]
    month = months[0] if months[0] == months[1] else "–".join(name[:3] for name in months)
    return "–".join(weekdays), "–".join(numbers), month


def place(facts: Facts, locale: str) -> str:
    """Such as: Mediaplaza, Utrecht; or: Online."""
    _ = translator(locale)
    venue = facts.venue
    if venue is None:
        return _("Online") if facts.attendance is not Attendance.ONSITE else ""
    whole = venue.name if venue.city in venue.name else f"{venue.name}, {venue.city}"
    return whole if facts.attendance is not Attendance.MIXED else _("%s and online") % whole


def invitation(brand: Brand, locale: str) -> str:
    """The partner's one sentence; without a partner the programme's own."""
    _ = translator(locale)
    return (
        _("You are welcome") if brand.name == PROGRAMME.name else _("%s invites you") % brand.name
    )


def call(facts: Facts, locale: str) -> str:
    """What is behind the link. It must be true for as long as the words are on a wall or a page, so
    also when the event is full or registration has closed.
    """
    _ = translator(locale)
    going = facts.status is KitEventStatus.SCHEDULED
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
    _ = translator(locale)
    if facts.venue is None:
        return place(facts, locale)
    name, address = facts.venue.name, facts.venue.address
    address = address if name in address else f"{name}, {address}"
    return address if facts.attendance is not Attendance.MIXED else _("%s and online") % address


def small_print(facts: Facts, locale: str) -> str:
    """The source line, and who made the picture."""
    _ = translator(locale)
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
    _ = translator(locale)
    state = {KitEventStatus.CANCELLED: _("Called off"), KitEventStatus.POSTPONED: _("Put off")}.get(
        facts.status
    )
    return f"{state}: {facts.title}" if state else facts.title
