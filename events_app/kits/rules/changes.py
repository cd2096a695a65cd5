"""What differs between two versions, in words, in the language that is being spoken."""

from collections.abc import Callable
from typing import Any

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.kits.rules.values import Change, Facts, Status

WORDS = {Status.SCHEDULED: _("Goes on"), Status.POSTPONED: _("Put off"),
         Status.CANCELLED: _("Called off")}  # fmt: skip


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
    (_("Senders"), lambda f: _names(f.senders), frozenset({"senders"})),
    (_("Quote"), lambda f: f.quote.words if f.quote else "", frozenset({"quote"})),
    (_("Hashtags"), lambda f: " ".join(f.hashtags), frozenset({"hashtags"})),
)  # fmt: skip
_UNSHOWN = (
    (_("Description"), frozenset({"description", "description_html"})),
    (_("Picture"), frozenset({"cover"})),
    (_("Terms of use"), frozenset({"embargo_until", "valid_until", "licence", "source_line"})),
    (_("Link"), frozenset({"url"})),
)
"""Too long to show before and after, or no text at all."""


def changes(before: Facts, after: Facts, differing: frozenset[str]) -> tuple[Change, ...]:
    """One line for what belongs together; `differing` names the fields of Facts."""
    shown = [
        Change(str(label), said(before), said(after))
        for label, said, names in _SHOWN
        if names & differing and said(before) != said(after)
    ]
    unshown = [Change(str(label), "", "") for label, names in _UNSHOWN if names & differing]
    return (*shown, *unshown)
