from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.core import render
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
    KEPT = "kept"
    """No mail server is set: the letter stays in the inbox page and never leaves."""


class Reason(StrEnum):
    """The reason of a letter's state; the desk puts it in a sentence."""

    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    POLICY = "policy"
    NO_SUCH_ADDRESS = "no_such_address"
    BAD_ADDRESS = "bad_address"
    GAVE_UP = "gave_up"
    SILENCE = "silence"
    """The server did not answer after the last byte: the letter may have arrived."""
    DEAD_WORKER = "dead_worker"
    SETTLED = "settled"
    """A person said that it arrived."""
    UNWANTED = "unwanted"
    """It may have arrived, and is not sent again: it was stopped, or the reader left."""
    RESTORED = "restored"
    """A backup was put back in which it waited: it may have left after the backup was made."""
    UNBUILT = "unbuilt"
    """The letter could not be made; the log says why."""


class LetterBody(Keyed, Base):
    """What is the same for all readers of a letter, with marks where their values go."""

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
    slots: Mapped[dict[str, Any]]
    to_email: Mapped[str]
    to_name: Mapped[str]
    to_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Finds the letters of an address; zeros once the letter is wiped."""
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
    changed_at: Mapped[datetime]
    """Of the state."""
    accepted_at: Mapped[datetime | None]
    why: Mapped[Reason | None]
    last_answer: Mapped[str | None]
    """What the mail server said last, in its own words."""
    is_resend: Mapped[bool] = mapped_column(default=False)
    is_wiped: Mapped[bool] = mapped_column(default=False)
    """Only the fact of the letter is left."""

    body: Mapped[LetterBody] = relationship()

    @property
    def subject(self) -> str:
        values = {name: value for name, (_kind, value) in self.slots.items()}
        return " ".join(render.fill(self.body.subject, values).split())

    __table_args__ = (
        Index("ix_outbox_message_due", "state", "stream", "campaign", "not_before", "id"),
        Index("ix_outbox_message_changed", "is_wiped", "state", "changed_at", "id"),
        Index("ix_outbox_message_campaign", "campaign", "state"),
        CheckConstraint("(owner IS NULL) = (lease_until IS NULL)", name="leased_by_someone"),
    )


class Mention(Keyed, Base):
    """Somebody whom a letter is about, though it did not go to the address that they have. It goes
    with what is personal in the letter.
    """

    __tablename__ = "mention"
    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True
    )
    who: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """A digest of their address (rules.address_digest) or code."""
    slot: Mapped[str] = mapped_column(default="")
    """Where the letter names them. Empty: they are its reader, at an address that they had then."""
    name: Mapped[str] = mapped_column(default="")
    """As it is written there."""


class Scope(StrEnum):
    ALL = "all"
    BULK = "bulk"
    INVITATION = "invitation"


class SuppressionReason(StrEnum):
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OBJECTED = "objected"
    BY_HAND = "by_hand"


class Suppression(Keyed, Base):
    """An address that gets no more letters of a kind: it bounced, complained or objected."""

    __tablename__ = "suppression"
    email_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scope: Mapped[Scope]
    reason: Mapped[SuppressionReason]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("email_digest", "scope"),)


class PauseReason(StrEnum):
    BY_HAND = "by_hand"
    LOGIN_REFUSED = "login_refused"
    SENDER_REFUSED = "sender_refused"
    NOT_SECURE = "not_secure"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    SLOW_DOMAIN = "slow_domain"
    RESTORED = "restored"
    """A backup was put back: what it holds as waiting may have left since it was made."""
    RESTORED_BLIND = "restored_blind"
    """And it is not known who unsubscribed or objected since."""


class SendingPause(Keyed, Base):
    """What is paused, and why: while the row is there and `until` has not passed."""

    __tablename__ = "sending_pause"
    subject: Mapped[str] = mapped_column(unique=True)
    """`all`, or as written by rules: `stream:bulk`, `campaign:issue:7`, `domain:example.org`."""
    reason: Mapped[PauseReason]
    detail: Mapped[str] = mapped_column(default="")
    """The server's own words, if it said any."""
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    """None: until a person resumes it."""
