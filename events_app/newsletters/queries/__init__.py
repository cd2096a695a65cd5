from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import defer, joinedload, selectinload

from events_app.contacts import queries as contacts
from events_app.contacts.models import Person, Purpose
from events_app.core import text, tokens
from events_app.core.db import db
from events_app.core.errors import NoOwnPage, NotFoundError
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.rules import Record
from events_app.newsletters.models import (
    Issue,
    IssueReader,
    IssueStatus,
    Picture,
    Subscription,
    SubscriptionRequest,
    SubscriptionStatus,
)
from events_app.newsletters.rules import ARCHIVED, OPEN, REQUEST_LASTS, facts, picture_keys
from events_app.newsletters.rules.facts import EventFacts, PictureFacts
from events_app.registrations import queries as registrations
from events_app.themes.models import Theme

AT_ONCE = 200
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


def request_of(email: str) -> SubscriptionRequest:
    """The latest that this address was typed in. Raises NotFoundError."""
    found = db.session.scalars(
        select(SubscriptionRequest)
        .where(SubscriptionRequest.email == email)
        .order_by(SubscriptionRequest.id.desc())
    ).first()
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
        raise NoOwnPage
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


def reader(email: str) -> Subscription | None:
    """Who is subscribed, and has not withdrawn the consent to it."""
    known = active_subscription(email)
    return known if known and contacts.consent(known.person, Purpose.NEWSLETTER) else None


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


def issue(key: int) -> Issue:
    found = db.session.get(Issue, key)
    if found is None:
        raise NotFoundError
    return found


def issue_for_change(key: int) -> Issue:
    """The same, and nobody else changes it until this transaction ends."""
    found = db.session.get(Issue, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def issue_by_slug(slug: str) -> Issue:
    """A sent one, for readers."""
    found = db.session.scalar(select(Issue).where(Issue.slug == slug, Issue.sent_at.is_not(None)))
    if found is None:
        raise NotFoundError
    return found


def is_slug_free(slug: str, *, but: int) -> bool:
    return db.session.scalar(select(Issue.id).where(Issue.slug == slug, Issue.id != but)) is None


def event_facts(ids: Collection[int], language: str) -> dict[int, EventFacts]:
    """What issues say of these events, as the events are now."""
    if not ids:
        return {}
    wanted = (
        select(Event)
        .where(Event.id.in_(ids))
        .options(joinedload(Event.venue), joinedload(Event.lead_sector))
    )
    with text.speaking(language):
        return {event.id: facts.of_event(event) for event in db.session.scalars(wanted)}


def records(ids: Collection[int]) -> dict[int, Record]:
    """What is known of the days and hours of these events."""
    found = db.session.scalars(select(Event).where(Event.id.in_(ids))).all() if ids else []
    return registrations.records(found)


def begun(ids: Collection[int], *, by: datetime) -> Sequence[Event]:
    """Of these events those that go on as planned and have begun by then."""
    wanted = (
        select(Event)
        .where(Event.id.in_(ids), Event.status == EventStatus.PUBLISHED, Event.starts_at <= by)
        .order_by(Event.starts_at)
    )
    return db.session.scalars(wanted).all() if ids else []


def pictures(keys: Collection[str]) -> dict[str, PictureFacts]:
    if not keys:
        return {}
    found = db.session.scalars(select(Picture).where(Picture.key.in_(keys)))
    return {p.key: PictureFacts(key=p.key, width=p.width, height=p.height) for p in found}


def picture(key: str) -> Picture:
    found = db.session.scalar(select(Picture).where(Picture.key == key))
    if found is None:
        raise NotFoundError
    return found


def shown_pictures(keys: Collection[str]) -> set[str]:
    """Of these, the ones that any issue shows. All of them are read: there are some hundreds."""
    if not keys:
        return set()
    holding = select(Issue.blocks).execution_options(yield_per=AT_ONCE)
    return {key for blocks in db.session.scalars(holding) for key in picture_keys(blocks)} & {*keys}


def old_pictures(*, stored_before: datetime) -> set[str]:
    wanted = select(Picture.key).where(Picture.created_at < stored_before)
    return {*db.session.scalars(wanted)}


def open_issues() -> Sequence[Issue]:
    """That can still change, the latest change first."""
    return db.session.scalars(
        select(Issue)
        .where(Issue.status.in_(OPEN))
        .order_by(Issue.changed_at.desc(), Issue.id.desc())
        .limit(ARCHIVE_LENGTH)
        .options(joinedload(Issue.theme))
    ).all()


def about(words: str, limit: int) -> Sequence[Issue]:
    """With these words in the subject, the latest first."""
    return db.session.scalars(
        select(Issue)
        .where(Issue.subject.icontains(words, autoescape=True))
        .order_by(Issue.id.desc())
        .limit(limit)
        .options(defer(Issue.letter), defer(Issue.blocks))
    ).all()


def drafts_with(*event_ids: int) -> int:
    """How many issues that can still change tell of one of these events."""
    return len(open_with(*event_ids))


def open_with(*event_ids: int) -> list[Issue]:
    """Issues that can still change and tell of one of these events."""
    found = db.session.scalars(select(Issue).where(Issue.status.in_(OPEN)))
    return [
        issue for issue in found if any(block.get("event") in event_ids for block in issue.blocks)
    ]


def paused_issues(limit: int) -> Sequence[Issue]:
    """Whose sending a colleague or a refusing server stopped half-way."""
    return db.session.scalars(
        select(Issue)
        .where(Issue.status == IssueStatus.PAUSED)
        .order_by(Issue.id)
        .limit(limit)
        .options(defer(Issue.letter), defer(Issue.blocks))
    ).all()


def begun_issues() -> Sequence[Issue]:
    """Sent or being sent, the newest first."""
    return db.session.scalars(
        select(Issue)
        .where(Issue.sent_at.is_not(None))
        .order_by(Issue.sent_at.desc(), Issue.id.desc())
        .limit(ARCHIVE_LENGTH)
        .options(joinedload(Issue.theme), defer(Issue.letter))
    ).all()


def ids_of(*statuses: IssueStatus) -> Sequence[int]:
    return db.session.scalars(
        select(Issue.id).where(Issue.status.in_(statuses)).order_by(Issue.id)
    ).all()


def held_on(email: str, person: Person | None) -> dict[str, Any]:
    """What this room holds on an address, as plain values."""
    known = subscription_of(person) if person else None
    asked = select(SubscriptionRequest).where(SubscriptionRequest.email == email.strip().lower())
    return {
        "newsletter": {
            "status": known.status, "since": known.created_at, "ended_at": known.ended_at,
            "topics": [text.local(theme.name) for theme in known.themes],
            "issues": [
                {"subject": row.subject, "sent_at": row.sent_at} for row in _issues_for(known)
            ],
        }
        if known
        else None,
        "newsletter_requests": [
            {
                "name": each.name, "email": each.email, "language": each.language,
                "topics": each.themes, "page": each.page, "asked_at": each.asked_at,
                "wording_version": each.wording_version,
            }
            for each in db.session.scalars(asked)
        ],
    }  # fmt: skip


def _issues_for(subscription: Subscription) -> Sequence[Row[str, datetime | None]]:
    wanted = (
        select(Issue.subject, Issue.sent_at)
        .join(IssueReader, IssueReader.issue_id == Issue.id)
        .where(IssueReader.subscription_id == subscription.id)
        .order_by(Issue.id)
    )
    return db.session.execute(wanted).all()
