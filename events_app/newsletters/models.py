from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.accounts.models import StaffMember
from events_app.contacts.models import Person
from events_app.core.db import Base, Keyed
from events_app.themes.models import Theme

subscription_theme = Table(
    "subscription_theme",
    Base.metadata,
    Column("subscription_id", ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)


class SubscriptionStatus(StrEnum):
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class Subscription(Keyed, Base):
    """A reader. The row is made by the click on the confirmation link, never before."""

    __tablename__ = "subscription"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    status: Mapped[SubscriptionStatus] = mapped_column(default=SubscriptionStatus.ACTIVE)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=subscription_theme)
    """None chosen: every issue."""

    __table_args__ = (Index("ix_subscription_status", "status", "id"),)


class IssueStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Issue(Keyed, Base):
    __tablename__ = "issue"
    slug: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(default="nl")
    subject: Mapped[str]
    preheader: Mapped[str] = mapped_column(default="")
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"kind": "quote", …fields}] in order; the shapes stand in blocks/."""
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    """The audience: readers of this theme, or everyone."""
    status: Mapped[IssueStatus] = mapped_column(default=IssueStatus.DRAFT)
    content_hash: Mapped[str | None]
    """What was approved: content, audience and sender. An edit voids it."""
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_at: Mapped[datetime | None]
    send_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """At the freeze: selected, inserted, left out by reason."""
    web_html: Mapped[str | None]
    """The web version as sent."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    theme: Mapped[Theme | None] = relationship()
    approved_by: Mapped[StaffMember | None] = relationship()
    __table_args__ = (Index("ix_issue_status", "status", "sent_at"),)


class IssueReader(Keyed, Base):
    """The frozen audience of an issue."""

    __tablename__ = "issue_reader"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"))
    is_queued: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("issue_id", "subscription_id"),
        Index("ix_issue_reader_next", "issue_id", "is_queued", "id"),
    )
