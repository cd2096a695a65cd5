from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from events_app.capacity.models import Claim, Pool
from events_app.core import files
from events_app.core.db import Base, Keyed
from events_app.events.models import Event

LINK = "registration"
"""Purpose of the token of the personal page."""
TRANSFER_LINK = "transfer"
"""Purpose of the token in the letter to who may take a place."""
FILE = "file"
"""Under this name an answer, as its kind stores it, says which file of core/files.sent it owns."""


class Access(StrEnum):
    OPEN = "open"
    UNLISTED = "unlisted"
    INVITATION = "invitation"


class VisibleTo(StrEnum):
    ORGANISERS = "organisers"
    DOOR = "door"


class OpenTo(StrEnum):
    EVERYBODY = "everybody"
    HALL = "hall"
    ONLINE = "online"


class AskedOf(StrEnum):
    CONTACT = "contact"
    """Once for the whole party."""
    EVERYONE = "everyone"
    """Of each guest too: by their own page, or by the contact for them."""


class Status(StrEnum):
    PENDING = "pending"
    """Places are held until the button in the letter is pressed."""
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


class RegistrationForm(Keyed, Base):
    __tablename__ = "registration_form"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)
    """Of the hall; of an event that is in one place alone: of all."""
    online_pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)
    """Of who takes part online while others are in the hall. Every form has one, without a size
    until an organiser gives it one: any event may come to be in both places.
    """
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    """None: until the event begins."""
    access: Mapped[Access] = mapped_column(default=Access.OPEN)
    guests_max: Mapped[int] = mapped_column(default=0)
    asks_diet: Mapped[bool] = mapped_column(default=True)
    asks_access_needs: Mapped[bool] = mapped_column(default=True)
    has_waiting_list: Mapped[bool] = mapped_column(default=True)
    shows_places_left: Mapped[bool] = mapped_column(default=True)
    offer_hours: Mapped[int] = mapped_column(default=48)
    needs_wipe_after_days: Mapped[int] = mapped_column(default=14)
    """Dietary and access needs are wiped this many days after the event."""
    needs_wiped_at: Mapped[datetime | None]
    told_revision: Mapped[int] = mapped_column(default=0)
    """The event's revision that everyone registered knows of; 0 before the first look."""

    event: Mapped[Event] = relationship()
    pool: Mapped[Pool] = relationship(foreign_keys=[pool_id])
    online_pool: Mapped[Pool] = relationship(foreign_keys=[online_pool_id])
    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.position", cascade="all, delete-orphan"
    )
    option_groups: Mapped[list["OptionGroup"]] = relationship(
        order_by="OptionGroup.position", cascade="all, delete-orphan"
    )

    @property
    def options(self) -> list["Option"]:
        return [option for group in self.option_groups for option in group.options]

    @property
    def every_pool_id(self) -> list[int]:
        """What is locked before anything is decided: those of its options too."""
        return [*self.pool_ids, *(option.pool_id for option in self.options)]

    @property
    def questions_of_guests(self) -> list["Question"]:
        return [each for each in self.questions if each.asked_of is AskedOf.EVERYONE]

    @property
    def pools(self) -> tuple[Pool, Pool]:
        return self.pool, self.online_pool

    @property
    def pool_ids(self) -> tuple[int, int]:
        return self.pool_id, self.online_pool_id


