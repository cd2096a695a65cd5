from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from events_app.contacts.models import Person
from events_app.core import tokens
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.newsletters.models import (
    Issue,
    Subscription,
    SubscriptionRequest,
    SubscriptionStatus,
)
from events_app.newsletters.rules import ARCHIVED, REQUEST_LASTS
from events_app.themes.models import Theme

ARCHIVE_LENGTH = 120
"""Ten years of months."""


def request_by_token(token: str, *, now: datetime) -> SubscriptionRequest:
    """Raises NotFoundError when it was used, is too old or never was."""
    found = db.session.scalar(
        select(SubscriptionRequest).where(
            SubscriptionRequest.token_digest == tokens.digest(token),
            SubscriptionRequest.asked_at > now - REQUEST_LASTS,
        )
    )
    if found is None:
        raise NotFoundError
    return found


def subscription_by_link(token: str) -> Subscription:
    found = db.session.scalar(
        select(Subscription)
        .where(Subscription.link_digest == tokens.digest(token))
        .options(joinedload(Subscription.person), selectinload(Subscription.themes))
    )
    if found is None:
        raise NotFoundError
    return found


def active_subscription(email: str) -> Subscription | None:
    return db.session.scalar(
        select(Subscription)
        .join(Subscription.person)
        .where(
            Person.email == email.strip().lower(),
            Subscription.status == SubscriptionStatus.ACTIVE,
        )
        .options(joinedload(Subscription.person))
    )


def subscription_of(person: Person) -> Subscription | None:
    return db.session.scalar(select(Subscription).where(Subscription.person_id == person.id))


def themes(codes: Collection[str]) -> Sequence[Theme]:
    if not codes:
        return []
    return db.session.scalars(
        select(Theme).where(Theme.code.in_(codes)).order_by(Theme.position, Theme.id)
    ).all()


def archive() -> Sequence[Issue]:
    """The newest issues that were sent."""
    return db.session.scalars(
        select(Issue)
        .where(Issue.status.in_(ARCHIVED))
        .order_by(Issue.sent_at.desc(), Issue.id.desc())
        .limit(ARCHIVE_LENGTH)
        .options(joinedload(Issue.theme), defer(Issue.letter))
    ).all()
