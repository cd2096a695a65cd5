from datetime import datetime
from email.utils import make_msgid

from sqlalchemy import insert, select

from events_app.core import links, queue
from events_app.core.db import db
from events_app.core.letters import Body, Letter
from events_app.delivery.models import LetterBody, OutboxMessage, State


def enqueue(
    letter: Letter, *, dedupe_key: str, now: datetime, not_before: datetime | None = None
) -> None:
    """Write the letter's row in the caller's transaction; it leaves after the commit.

    `dedupe_key` is unique for ever: the same letter twice is refused by the database.
    """
    db.session.execute(
        insert(OutboxMessage).values(
            dedupe_key=dedupe_key,
            stream=letter.stream,
            kind=letter.kind,
            campaign=letter.campaign,
            body_id=body_id(letter.body),
            slots={name: list(value) for name, value in letter.slots.items()},
            to_email=letter.to,
            to_name=letter.to_name,
            language=letter.language,
            reply_to=letter.reply_to,
            unsubscribe=letter.unsubscribe,
            calendar_method=letter.calendar.method if letter.calendar else None,
            calendar=letter.calendar.content if letter.calendar else None,
            message_id=make_msgid(domain=links.host()),
            domain=letter.to.rpartition("@")[2].lower(),
            state=State.READY,
            attempts=0,
            not_before=not_before or now,
            created_at=now,
            is_resend=False,
        )
    )
    queue.kick("delivery.drain")


def body_id(body: Body) -> int:
    """The row of this body; the same body is kept once."""
    fingerprint = body.fingerprint
    known = db.session.scalar(select(LetterBody.id).where(LetterBody.fingerprint == fingerprint))
    if known:
        return known
    row = LetterBody(fingerprint=fingerprint, subject=body.subject, text=body.text, html=body.html)
    db.session.add(row)
    db.session.flush()  # for the id
    return row.id
