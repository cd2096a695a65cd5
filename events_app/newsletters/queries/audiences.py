"""Who an issue is for. Everyone it was meant for is counted, and who is left out and why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
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
    selected: int
    """Whose topics and language fit, whatever else is true of them."""
    unsubscribed: int
    suppressed: int
    """Their address bounced or complained, or was barred by hand."""
    without_consent: int

    @property
    def readers(self) -> int:
        return self.selected - self.unsubscribed - self.suppressed - self.without_consent


def counted(draft: Draft) -> Audience:
    unsubscribed, consents, barred = _left()
    reasons = (
        unsubscribed,
        and_(~unsubscribed, consents, barred),
        and_(~unsubscribed, ~consents),
    )
    counts = (func.count().filter(reason) for reason in reasons)
    return Audience(*db.session.execute(_of(draft, func.count(), *counts)).one())


def reader_ids(draft: Draft) -> Select[Any]:
    """The ids of the subscriptions that get the issue."""
    unsubscribed, consents, barred = _left()
    return _of(draft, Subscription.id).where(~unsubscribed, consents, ~barred)


def _of(draft: Draft, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(Subscription).join(Person).where(_fits(draft))


def _fits(draft: Draft) -> ColumnElement[bool]:
    """A reader without topics of choice wants all of them."""
    language = Person.language == draft.language if draft.is_one_language else true()
    if draft.theme_id is None:
        return language
    chosen = select(subscription_theme.c.theme_id).where(
        subscription_theme.c.subscription_id == Subscription.id
    )
    wants = exists(chosen.where(subscription_theme.c.theme_id == draft.theme_id))
    return and_(language, or_(wants, ~exists(chosen)))


def _left() -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """Unsubscribed; has consented; is barred from newsletters."""
    consents = exists().where(
        Consent.person_id == Subscription.person_id,
        Consent.purpose == Purpose.NEWSLETTER,
        Consent.withdrawn_at.is_(None),
    )
    barred = exists().where(
        Suppression.email_digest == Subscription.address_digest,
        Suppression.scope.in_((Scope.ALL, Scope.BULK)),
    )
    return Subscription.status != SubscriptionStatus.ACTIVE, consents, barred


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
