"""Issues are made, saved, copied and thrown away; nothing of this sends."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from textwrap import shorten
from typing import Any

from sqlalchemy import delete

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.core import files, pictures, text
from events_app.core.db import db, let_go
from events_app.core.text import _
from events_app.events import queries as events
from events_app.newsletters import blocks as blocks_
from events_app.newsletters import queries, rules
from events_app.newsletters.models import Issue, IssueStatus, Picture
from events_app.newsletters.rules import Draft, facts
from events_app.newsletters.rules.facts import PictureFacts

TOLD = 4
"""Coming events in an issue that begins with them."""
LETTER_WIDTH = 1200
"""Pixels: twice the column, for sharp screens."""


def create(language: str, *, by: StaffMember, now: datetime) -> Issue:
    issue = Issue(slug=f"new-{now.timestamp():.6f}", language=language, blocks=[],
                  changed_by=by.name, created_at=now, changed_at=now)  # fmt: skip
    db.session.add(issue)
    db.session.flush()
    issue.slug = _slug(issue, "", now)
    note("newsletters.created", issue, issue.slug, by=by, now=now)
    return issue


def begin(language: str, *, by: StaffMember, now: datetime) -> Issue:
    """A new draft of what is coming up, that can be sent as it is; empty when nothing is.

    A long title or summary is shortened, which an ellipsis shows.
    """
    issue = create(language, by=by, now=now)
    coming = events.coming(now, TOLD)
    if coming:
        with text.speaking(language):
            subject = _("Coming up: %(title)s", title=text.local(coming[0].title))
            issue.subject = shorten(subject, rules.MOST_SUBJECT, placeholder="…")
            summary = text.local(coming[0].summary)
            issue.preheader = shorten(summary, rules.MOST_PREHEADER, placeholder="…")
            heading = {"kind": "heading", "key": "1", "words": _("Coming up")}
        shown = [
            {"kind": "event", "key": str(number), "event": event.id, "note": ""}
            for number, event in enumerate(coming, 2)
        ]
        issue.blocks = _seen([heading, *shown], language)
        issue.slug = _slug(issue, issue.subject, now)
    return issue


def copy(issue: Issue, *, by: StaffMember, now: datetime) -> Issue:
    """A new draft with the same blocks; events are in it as they are now."""
    made = create(issue.language, by=by, now=now)
    made.subject, made.preheader = issue.subject, issue.preheader
    made.theme_id, made.is_one_language = issue.theme_id, issue.is_one_language
    bare = [{k: v for k, v in b.items() if k != "seen"} for b in issue.blocks]
    made.blocks = _seen(bare, issue.language)
    made.slug = _slug(made, made.subject, now)
    return made


def save(issue: Issue, draft: Draft, *, by: StaffMember, now: datetime) -> None:
    """Keep what an editor made of it."""
    if not rules.may_change(issue):
        raise rules.AlreadySent
    if draft.language != issue.language:
        draft.blocks[:] = _in_other_words(draft.blocks, issue.language)
    draft.blocks[:] = _seen(draft.blocks, draft.language)
    if draft == rules.draft_of(issue):
        return
    if issue.status is not IssueStatus.DRAFT:
        note("newsletters.approval_voided", issue, issue.subject, by=by, now=now)
        void(issue)
    issue.held_because = None
    issue.slug = _slug(issue, draft.subject, now)
    issue.language, issue.subject, issue.preheader = draft.language, draft.subject, draft.preheader
    issue.blocks = list(draft.blocks)
    issue.theme_id, issue.is_one_language = draft.theme_id, draft.is_one_language
    issue.version += 1
    issue.changed_by, issue.changed_at = by.name, now


def void(issue: Issue) -> None:
    """The approval holds no more."""
    issue.status = IssueStatus.DRAFT
    issue.content_hash = issue.approved_by_id = issue.approved_at = issue.send_at = None


def throw_away(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    if not rules.may_change(issue):
        raise rules.AlreadySent
    note("newsletters.thrown_away", issue, issue.subject or issue.slug, by=by, now=now)
    keys = rules.picture_keys(issue.blocks)
    db.session.delete(issue)
    _show_no_more(keys - queries.shown_pictures(keys), now=now)


def forget_event(event_id: int) -> None:
    """Blocks about an event that is removed lose it, which is nowhere any more."""
    for issue in queries.open_with(event_id):
        issue.blocks = [
            {name: value for name, value in block.items() if name not in ("event", "seen")}
            if block.get("event") == event_id
            else block
            for block in issue.blocks
        ]
        issue.version += 1


def developed(data: bytes) -> PictureFacts:
    """Make the picture safe and keep it as a file. Takes a second, outside any transaction.

    Raises PictureRefused.
    """
    let_go()
    jpeg, width, height = pictures.as_jpeg(data, LETTER_WIDTH)
    return PictureFacts(files.keep(jpeg), width, height)


def show_to_all(picture: PictureFacts, *, now: datetime) -> None:
    """Letters and pages may show this file from now on."""
    if not queries.pictures([picture.key]):
        made = Picture(mime="image/jpeg", created_at=now, **asdict(picture))
        db.session.add(made)


def forget_pictures(*, now: datetime) -> None:
    """Those that no issue shows any more. Not of today: somebody may still be saving one."""
    keys = queries.old_pictures(stored_before=now - files.GRACE)
    _show_no_more(keys - queries.shown_pictures(keys), now=now)


def _show_no_more(keys: Collection[str], *, now: datetime) -> None:
    """From now on nobody gets these pictures."""
    db.session.execute(delete(Picture).where(Picture.key.in_(keys)))
    files.release(keys, now=now)


def _in_other_words(blocks: list[dict[str, Any]], was: str) -> list[dict[str, Any]]:
    """After a change of language: blocks whose event had not changed count as looked at again."""
    then = queries.event_facts({int(b["event"]) for b in blocks if b.get("event")}, was)
    return [
        {name: value for name, value in block.items() if name != "seen"}
        if block.get("event") in then and not blocks_.is_overtaken([block], then)
        else block
        for block in blocks
    ]


def _seen(blocks: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """An event that was just chosen, or looked at anew, is seen as it is now."""
    fresh = {int(b["event"]) for b in blocks if b.get("event") and not b.get("seen")}
    now = queries.event_facts(fresh, language)
    return [
        block | {"seen": facts.mark(now[int(block["event"])])}
        if block.get("event") in now and not block.get("seen")
        else block
        for block in blocks
    ]


def _slug(issue: Issue, subject: str, now: datetime) -> str:
    """Of the subject while it can change: no reader has it yet."""
    base = text.slug(subject) or f"{now:%Y-%m}"
    wanted, number = base, 1
    while wanted in rules.RESERVED or not queries.is_slug_free(wanted, but=issue.id):
        number += 1
        wanted = f"{base}-{number}"
    return wanted