class Allotment(Keyed, Base):
    """Places of the hall that are held for somebody's guests, until they are released.

    All of them are claimed of the hall, and are a pool of their own for the guests. Released, they
    are places like others, and the pool is empty.
    """

    __tablename__ = "allotment"
    form_id: Mapped[int] = mapped_column(
        ForeignKey("registration_form.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    """For whom: a partner, or an ambassador."""
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), unique=True)
    """Of the hall; it has ended when they are released."""
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)
    """Nobody waits for it."""
    release_at: Mapped[datetime]

    form: Mapped[RegistrationForm] = relationship()
    claim: Mapped[Claim] = relationship()
    pool: Mapped[Pool] = relationship()

    @property
    def released_at(self) -> datetime | None:
        return self.claim.ended_at


class Question(Keyed, Base):
    __tablename__ = "question"
    form_id: Mapped[int] = mapped_column(
        ForeignKey("registration_form.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(24))
    """Of questions.KINDS; it stays, for the answers are of that kind."""
    label: Mapped[dict[str, str]]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What its kind lets organisers set."""
    is_required: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[dict[str, str]]
    """Why we ask; shown beside the question."""
    asked_of: Mapped[AskedOf] = mapped_column(default=AskedOf.CONTACT)
    visible_to: Mapped[VisibleTo] = mapped_column(default=VisibleTo.ORGANISERS)
    wipe_after_days: Mapped[int] = mapped_column(default=30)
    """Days after the event's end."""


ONCE = text("is_expected AND email != ''")
"""Where an address is unique in its event."""
NAMED = text("email != ''")
GUEST = text("email != '' AND NOT is_contact")


UNCONFIRMED = text("confirm_by IS NOT NULL AND status IN ('pending','waitlisted')")


class Registration(Keyed, Base):
    """A party: who registered, and whom they bring."""

    __tablename__ = "registration"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), unique=True)
    """The places of the party, had, waited for, or given up: one for each participant."""
    hall_claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), unique=True)
    """Places in the hall that the party waits for, or is offered, while it has them online."""
    allotment_id: Mapped[int | None] = mapped_column(ForeignKey("allotment.id"))
    """By whose held places they came; or, in the hall's line, whose they are offered first."""
    status: Mapped[Status]
    """Follows the claim (actions.status)."""
    is_wiped: Mapped[bool] = mapped_column(default=False)
    """The people are wiped, and only figures are left."""
    language: Mapped[str] = mapped_column(default="nl")
    party_size: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(default="")
    """What brought them: the code of a kit's short link, of an ambassador's link or of an issue,
    `invitation`, or nothing. `newsletters.queries.arriving` words it."""
    letters_sent: Mapped[int] = mapped_column(default=0)
    """Numbers the letters of this registration: part of their dedupe keys."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    confirm_by: Mapped[datetime | None]
    """Until then the button in the letter is to be pressed, or else the place, held or in line, is
    given back; it stays on who was too late. None: there is nothing to confirm.
    """
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")

    event: Mapped[Event] = relationship()
    form: Mapped[RegistrationForm] = relationship(
        primaryjoin=lambda: foreign(Registration.event_id) == RegistrationForm.event_id,
        viewonly=True,
    )
    claim: Mapped[Claim] = relationship(foreign_keys=[claim_id])
    hall_claim: Mapped[Claim | None] = relationship(foreign_keys=[hall_claim_id])
    allotment: Mapped[Allotment | None] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        order_by="Participant.id", cascade="all, delete-orphan", back_populates="registration"
    )
    """First the contact, who registered; then the guests."""

    @property
    def claims(self) -> list[Claim]:
        """Each of as many places as the party is large."""
        return [self.claim, self.hall_claim] if self.hall_claim else [self.claim]

    @property
    def contact(self) -> "Participant":
        return self.participants[0]

    @property
    def guests(self) -> list["Participant"]:
        return self.participants[1:]

    @property
    def name(self) -> str:
        return self.contact.name

    @property
    def email(self) -> str:
        return self.contact.email

    @property
    def code(self) -> str:
        return self.contact.code

    @property
    def is_online(self) -> bool:
        """The whole party watches an event that is both in a hall and online."""
        return self.claim.pool_id == self.form.online_pool_id

    @property
    def pool_ids(self) -> set[int]:
        """Of its event, options too, and of what is held for guests, if it is for them."""
        held = [self.allotment.pool_id] if self.allotment else []
        return {*self.form.every_pool_id, self.claim.pool_id, *held}

    @property
    def frees_place(self) -> bool:
        """Somebody else can have their place when they give it up: there is no room for all."""
        return self.claim.pool.size is not None

    @property
    def has_waited(self) -> bool:
        """For the places that they have now, or in line still."""
        return self.status is Status.WAITLISTED or self.claim.offered_at is not None

    @property
    def took_again(self) -> bool:
        """Their places had lapsed, and with them what they had chosen: these are others."""
        before = self.claim.replaced
        return bool(before and before.ended_at and before.ended_at < self.claim.asked_at)

    @property
    def is_unconfirmed(self) -> bool:
        """Waits for the button in its letter, with a place or in line."""
        return self.confirm_by is not None and self.status in (Status.PENDING, Status.WAITLISTED)

    __table_args__ = (
        Index(
            "ix_registration_unconfirmed",
            "confirm_by",
            sqlite_where=UNCONFIRMED,
            postgresql_where=UNCONFIRMED,
        ),
        Index("ix_registration_event", "event_id", "id"),
        Index(
            "ix_registration_allotment",
            "allotment_id",
            sqlite_where=text("allotment_id IS NOT NULL"),
            postgresql_where=text("allotment_id IS NOT NULL"),
        ),
        Index("ix_registration_list", "event_id", "status", "id"),
        CheckConstraint("party_size >= 1", name="at_least_one"),
    )


class Participant(Keyed, Base):
    """Somebody who comes, with one of the places of the party's claim."""

    __tablename__ = "participant"
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    """Of the registration."""
    is_contact: Mapped[bool] = mapped_column(default=False)
    """The one who registered; the others are guests."""
    is_expected: Mapped[bool] = mapped_column(default=False)
    """Their party has a place or waits for one (actions.status)."""
    code: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str]
    """Empty: wiped."""
    email: Mapped[str] = mapped_column(default="")
    """Lower case. Empty: a guest without one, or wiped."""
    organisation: Mapped[str] = mapped_column(default="")
    diet: Mapped[str] = mapped_column(default="")
    access_needs: Mapped[str] = mapped_column(default="")
    asked_again_at: Mapped[datetime | None]
    """Somebody typed this address in a form again; the next job writes to its owner."""

    registration: Mapped[Registration] = relationship(back_populates="participants")
    answers: Mapped[list["Answer"]] = relationship(cascade="all, delete-orphan")
    signups: Mapped[list["OptionSignup"]] = relationship(cascade="all, delete-orphan")
    calendar_entry: Mapped["CalendarEntry | None"] = relationship(
        cascade="all, delete-orphan", back_populates="participant"
    )
    """None: a guest without an address, or who was not told yet."""

    @property
    def entry(self) -> "CalendarEntry":
        """Of the contact, or a guest who was told."""
        if self.calendar_entry is None:
            raise LookupError(self.id)
        return self.calendar_entry

    __table_args__ = (
        Index(
            "uq_participant_expected",
            "event_id",
            "email",
            unique=True,
            sqlite_where=ONCE,
            postgresql_where=ONCE,
        ),
        Index(
            "ix_participant_email", "email", "event_id", sqlite_where=NAMED, postgresql_where=NAMED
        ),
        Index("ix_participant_name", "event_id", "name", "registration_id"),
        Index("ix_participant_guest", "event_id", sqlite_where=GUEST, postgresql_where=GUEST),
        Index(
            "ix_participant_again",
            "asked_again_at",
            sqlite_where=text("asked_again_at IS NOT NULL"),
            postgresql_where=text("asked_again_at IS NOT NULL"),
        ),
        Index(
            "ix_participant_needs",
            "event_id",
            sqlite_where=text("diet != '' OR access_needs != ''"),
            postgresql_where=text("diet != '' OR access_needs != ''"),
        ),
    )


