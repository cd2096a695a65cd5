"""The values an asset is built from, and what it gives: facts and brand in, files out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class KitEventStatus(StrEnum):
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    ONSITE = "onsite"
    ONLINE = "online"
    MIXED = "mixed"


class SenderKind(StrEnum):
    """Who is in the sender bar; the order here is the order there."""

    PROGRAMME = "programme"
    HOST = "host"
    PARTNER = "partner"
    FUNDER = "funder"
    EU = "eu"
    """The European Union: its emblem is never smaller than another logo."""
    GOVERNMENT = "government"
    """National government: at the far right, by alphabet."""


@dataclass(frozen=True, slots=True)
class Venue:
    name: str
    address: str = ""
    city: str = ""
    access: str = ""


@dataclass(frozen=True, slots=True)
class Sector:
    code: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture that core.pictures has made safe."""

    png: bytes
    alt: str
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    words: str
    person: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    kind: SenderKind
    logo: bytes | None = None
    """PNG for a light background."""
    logo_dark: bytes | None = None
    """PNG for a dark background."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in this version: the field, and the words before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Licence:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a kit says, in the language of the reader. Times are aware."""

    title: str
    url: str
    short_title: str = ""
    lead: str = ""
    description: str = ""
    """Markdown."""
    starts_at: datetime | None = None
    """None while postponed without a date."""
    ends_at: datetime | None = None
    timezone: str = "Europe/Amsterdam"
    status: KitEventStatus = KitEventStatus.SCHEDULED
    attendance: Attendance = Attendance.ONSITE
    venue: Venue | None = None
    sectors: tuple[Sector, ...] = ()
    """The lead sector first."""
    challenges: tuple[str, ...] = ()
    cover: Cover | None = None
    senders: tuple[Sender, ...] = ()
    """Co-hosts and funders; the partner comes from the brand."""
    quote: Quote | None = None
    hashtags: tuple[str, ...] = ()
    """Without the #."""
    ics: bytes = b""
    links: Mapping[str, str] = field(default_factory=dict)
    """The partner's short link by role; a role without one uses `url`."""
    source_line: str = ""
    licence: Licence | None = None
    version: int = 1
    changes: tuple[Change, ...] = ()
    published_at: datetime | None = None
    embargo_until: datetime | None = None
    valid_until: datetime | None = None

    def link(self, role: str) -> str:
        return self.links.get(role, self.url)


@dataclass(frozen=True, slots=True)
class Page:
    """What the card of a page of the site says."""

    title: str
    lead: str = ""
    kicker: str = ""
    colour: str = ""
    """Of its sector, on the curtain."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A partner's own face. Only the accent colour changes in a design; a logo is never touched."""

    name: str
    logo: bytes | None = None
    """PNG for a light background."""
    logo_dark: bytes | None = None
    """PNG for a dark background."""
    accent: str = "#0b1b3b"
    website: str = ""


@dataclass(frozen=True, slots=True)
class File:
    role: str
    """What it is for, such as social/linkedin or print/poster-a3/marks."""
    suffix: str
    """The end of its file name, such as linkedin_1200x627.png."""
    media_type: str
    content: bytes
    width: int | None = None
    """Pixels for pictures, millimetres for documents; as is the height."""
    height: int | None = None
    alt: str = ""
    credit: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is kept: all but its content, which core.files.drawn has under its hash."""

    role: str
    suffix: str
    media_type: str
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None
    alt: str = ""
    credit: str = ""
    used_at: datetime | None = None

    @property
    def is_picture(self) -> bool:
        return self.media_type == "image/png"

    @property
    def is_text(self) -> bool:
        return self.media_type == "text/plain"
