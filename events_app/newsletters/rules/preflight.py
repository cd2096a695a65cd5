"""What keeps an issue from being sent, each in a sentence that says what to do."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString

from events_app.core import weekdays
from events_app.core.text import lazy as _
from events_app.events.rules import Record, Said, misfits
from events_app.newsletters.rules import Draft

LARGEST = 100_000
"""Bytes of HTML; Gmail cuts a letter off a little above that."""


@dataclass(frozen=True, slots=True)
class Problem:
    sentence: LazyString
    key: str = ""
    """Of the block; empty for the issue itself."""


def of_issue(draft: Draft, *, size: int, readers: int, today: date) -> Iterator[Problem]:
    if not draft.subject:
        yield Problem(_("The newsletter has no subject."))
    if not draft.preheader:
        yield Problem(_("The newsletter has no introduction: the sentence after the subject."))
    if not draft.blocks:
        yield Problem(_("The newsletter has no blocks."))
    for found in weekdays.wrong(f"{draft.subject}. {draft.preheader}", today=today):
        yield Problem(wrong_weekday(found))
    if size > LARGEST:
        yield Problem(
            _(
                "The e-mail is too large (%(size)d KB). Above 100 KB mail programs cut it off."
                " Take out a few blocks.",
                size=round(size / 1000),
            )
        )
    if readers == 0:
        yield Problem(_("Nobody would receive this newsletter. Choose another audience."))


def doubts_of_issue(draft: Draft, known: Collection[Record]) -> Iterator[Problem]:
    """Days and hours that fit none of its events."""
    for where, words in ((_("Subject"), draft.subject), (_("Introduction"), draft.preheader)):
        for sentence in misfits(Said(where, words), list(known)):
            yield Problem(sentence)


def wrong_weekday(found: str) -> LazyString:
    return _("“%(date)s”: the weekday does not fit the date.", date=found)
