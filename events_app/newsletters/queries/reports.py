"""What became of an issue's letters."""

from collections.abc import Sequence

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State
from events_app.newsletters.models import Issue, IssueReader

SHOWN = 100
TROUBLE = (State.UNCERTAIN, State.FAILED, State.DEFERRED)


def waiting(issue: Issue) -> int:
    """Readers of the frozen audience without a letter in the outbox yet."""
    return (
        db.session.scalar(
            select(func.count()).where(
                IssueReader.issue_id == issue.id, IssueReader.is_queued.is_(False)
            )
        )
        or 0
    )


def troubled(campaign: str) -> Sequence[OutboxMessage]:
    """The letters that did not simply arrive, the uncertain ones first."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.campaign == campaign, OutboxMessage.state.in_(TROUBLE))
        .order_by(OutboxMessage.state.desc(), OutboxMessage.id)
        .limit(SHOWN)
    ).all()