class Answer(Keyed, Base):
    __tablename__ = "answer"
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    """As the kind of the question stores it."""
    file: Mapped[str | None] = mapped_column(unique=True, info=files.SENDER)
    """What somebody sent belongs to this answer alone, and goes with it (actions/answering)."""

    question: Mapped[Question] = relationship()
    __table_args__ = (UniqueConstraint("participant_id", "question_id"),)


class EntryState(StrEnum):
    PLANNED = "planned"
    """Nothing is in their calendar yet: they wait for a place."""
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class CalendarEntry(Keyed, Base):
    """What a participant was told of time and place, so that their calendar can follow."""

    __tablename__ = "calendar_entry"
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    told: Mapped[dict[str, str]]
    """Time, place and link as they last heard them (rules.facts)."""
    content_hash: Mapped[str]
    """Of `told`, to find whom to tell."""
    state: Mapped[EntryState] = mapped_column(default=EntryState.PLANNED)

    participant: Mapped[Participant] = relationship(back_populates="calendar_entry")


class TransferStatus(StrEnum):
    ASKED = "asked"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    """By who asked, or since somebody asked for another one."""
    DECLINED = "declined"
    EXPIRED = "expired"


OPEN_TRANSFER = text("status = 'asked'")
GIVEN = text("giver IS NOT NULL")


