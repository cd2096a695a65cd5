"""What differs between two versions, in words, in the language that is being spoken."""

from collections.abc import Callable, Mapping
from typing import Any

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.kits.rules import frozen, hashes
from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.values import Change, Facts, KitEventStatus

WORDS = {KitEventStatus.SCHEDULED: _("Goes on"), KitEventStatus.POSTPONED: _("Put off"),
         KitEventStatus.CANCELLED: _("Called off")}  # fmt: skip


def _when(facts: Facts) -> str:
    if not facts.starts_at or not facts.ends_at:
        return ""
    return text.span(facts.starts_at, facts.ends_at, facts.timezone)


def _where(facts: Facts) -> str:
    return facts.venue.address if facts.venue else ""


def _names(things: Any) -> str:
    return ", ".join(thing.name for thing in things)


_SHOWN: tuple[tuple[Any, Callable[[Facts], str], frozenset[str]], ...] = (
    (_("State"), lambda f: str(WORDS[f.status]), frozenset({"status"})),
    (_("Title"), lambda f: f.title, frozenset({"title", "short_title"})),
    (_("When"), _when, frozenset({"starts_at", "ends_at", "timezone"})),
    (_("Where"), _where, frozenset({"venue", "attendance"})),
    (_("Introduction"), lambda f: f.lead, frozenset({"lead"})),
    (_("Sectors"), lambda f: _names(f.sectors), frozenset({"sectors", "challenges"})),
    (_("Quote"), lambda f: f.quote.words if f.quote else "", frozenset({"quote"})),
    (_("Hashtags"), lambda f: " ".join(f.hashtags), frozenset({"hashtags"})),
)  # fmt: skip
_UNSHOWN = (
    (_("Description"), frozenset({"description"})),
    (_("Picture"), frozenset({"cover"})),
    (_("Terms of use"), frozenset({"embargo_until", "valid_until", "licence", "source_line"})),
    (_("Link"), frozenset({"url"})),
)
"""Too long to show before and after, or no text at all."""


def changes(before: Facts, after: Facts, differing: frozenset[str]) -> tuple[Change, ...]:
    """One line for what belongs together; none only where no field is in `differing`."""
    lines = [
        _line(str(label), said(before), said(after))
        for label, said, names in _SHOWN
        if names & differing
    ]
    lines += _senders(before, after)
    lines += [Change(str(label), "", "") for label, names in _UNSHOWN if names & differing]
    if differing and not lines:
        lines = [Change(str(_("Calendar file")), "", "")]  # it follows all others
    return tuple(lines)


def between(
    before: Mapping[str, Frozen], after: Mapping[str, Frozen], read: Callable[[str], bytes]
) -> tuple[Change, ...]:
    """Between any two versions, by language: in the language being spoken, or else, where nothing
    differs in it, what differs in the other one. None where the same is said again.
    """
    for code in sorted(after, key=lambda code: code != text.language()):
        old = frozen.of_today(before[code], after[code]["description"], read)
        if fields := hashes.stale(old, after[code]):
            was, is_now = (frozen.facts(said, frozen.unread) for said in (old, after[code]))
            return changes(was, is_now, fields)
    return ()


def _line(label: str, before: str, after: str) -> Change:
    """Without words where the difference does not show in them, such as the colour of a sector."""
    return Change(label, before, after) if before != after else Change(label, "", "")


def _senders(before: Facts, after: Facts) -> list[Change]:
    """Who they are and in which order, and whose logo is another one now."""
    lines = []
    row, new_row = ([(one.name, one.kind) for one in facts.senders] for facts in (before, after))
    if row != new_row:
        lines.append(_line(str(_("Senders")), _names(before.senders), _names(after.senders)))
    known = {one.name: (one.logo, one.logo_dark) for one in before.senders}
    logos = [
        one.name
        for one in after.senders
        if one.name in known and known[one.name] != (one.logo, one.logo_dark)
    ]
    if logos:
        lines.append(Change(str(_("Logos")), "", ", ".join(logos)))
    return lines
