"""Which issues can be read on the site."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select

from events_app.core.db import db
from events_app.newsletters.models import Issue, IssueStatus

SENT = Issue.status == IssueStatus.DONE


def count() -> int:
    return db.session.scalar(select(func.count(Issue.id)).where(SENT)) or 0


def pages(first: int, most: int) -> Sequence[Row[str, datetime | None]]:
    """Slug and when it was sent, in the order in which they were made."""
    wanted = select(Issue.slug, Issue.sent_at).where(SENT)
    return db.session.execute(wanted.order_by(Issue.id).offset(first).limit(most)).all()
