from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.core.db import Base, Keyed


class Role(StrEnum):
    OWNER = "owner"
    ORGANISER = "organiser"
    EDITOR = "editor"
    DOOR = "door"


class StaffMember(Keyed, Base):
    """Someone with a seat at the desk."""

    __tablename__ = "staff_member"
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    name: Mapped[str]
    role: Mapped[Role]
    language: Mapped[str] = mapped_column(default="nl")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    """When they last signed in."""


class DeskSession(Base):
    """A browser that is signed in. Without its row the cookie opens nothing, whoever holds it."""

    __tablename__ = "desk_session"
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_member.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[datetime] = mapped_column(index=True)


class SignInLink(Keyed, Base):
    """Someone asked to sign in. Written for every address alike, so that asking tells nothing."""

    __tablename__ = "sign_in_link"
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_member.id", ondelete="CASCADE"), index=True
    )
    """None: nobody with that address has a seat, and nobody is written to."""
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    browser_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Of the browser that asked; None for a link that was made on the server itself."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    mailed_at: Mapped[datetime | None]
    is_withheld: Mapped[bool] = mapped_column(default=False)
    """No letter went, for the mailbox had enough of them. The browser may use one of those."""
    used_at: Mapped[datetime | None]

    staff: Mapped[StaffMember | None] = relationship()


class JournalEntry(Keyed, Base):
    """Who did what, when, to what; before and after.

    Only whom it was about is taken out on request; the line goes after its term.
    """

    __tablename__ = "journal_entry"
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))
    actor: Mapped[str]
    """The name at that time, or what acted by itself."""
    verb: Mapped[str]
    """Such as events.published."""
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    subject_label: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

    # each filter of the journal page, in the page's order
    __table_args__ = (
        Index("ix_journal_entry_at", "at", "id"),
        Index("ix_journal_entry_staff", "staff_id", "at", "id"),
        Index("ix_journal_entry_kind", "subject_kind", "at", "id"),
        Index("ix_journal_entry_subject", "subject_kind", "subject_id", "at", "id"),
    )
