from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.contacts.models import Person
from events_app.core.db import Base, Keyed
from events_app.events.models import Event
from events_app.registrations.models import Allotment, Registration
from events_app.themes.models import Theme


class Ambassador(Keyed, Base):
    __tablename__ = "ambassador"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    """What they are, such as: director of a regional training company."""
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    quota: Mapped[int] = mapped_column(default=20)
    """Invitations per event."""
    is_active: Mapped[bool] = mapped_column(default=True)
    is_public: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)

    person: Mapped[Person] = relationship()
    sector: Mapped[Theme | None] = relationship(foreign_keys=[sector_id])
    region: Mapped[Theme | None] = relationship(foreign_keys=[region_id])


class GuestPlaces(Keyed, Base):
    """Places of one event that are held for the guests of an ambassador."""

    __tablename__ = "guest_places"
    ambassador_id: Mapped[int] = mapped_column(ForeignKey("ambassador.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    allotment_id: Mapped[int] = mapped_column(
        ForeignKey("allotment.id", ondelete="CASCADE"), unique=True
    )

    event: Mapped[Event] = relationship()
    allotment: Mapped[Allotment] = relationship()

    __table_args__ = (UniqueConstraint("ambassador_id", "event_id"),)


class Status(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Invitation(Keyed, Base):
    """A personal invitation to one event, in an ambassador's name."""

    __tablename__ = "invitation"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ambassador_id: Mapped[int | None] = mapped_column(
        ForeignKey("ambassador.id", ondelete="SET NULL")
    )
    """None: we no longer know who invited."""
    name: Mapped[str]
    email: Mapped[str]
    """Empty once the guest is wiped; until the event is over a mark that only the address makes."""
    organisation: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="nl")
    words: Mapped[str] = mapped_column(default="")
    """The ambassador's own words to this guest; plain text."""
    address_source: Mapped[str]
    """Where the address comes from; the letter says it."""
    status: Mapped[Status] = mapped_column(default=Status.DRAFT)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    ambassador: Mapped[Ambassador | None] = relationship()
    registration: Mapped[Registration | None] = relationship()

    __table_args__ = (
        Index(
            "uq_invitation_once",
            "event_id",
            "email",
            unique=True,
            sqlite_where=text("email != ''"),
            postgresql_where=text("email != ''"),
        ),
        Index(
            "ix_invitation_held",
            "email",
            "event_id",
            sqlite_where=text("email != ''"),
            postgresql_where=text("email != ''"),
        ),
        Index("ix_invitation_ambassador", "ambassador_id", "event_id", "status"),
    )
