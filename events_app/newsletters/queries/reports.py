"""What became of an issue's letters."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State
from events_app.newsletters.models import Issue, IssueReader
from events_app.registrations.models import Registration
from events_app.registrations.rules import ALIVE

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


def registrations(issue: Issue, event_ids: Collection[int]) -> int:
    """How many registrations for these, its events, began in it and still stand."""
    found = db.session.scalar(
        select(func.count(Registration.id)).where(
            Registration.event_id.in_(event_ids),
            Registration.source == issue.source,
            Registration.status.in_(ALIVE),
        )
    )
    return found or 0


def troubled(campaign: str) -> Sequence[OutboxMessage]:
    """The letters that did not simply arrive, the uncertain ones first."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.campaign == campaign, OutboxMessage.state.in_(TROUBLE))
        .order_by(OutboxMessage.state.desc(), OutboxMessage.id)
        .limit(SHOWN)
    ).all()
