from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.accounts.models import StaffMember
from events_app.contacts.models import Person
from events_app.core import files, tokens
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


class SubscriptionRequest(Keyed, Base):
    """Asked for and not yet confirmed: nobody's subscription. Gone after the click, or in a week.

    A row and not a signed link, since an address does not belong in a link that servers log.
    """

    __tablename__ = "subscription_request"
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    themes: Mapped[list[str]]
    """Codes."""
    wording_version: Mapped[str]
    page: Mapped[str]
    """The address of the form, without its host."""
    asked_at: Mapped[datetime] = mapped_column(index=True)


def new_source() -> str:
    """Says nothing, so that it can stay when the subject changes."""
    return tokens.new_code("nl", 7)


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
    source: Mapped[str] = mapped_column(default=new_source)
    """What a registration that begins in its letter says of where it came from."""
    language: Mapped[str] = mapped_column(default="nl")
    subject: Mapped[str] = mapped_column(default="")
    preheader: Mapped[str] = mapped_column(default="")
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"kind": "quote", …fields}] in order; the shapes are in blocks/."""
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    """The audience: readers of this theme, or everyone."""
    is_one_language: Mapped[bool] = mapped_column(default=False)
    """Only for readers who chose the issue's language."""
    status: Mapped[IssueStatus] = mapped_column(default=IssueStatus.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    """Counts the saves: a save over somebody else's is refused."""
    content_hash: Mapped[str | None]
    """What was approved: content, audience and sender. An edit voids it."""
    approved_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_member.id", ondelete="SET NULL")
    )
    approved_at: Mapped[datetime | None]
    held_because: Mapped[str | None]
    """A word of rules.Hold: why a scheduled sending was called off by itself, or, while it is
    still scheduled, why it would be.
    """
    send_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """When its sending began; from then on nothing in the issue changes."""
    letter: Mapped[dict[str, str] | None]
    """As sent: subject, text and HTML, with marks for what differs by reader."""
    events: Mapped[dict[str, Any] | None]
    """As sent: the facts of each event by id, to set beside what they became."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many were selected, inserted, and left out by reason, when the audience was frozen."""
    changed_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    theme: Mapped[Theme | None] = relationship()
    approved_by: Mapped[StaffMember | None] = relationship()
    __table_args__ = (
        Index("ix_issue_status", "status", "sent_at"),
        Index("uq_issue_source", "source", unique=True),
    )


class IssueReader(Keyed, Base):
    """The frozen audience of an issue."""

    __tablename__ = "issue_reader"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), index=True
    )
    is_queued: Mapped[bool] = mapped_column(default=False)
    """Has its letter in the outbox, or left before it was written."""
    __table_args__ = (
        UniqueConstraint("issue_id", "subscription_id"),
        Index("ix_issue_reader_next", "issue_id", "is_queued", "id"),
    )


class Picture(Keyed, Base):
    """A picture that letters and web versions show: only these files are served to everyone."""

    __tablename__ = "issue_picture"
    key: Mapped[str] = mapped_column(unique=True, info=files.OWNER)
    """In core.files."""
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
