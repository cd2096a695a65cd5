from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.core.db import Base, Keyed
from events_app.core.letters import Stream


class State(StrEnum):
    READY = "ready"
    CLAIMED = "claimed"
    ATTEMPTING = "attempting"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class LetterBody(Keyed, Base):
    """What is the same for all readers of a letter; marks stand where their values go."""

    __tablename__ = "letter_body"
    fingerprint: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]


class OutboxMessage(Keyed, Base):
    """One letter to one reader. The row is the truth; it leaves only by these states."""

    __tablename__ = "outbox_message"
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    stream: Mapped[Stream]
    kind: Mapped[str]
    campaign: Mapped[str] = mapped_column(default="")
    body_id: Mapped[int] = mapped_column(ForeignKey("letter_body.id"))
    slots: Mapped[dict[str, Any] | None]
    """None once wiped."""
    to_email: Mapped[str] = mapped_column(index=True)
    to_name: Mapped[str]
    language: Mapped[str]
    reply_to: Mapped[str | None]
    unsubscribe: Mapped[str | None]
    calendar_method: Mapped[str | None]
    calendar: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_id: Mapped[str] = mapped_column(unique=True)
    """Fixed at insert: a second sending after a crash carries the same."""
    domain: Mapped[str]
    state: Mapped[State] = mapped_column(default=State.READY)
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    last_answer: Mapped[str | None]
    """What the mail server said last, in its own words."""
    is_resend: Mapped[bool] = mapped_column(default=False)

    body: Mapped[LetterBody] = relationship()

    __table_args__ = (
        Index("ix_outbox_message_due", "state", "stream", "not_before", "id"),
        Index("ix_outbox_message_campaign", "campaign", "state"),
        CheckConstraint("(owner IS NULL) = (lease_until IS NULL)", name="leased_by_someone"),
    )


class Scope(StrEnum):
    ALL = "all"
    BULK = "bulk"
    INVITATION = "invitation"


class Suppression(Keyed, Base):
    """An address that gets no more letters of a kind: it bounced, complained or objected."""

    __tablename__ = "suppression"
    email_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scope: Mapped[Scope]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("email_digest", "scope"),)


class SendingPause(Keyed, Base):
    """A stream or campaign that stands still, and why, in plain words."""

    __tablename__ = "sending_pause"
    subject: Mapped[str] = mapped_column(unique=True)
    """A stream's name, or `campaign:<name>`, or `domain:<name>`."""
    reason: Mapped[str]
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
