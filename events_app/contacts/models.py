from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.core import files
from events_app.core.db import Base, Keyed
from events_app.delivery.rules import address_digest


class OrganisationKind(StrEnum):
    TOP_SECTOR = "top_sector"
    MINISTRY = "ministry"
    SECTOR_ASSOCIATION = "sector_association"
    REGION = "region"
    SCHOOL = "school"
    COMPANY = "company"
    FUND = "fund"
    NETWORK = "network"
    KNOWLEDGE_INSTITUTE = "knowledge_institute"
    FUNDER = "funder"


class Organisation(Keyed, Base):
    __tablename__ = "organisation"
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrganisationKind]
    website: Mapped[str] = mapped_column(default="")
    accent: Mapped[str] = mapped_column(default="#0b1b3b")
    """#rrggbb; proposed from the logo, confirmed by a person."""
    logo_key: Mapped[str | None] = mapped_column(info=files.OWNER)
    """PNG in core.files, made from whatever was uploaded; only this is ever drawn."""
    logo_dark_key: Mapped[str | None] = mapped_column(info=files.OWNER)
    """The variant for dark grounds, where there is one."""
    is_partner: Mapped[bool] = mapped_column(default=False)
    """Has the right to kits."""
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """Of the partner's own page (core.tokens)."""
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_organisation_kind", "kind", "name"),)


class Person(Keyed, Base):
    __tablename__ = "person"
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    email_digest: Mapped[bytes] = mapped_column(
        LargeBinary(32),
        default=lambda row: address_digest(row.get_current_parameters()["email"]),
    )
    """As in delivery's suppressions, so that an audience is counted in one statement. The outbox
    checks the address itself once more before each letter leaves."""
    language: Mapped[str] = mapped_column(default="nl")
    phone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_person_name", "name"),)

    @property
    def known_as(self) -> str:
        """Readers need not give a name."""
        return self.name or self.email

    @property
    def label(self) -> str:
        """Tells two of one name apart."""
        return " · ".join(filter(None, (self.name, self.email)))


class Membership(Keyed, Base):
    """A person's part in an organisation."""

    __tablename__ = "membership"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)


class Purpose(StrEnum):
    NEWSLETTER = "newsletter"
    SHOWN_AS_AMBASSADOR = "shown_as_ambassador"
    PHOTO = "photo"


class Consent(Keyed, Base):
    """Consent is a record that can be shown: what was asked, how, when, and what was withdrawn."""

    __tablename__ = "consent"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose]
    wording: Mapped[str]
    """The sentence that was shown, whole."""
    wording_version: Mapped[str]
    how: Mapped[str]
    """Such as: form on the newsletter page, confirmed by mailed link."""
    evidence: Mapped[dict[str, Any]]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_how: Mapped[str | None]

    person: Mapped[Person] = relationship()


class OwnPage(StrEnum):
    """Whose page has a link of its own; also the purpose of its token."""

    AMBASSADOR = "ambassador"
    PARTNER = "partner"


class LinkWish(Keyed, Base):
    """Somebody typed an address to get the link to their own page mailed; the next job does it."""

    __tablename__ = "link_wish"
    page: Mapped[OwnPage]
    person_id: Mapped[int | None]
    """None when nobody has that address. The row is written all the same, so that the time it takes
    does not tell whether the address is known. No foreign key: its check would have to wait while
    another transaction has locked the person.
    """
    asked_at: Mapped[datetime]