class Transfer(Keyed, Base):
    """A participant's place on its way to another address: their own new one, or a colleague's.

    It stays when it has ended, without name and address, so that its link can say what happened.
    """

    __tablename__ = "transfer"
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    is_hand_over: Mapped[bool]
    """To somebody else, who may decline."""
    status: Mapped[TransferStatus] = mapped_column(default=TransferStatus.ASKED)
    name: Mapped[str] = mapped_column(default="")
    """Of who may take it; empty for an own new address."""
    email: Mapped[str] = mapped_column(default="")
    """Lower case."""
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    giver: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """A digest (delivery.rules.address_digest) of the address of who gave the place away, and their
    code: in a backup it is still theirs. Forgotten with the oldest backup.
    """
    former_code: Mapped[str | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    participant: Mapped[Participant] = relationship()

    __table_args__ = (
        Index(
            "uq_transfer_asked",
            "participant_id",
            unique=True,
            sqlite_where=OPEN_TRANSFER,
            postgresql_where=OPEN_TRANSFER,
        ),
        Index("ix_transfer_email", "email", sqlite_where=NAMED, postgresql_where=NAMED),
        Index("ix_transfer_giver", "giver", sqlite_where=GIVEN, postgresql_where=GIVEN),
    )


class Ended(StrEnum):
    """Why a personal link opens nothing any more."""

    NEW_ADDRESS = "new_address"
    HANDED_OVER = "handed_over"
    LEFT = "left"
    TAKEN_OUT = "taken_out"
    """By who registered them; also for somebody else."""


class GoneBy(StrEnum):
    """Whose act it was that a guest does not come any more."""

    GUEST = "guest"
    CONTACT = "contact"
    ORGANISERS = "organisers"
    CLOCK = "clock"
    """Nobody's: the place that was offered was not accepted in time."""


class EndedLink(Keyed, Base):
    """The personal link of who has another one now, or does not come any more: it says so. The
    calendar that followed it goes on showing the event, as cancelled.
    """

    __tablename__ = "ended_link"
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    why: Mapped[Ended]
    calendar: Mapped[str]
    """What a program reads that follows it. Empty: no calendar had the event."""


class OptionGroup(Keyed, Base):
    """What people choose from beside their seat, such as workshops of which they take two."""

    __tablename__ = "option_group"
    form_id: Mapped[int] = mapped_column(
        ForeignKey("registration_form.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[dict[str, str]]
    help: Mapped[dict[str, str]] = mapped_column(default=dict)
    choose_most: Mapped[int] = mapped_column(default=1)
    is_required: Mapped[bool] = mapped_column(default=False)
    """One at least, as long as one can be had."""
    open_to: Mapped[OpenTo] = mapped_column(default=OpenTo.EVERYBODY)
    visible_to: Mapped[VisibleTo] = mapped_column(default=VisibleTo.ORGANISERS)
    """Who sees what people chose."""

    options: Mapped[list["Option"]] = relationship(
        order_by="Option.position",
        cascade="all, delete-orphan",
        back_populates="group",
        lazy="selectin",
    )

    __table_args__ = (CheckConstraint("choose_most >= 1", name="at_least_one"),)


class Option(Keyed, Base):
    __tablename__ = "option"
    group_id: Mapped[int] = mapped_column(
        ForeignKey("option_group.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[dict[str, str]]
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)

    group: Mapped[OptionGroup] = relationship(back_populates="options")
    pool: Mapped[Pool] = relationship(lazy="joined", innerjoin=True)


class OptionSignup(Keyed, Base):
    """A participant has this option, and a seat. It goes with its claim (actions.choosing)."""

    __tablename__ = "option_signup"
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    option_id: Mapped[int] = mapped_column(ForeignKey("option.id"), index=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), unique=True)

    option: Mapped[Option] = relationship()
    claim: Mapped[Claim] = relationship()
    __table_args__ = (UniqueConstraint("participant_id", "option_id"),)
