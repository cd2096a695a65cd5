"""A kit's life, and who may use it when."""

from datetime import datetime

from events_app.core import text
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.events.rules import is_in_use, is_off, is_public
from events_app.kits.models import Kit, KitStatus, KitVersion

MOVES = {
    KitStatus.DRAFT: frozenset({KitStatus.PUBLISHED}),
    KitStatus.PUBLISHED: frozenset({KitStatus.WITHDRAWN}),
    KitStatus.WITHDRAWN: frozenset({KitStatus.PUBLISHED}),
}
SHOWN_FROM = 5
"""Fewer registrations than this are not told to a partner: they would point at people."""


class NotPossible(Refusal):
    def __init__(self) -> None:
        super().__init__(_("That can no longer be done with this kit. Look at how it stands now."))


class EventNotPublic(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Publish the event first: the links in a kit lead to its page."))


class NothingNew(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Nothing has changed since the last version."))


class NoReaders(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This partner has no people yet. Add somebody to the organisation first.")
        )


def may_become(status: KitStatus, wanted: KitStatus) -> bool:
    return wanted in MOVES[status]


def is_open(kit: Kit, now: datetime) -> bool:
    """Whether partners may know of it: before an embargo ends nothing tells of a kit."""
    is_due = kit.embargo_until is None or kit.embargo_until <= now
    return kit.status is KitStatus.PUBLISHED and is_due and is_public(kit.event)


def is_over(kit: Kit, now: datetime) -> bool:
    return kit.valid_until is not None and kit.valid_until <= now


def told_from(version: KitVersion) -> datetime:
    """From when on partners may be told of a version."""
    embargo = version.kit.embargo_until
    return max(version.published_at, embargo) if embargo else version.published_at


def is_past(kit: Kit, now: datetime) -> bool:
    """Whether nobody has a use for it any more: it is over, or its event is."""
    return is_over(kit, now) or not is_in_use(kit.event, now=now)


def is_overtaken(version: KitVersion) -> bool:
    """Whether it still invites, or promises a new date, though its event was put off or called off
    since. Nobody gets files of it any more, and the kit follows at once.
    """
    status = version.kit.event.status
    return is_off(status) and version.facts[text.DEFAULT]["status"] != status.value


def follows(kit: Kit, now: datetime) -> bool:
    """Whether a new version comes by itself when the event changes."""
    is_shown = kit.status is KitStatus.PUBLISHED and is_public(kit.event)
    return is_shown and not is_past(kit, now)


def is_told_of(kit: Kit, now: datetime) -> bool:
    """Whether partners get letters about it."""
    return is_open(kit, now) and not is_past(kit, now)


def known(count: int) -> int | None:
    """A figure that may be shown to a partner; None for a few."""
    return count if count == 0 or count >= SHOWN_FROM else None


def letters_wait(letters: int, until: datetime | None) -> str:
    """How many e-mails to partners wait, and how long: to the end of an embargo, or until it is
    known which of their files are out of date.
    """
    words: str
    if until is None:
        words = text.plural(
            "At most one e-mail waits until it is known which files of the partner are out of"
            " date.",
            "At most %(num)d e-mails wait until it is known which files of the partners are out"
            " of date.",
            letters,
        )
    else:
        words = text.plural(
            "At most one e-mail about it leaves, after %(day)s, %(time)s.",
            "At most %(num)d e-mails about it leave, after %(day)s, %(time)s.",
            letters,
            day=text.day(until),
            time=text.unbroken(text.clock_time(until)),
        )
    return words
