"""What an issue may become, and how long a request to subscribe stays good."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from events_app.core.errors import Refusal
from events_app.core.letters import Body
from events_app.core.text import lazy as _
from events_app.newsletters.models import Issue, IssueStatus, Subscription

MOVES: dict[IssueStatus, frozenset[IssueStatus]] = {
    IssueStatus.DRAFT: frozenset({IssueStatus.APPROVED}),
    IssueStatus.APPROVED: frozenset(
        {IssueStatus.DRAFT, IssueStatus.SCHEDULED, IssueStatus.PREPARING}
    ),
    IssueStatus.SCHEDULED: frozenset(
        {IssueStatus.DRAFT, IssueStatus.APPROVED, IssueStatus.PREPARING}
    ),
    IssueStatus.PREPARING: frozenset({IssueStatus.SENDING, IssueStatus.CANCELLED}),
    IssueStatus.SENDING: frozenset({IssueStatus.PAUSED, IssueStatus.CANCELLED, IssueStatus.DONE}),
    IssueStatus.PAUSED: frozenset({IssueStatus.SENDING, IssueStatus.CANCELLED}),
    IssueStatus.CANCELLED: frozenset(),
    IssueStatus.DONE: frozenset(),
}
OPEN = (IssueStatus.DRAFT, IssueStatus.APPROVED, IssueStatus.SCHEDULED)
ARCHIVED = (IssueStatus.SENDING, IssueStatus.PAUSED, IssueStatus.DONE)
"""What the archive lists. A cancelled issue keeps its page, for the readers who have its letter."""

RESERVED = frozenset({"archive", "asked", "confirm", "pictures", "preferences"})
"""Not an issue's address: pages of this room have these."""

MOST_SUBJECT, MOST_PREHEADER = 150, 250
"""Characters."""

LINK = "subscription"
"""The purpose under which a reader's own link is derived."""

TEST = "test"
"""In place of a reader's token in letters that only the desk sees."""

REQUEST_LASTS = timedelta(days=7)
ASKS_BY_VISITOR, VISITOR_WINDOW = 10, timedelta(hours=1)
ASKS_FOR_MAILBOX, LETTERS_TO_MAILBOX, MAILBOX_WINDOW = 3, 12, timedelta(days=1)
"""What one visitor may have sent to a mailbox in a day, and all visitors together."""


class Hold(StrEnum):
    """Why an approved issue was not sent."""

    CHANGED = "changed"
    PROBLEM = "problem"


class NotThisWay(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This cannot be done with the issue as it is now. Load the page again."))


class AlreadySent(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This issue has been sent; it no longer changes. Make a copy of it."))


class NotAsApproved(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The issue is no longer what was approved: a text, an event or the audience"
                " changed. Look at it and approve it again."
            )
        )


class NotReady(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Something is still wrong with this issue; the list says what."))


class ChangedElsewhere(Refusal):
    """The choices of a reader, since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your choices were changed after you opened the page, by you on another page or by"
                " us. Nothing is saved yet. Save once more if what stands here is to take the place"
                " of that."
            )
        )


def choices(subscription: Subscription) -> tuple[str, str, list[str]]:
    """What a reader has chosen: name, language, codes of topics."""
    person = subscription.person
    return person.name, person.language, sorted(theme.code for theme in subscription.themes)


class InThePast(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Choose a time that is still to come."))


def may_become(status: IssueStatus, wanted: IssueStatus) -> bool:
    return wanted in MOVES[status]


def may_change(issue: Issue) -> bool:
    """Until its sending begins."""
    return issue.status in OPEN


@dataclass(frozen=True, slots=True)
class Draft:
    """What an editor makes of an issue: all of it that an approval is bound to."""

    language: str
    subject: str
    preheader: str
    blocks: list[dict[str, Any]]
    theme_id: int | None
    is_one_language: bool


def plan(issue: Issue) -> tuple[object, ...]:
    """What whoever ends it has looked at: what was approved, and for when."""
    return issue.content_hash, issue.status.value, issue.send_at


def picture_keys(blocks: Sequence[Mapping[str, Any]]) -> set[str]:
    """The pictures that these blocks show."""
    return {str(block["picture"]) for block in blocks if block.get("picture")}


def draft_of(issue: Issue) -> Draft:
    return Draft(
        language=issue.language,
        subject=issue.subject,
        preheader=issue.preheader,
        blocks=issue.blocks,
        theme_id=issue.theme_id,
        is_one_language=issue.is_one_language,
    )


def arranged(blocks: list[dict[str, Any]], step: str) -> tuple[list[dict[str, Any]], str]:
    """The blocks after one step of the editor, and the key of the block it was about.

    Steps: `add:quote`, `up:3`, `down:3`, `remove:3`, where 3 is a block's key.
    """
    verb, _colon, what = step.partition(":")
    if verb == "add":
        key = str(max((int(block["key"]) for block in blocks), default=0) + 1)
        return [*blocks, {"kind": what, "key": key}], key
    place = next((i for i, block in enumerate(blocks) if block["key"] == what), None)
    if place is None:
        return blocks, ""
    rest = blocks[:place] + blocks[place + 1 :]
    if verb == "remove":
        return rest, rest[max(place - 1, 0)]["key"] if rest else ""
    other = max(0, place - 1 if verb == "up" else place + 1)
    return [*rest[:other], blocks[place], *rest[other:]], what


def seal(draft: Draft, letter: Body, sender: str) -> str:
    """SHA-256 of what will be sent, to whom and from whom; an approval holds for this alone."""
    audience = [draft.theme_id, draft.is_one_language, draft.language]
    whole = [letter.subject, letter.text, letter.html, audience, sender]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader fills in to subscribe."""

    email: str
    name: str
    language: str
    themes: tuple[str, ...]
    """Codes; none means every issue."""
    wording_version: str
    page: str
