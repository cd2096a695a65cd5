from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.contacts.models import Organisation
from events_app.core import files
from events_app.core.db import Base, Keyed
from events_app.themes.models import Theme


class Preset(StrEnum):
    MEETING = "meeting"
    CONFERENCE = "conference"


class Ownership(StrEnum):
    OWN = "own"
    JOINT = "joint"
    EXTERNAL = "external"


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    DONE = "done"
    ARCHIVED = "archived"


class AttendanceMode(StrEnum):
    OFFLINE = "offline"
    ONLINE = "online"
    MIXED = "mixed"


class Venue(Keyed, Base):
    __tablename__ = "venue"
    name: Mapped[str]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    access_note: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Step-free entrance, lift, induction loop, parking place: what people need to know."""
    route_note: Mapped[dict[str, str]] = mapped_column(default=dict)

    region: Mapped[Theme | None] = relationship()


class EventSeries(Keyed, Base):
    __tablename__ = "event_series"
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)


event_theme = Table(
    "event_theme",
    Base.metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)


class Event(Keyed, Base):
    __tablename__ = "event"
    slug: Mapped[str] = mapped_column(unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("event_series.id"))
    edition: Mapped[int | None]
    preset: Mapped[Preset] = mapped_column(default=Preset.MEETING)
    ownership: Mapped[Ownership] = mapped_column(default=Ownership.OWN)
    status: Mapped[Status] = mapped_column(default=Status.DRAFT)
    is_listed: Mapped[bool] = mapped_column(default=True)
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]] = mapped_column(default=dict)
    """One or two sentences, for lists and cards."""
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Markdown."""
    audience: Mapped[dict[str, str]] = mapped_column(default=dict)
    """For whom, in one sentence."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(default="Europe/Amsterdam")
    attendance_mode: Mapped[AttendanceMode] = mapped_column(default=AttendanceMode.OFFLINE)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    stream_url: Mapped[str] = mapped_column(default="")
    """Given only to those registered."""
    external_url: Mapped[str] = mapped_column(default="")
    """Where an external event takes registrations."""
    cover_key: Mapped[str | None] = mapped_column(info=files.OWNER)
    """PNG in core.files."""
    cover_width: Mapped[int | None]
    cover_height: Mapped[int | None]
    cover_webp: Mapped[dict[str, str]] = mapped_column(default=dict, info=files.OWNER)
    """Width to key in core.files: the same picture for pages."""
    cover_alt: Mapped[dict[str, str]] = mapped_column(default=dict)
    cover_credit: Mapped[str] = mapped_column(default="")
    lead_sector_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    contact_email: Mapped[str] = mapped_column(default="")
    report: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Markdown; shown after the event."""
    cancel_note: Mapped[dict[str, str]] = mapped_column(default=dict)
    previous_starts_at: Mapped[datetime | None]
    previous_ends_at: Mapped[datetime | None]
    previous_place: Mapped[dict[str, str]] = mapped_column(default=dict)
    """`place` and `town`. These three: as readers knew them before the last change, if they did."""
    stood: Mapped[dict[str, str]] = mapped_column(default=dict)
    """rules.announced before the first change that is, or was last, told in one letter."""
    moved_since: Mapped[datetime | None]
    """When that first change was made."""
    tell_at: Mapped[datetime | None]
    """When who registered is told of these changes; None: nothing they know has changed."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts every change that readers can see; rooms above compare it with what they made."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    series: Mapped[EventSeries | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    lead_sector: Mapped[Theme | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=event_theme, order_by=Theme.position)
    partners: Mapped[list["EventPartner"]] = relationship(
        order_by="EventPartner.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("uq_event_edition", "series_id", "edition", unique=True),
        Index("ix_event_agenda", "is_listed", "starts_at", "id", "status", "ends_at"),
        Index("ix_event_starts", "starts_at", "id"),
        Index(
            "ix_event_tell",
            "tell_at",
            sqlite_where=text("tell_at IS NOT NULL"),
            postgresql_where=text("tell_at IS NOT NULL"),
        ),
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
    )


class PartnerRole(StrEnum):
    CO_HOST = "co_host"
    PARTNER = "partner"
    FUNDER = "funder"


class EventPartner(Keyed, Base):
    """An organisation in an event's sender bar."""

    __tablename__ = "event_partner"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartnerRole] = mapped_column(default=PartnerRole.CO_HOST)
    position: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()
