"""Which issues can be read on the site."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.newsletters.models import Issue, IssueStatus

SENT = Issue.status == IssueStatus.DONE


def pages(most: int) -> Iterator[tuple[str, datetime | None]]:
    """Slug and when it was sent; the newest first."""
    wanted = select(Issue.slug, Issue.sent_at).where(SENT).limit(most)
    rows = db.session.execute(wanted.order_by(Issue.sent_at.desc(), Issue.id))
    for slug, sent_at in rows.yield_per(500):  # noqa: UP028 -- pairs, not rows
        yield slug, sent_at


def edition() -> str:
    """Another word whenever one of these pages came, went or changed."""
    number, latest = db.session.execute(
        select(func.count(), func.max(Issue.sent_at)).where(SENT)
    ).one()
    return f"{number}-{latest}"
