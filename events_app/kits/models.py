from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.contacts.models import Organisation
from events_app.core import files
from events_app.core.db import Base, Keyed
from events_app.events.models import Event


class KitStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Kit(Keyed, Base):
    """One message; every partner downloads it in its own brand."""

    __tablename__ = "kit"
    code: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    status: Mapped[KitStatus] = mapped_column(default=KitStatus.DRAFT)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the organiser wrote over the event's own words, by field and language."""
    embargo_until: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    differs_since: Mapped[datetime | None]
    """When a sender's name, logo or place was first seen to be another than in the version."""

    event: Mapped[Event] = relationship()


class KitVersion(Keyed, Base):
    __tablename__ = "kit_version"
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id", ondelete="CASCADE"))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(info=files.OWNER)
    """By language, frozen: the kit can be rebuilt from this alone."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The kit's own words that are in it. Those of the kit may have been edited since."""
    event_revision: Mapped[int]
    content_hash: Mapped[str]
    changes: Mapped[list[str]] = mapped_column(default=list)
    """The fields that differ from the version before."""
    published_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When partners with older files were told; None: they still must be."""

    kit: Mapped[Kit] = relationship()
    __table_args__ = (
        UniqueConstraint("kit_id", "number"),
        Index("ix_kit_version_told", "told_at"),
    )


class RenderedFile(Keyed, Base):
    """A file kept by the hash of what it was made from; nothing is rendered twice."""

    __tablename__ = "rendered_file"
    input_hash: Mapped[str]
    role: Mapped[str]
    suffix: Mapped[str]
    """The end of its name; the rest tells of date, subject and version."""
    media_type: Mapped[str]
    file_key: Mapped[str]
    """In core.files.drawn; also its SHA-256."""
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    alt: Mapped[str] = mapped_column(default="")
    credit: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    """When it was last asked for, to the week."""
    __table_args__ = (
        UniqueConstraint("input_hash", "role"),
        Index("ix_rendered_file_used", "used_at"),
        Index("ix_rendered_file_file", "file_key"),
    )


class ShortLink(Keyed, Base):
    __tablename__ = "short_link"
    code: Mapped[str] = mapped_column(unique=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str]
    clicks: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    kit: Mapped[Kit] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    __table_args__ = (UniqueConstraint("kit_id", "organisation_id", "role"),)


class KitDownload(Keyed, Base):
    __tablename__ = "kit_download"
    version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str]
    """An asset's role, or `zip`."""
    at: Mapped[datetime]
    __table_args__ = (Index("ix_kit_download_kit", "version_id", "organisation_id"),)
