"""What became of an issue's letters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.queries import progress
from events_app.delivery.rules import UNSENT
from events_app.newsletters.models import (
    Issue,
    IssueReader,
    IssueStatus,
    Subscription,
    SubscriptionStatus,
)
from events_app.registrations.models import Registration
from events_app.registrations.rules import ALIVE

SHOWN = 100
TROUBLE = (State.UNCERTAIN, State.FAILED, State.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The readers of the frozen audience by what became of their letter: each is counted once."""

    readers: int
    accepted: int
    kept: int
    waiting: int
    deferred: int
    failed: int
    uncertain: int
    stoppable: int
    """Of those that wait or are deferred: one that is being handed over leaves."""

    @property
    def over(self) -> int:
        return self.readers - self.waiting - self.deferred

    @property
    def not_sent(self) -> int:
        """Withdrawn, or never written since its reader left before."""
        left = self.accepted + self.kept + self.failed + self.uncertain
        return max(self.over - left, 0)


def figures(issue: Issue, campaign: str) -> Figures:
    states = dict.fromkeys(State, 0) | progress(campaign)
    unwritten = to_be_written(issue)
    return Figures(
        readers=issue.counts.get("inserted", 0),
        accepted=states[State.ACCEPTED],
        kept=states[State.KEPT],
        waiting=unwritten
        + states[State.READY] + states[State.CLAIMED] + states[State.ATTEMPTING],
        deferred=states[State.DEFERRED],
        failed=states[State.FAILED],
        uncertain=states[State.UNCERTAIN],
        stoppable=unwritten + sum(states[state] for state in UNSENT),
    )  # fmt: skip


def to_be_written(issue: Issue) -> int:
    """How many of the frozen audience still get a row in the outbox."""
    if issue.status is IssueStatus.CANCELLED:
        return 0
    unwritten = (
        select(func.count())
        .select_from(IssueReader)
        .join(Subscription, Subscription.id == IssueReader.subscription_id)
        .where(
            IssueReader.issue_id == issue.id,
            IssueReader.is_queued.is_(False),
            Subscription.status == SubscriptionStatus.ACTIVE,
        )
    )
    return db.session.scalar(unwritten) or 0


def registrations(issue: Issue, event_ids: Collection[int]) -> int:
    """How many registrations for these, its events, came from it and have or want a place."""
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
