"""Who an issue is for. Everyone it was meant for is counted, and who is left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from events_app.contacts.models import Consent, Person, Purpose
from events_app.core.db import db
from events_app.delivery.models import Scope, Suppression
from events_app.newsletters.models import (
    Issue,
    IssueReader,
    Subscription,
    SubscriptionStatus,
    subscription_theme,
)
from events_app.newsletters.rules import Draft


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose topics and language fit, each counted once."""

    readers: int = 0
    """Those that get the issue."""
    unsubscribed: int = 0
    without_consent: int = 0
    suppressed: int = 0
    """Their address bounced or complained, or was barred by hand."""

    @property
    def selected(self) -> int:
        return self.readers + self.unsubscribed + self.without_consent + self.suppressed


def counted(draft: Draft) -> Audience:
    found = _of(draft, _COUNTED_AS).subquery()
    counts = select(found.c.counted_as, func.count()).group_by(found.c.counted_as)
    return Audience(**dict(db.session.execute(counts).all()))


def reader_ids(draft: Draft) -> Select[Any]:
    """The ids of the subscriptions that get the issue."""
    return _of(draft, Subscription.id).where(_COUNTED_AS == "readers")


_CONSENTS = exists().where(
    Consent.person_id == Subscription.person_id,
    Consent.purpose == Purpose.NEWSLETTER,
    Consent.withdrawn_at.is_(None),
)


def without_consent(*, limit: int) -> Sequence[Subscription]:
    """Readers who get nothing, since they agree to nothing any more."""
    wanted = select(Subscription).where(
        Subscription.status == SubscriptionStatus.ACTIVE, ~_CONSENTS
    )
    return db.session.scalars(wanted.order_by(Subscription.id).limit(limit)).all()


_IS_BARRED = exists().where(
    Suppression.email_digest == Person.email_digest,
    Suppression.scope.in_((Scope.ALL, Scope.BULK)),
)
_COUNTED_AS = case(
    (Subscription.status != SubscriptionStatus.ACTIVE, "unsubscribed"),
    (~_CONSENTS, "without_consent"),
    (_IS_BARRED, "suppressed"),
    else_="readers",
).label("counted_as")
"""In the words of Audience. One expression, so that the database looks for each consent once."""


def _of(draft: Draft, *columns: Any) -> Select[Any]:
    """Of all whom it is meant for."""
    found = select(*columns).select_from(Subscription).join(Person)
    if draft.is_one_language:
        found = found.where(Person.language == draft.language)
    if draft.theme_id is not None:
        found = found.where(_wants(draft.theme_id))
    return found


def _wants(theme_id: int) -> ColumnElement[bool]:
    """A reader without topics of choice wants all of them."""
    chosen = select(subscription_theme.c.theme_id).where(
        subscription_theme.c.subscription_id == Subscription.id
    )
    return or_(exists(chosen.where(subscription_theme.c.theme_id == theme_id)), ~exists(chosen))


def copied(issue: Issue) -> int:
    """How many the frozen audience holds."""
    count = select(func.count()).select_from(IssueReader).where(IssueReader.issue_id == issue.id)
    return db.session.scalar(count) or 0


def waiting(issue: Issue, limit: int) -> list[tuple[IssueReader, Subscription]]:
    """Of the frozen audience, who has no letter in the outbox yet."""
    rows = db.session.execute(
        select(IssueReader, Subscription)
        .join(Subscription, Subscription.id == IssueReader.subscription_id)
        .where(IssueReader.issue_id == issue.id, IssueReader.is_queued.is_(False))
        .order_by(IssueReader.id)
        .limit(limit)
        .options(joinedload(Subscription.person))
    )
    return [(row[0], row[1]) for row in rows]


def totals() -> tuple[int, int]:
    """How many subscribe now, and how many have left."""
    row = db.session.execute(
        select(
            func.count().filter(Subscription.status == SubscriptionStatus.ACTIVE),
            func.count().filter(Subscription.status == SubscriptionStatus.UNSUBSCRIBED),
        ).select_from(Subscription)
    ).one()
    return row[0], row[1]
