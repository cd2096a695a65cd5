from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.capacity.models import Claim
from events_app.core import text, tokens
from events_app.core.db import db
from events_app.core.errors import NoOwnPage, NotFoundError
from events_app.events.models import Event
from events_app.events.rules import begins_at
from events_app.registrations import rules
from events_app.registrations.models import (
    Answer,
    Option,
    OptionSignup,
    Participant,
    Question,
    Registration,
    RegistrationForm,
    Status,
    Transfer,
)
from events_app.registrations.queries.transfers import must_not_have_ended

AT_ONCE = 500
PLACED: tuple[ORMOption, ...] = (
    joinedload(Registration.claim).joinedload(Claim.pool),
    joinedload(Registration.hall_claim),
    joinedload(Registration.form),
)
"""Where they take part, and whether others wait for it."""
EAGER: tuple[ORMOption, ...] = (
    joinedload(Registration.event).joinedload(Event.venue),
    *PLACED,
    selectinload(Registration.participants).options(
        joinedload(Participant.calendar_entry),
        selectinload(Participant.answers).joinedload(Answer.question),
        selectinload(Participant.signups).options(
            joinedload(OptionSignup.option).joinedload(Option.group),
            joinedload(OptionSignup.claim),
        ),
    ),
)
"""What a person sees of their own registration, and what letters need."""


IS_ONLINE = (
    select(Claim.id)
    .join(RegistrationForm, RegistrationForm.online_pool_id == Claim.pool_id)
    .where(Claim.id == Registration.claim_id)
    .exists()
)
"""`Registration.is_online` in SQL."""
IS_UNCONFIRMED = and_(
    Registration.confirm_by.is_not(None),
    Registration.status.in_((Status.PENDING, Status.WAITLISTED)),
)
"""`Registration.is_unconfirmed` in SQL."""


HAS_ADDRESS = Participant.email != literal_column("''")
"""In the words of the indexes: SQLite takes them for no others."""
IS_GUEST: ColumnElement[bool] = literal_column("NOT participant.is_contact")


def expected(event_id: int, email: str) -> Participant | None:
    """Who comes to this event, or waits to, with this address (lower case)."""
    wanted = select(Participant).where(
        Participant.event_id == event_id,
        Participant.email == email,
        Participant.is_expected,
        HAS_ADDRESS,
    )
    return db.session.scalars(wanted.options(joinedload(Participant.registration))).one_or_none()


def expected_elsewhere(asked: Transfer) -> Participant | None:
    """Who is expected with the address that is asked, and not as a guest to whom the place of their
    own party is offered.
    """
    guest = rules.guest_who_takes(asked)
    return None if guest else expected(asked.participant.event_id, asked.email)


def by_token(token: str) -> Registration:
    """The registration of this personal link. Raises NotFoundError, or LinkEnded."""
    wanted = (
        select(Registration)
        .join(Registration.participants)
        .where(Participant.link_digest == tokens.digest(token), Participant.is_contact)
    )
    found = db.session.scalars(wanted.options(*EAGER)).one_or_none()
    if found is None:
        must_not_have_ended(token)
        raise NoOwnPage
    return found


def with_people() -> Iterator[Registration]:
    """All whose people are not wiped, with who comes along."""
    wanted = select(Registration).where(~Registration.is_wiped).order_by(Registration.id)
    some = wanted.options(selectinload(Registration.participants)).limit(AT_ONCE)
    last = 0
    while found := db.session.scalars(some.where(Registration.id > last)).all():
        last = found[-1].id
        yield from found


def by_id(id: int, *, event_id: int) -> Registration:
    """One of this event's registrations. Raises NotFoundError."""
    wanted = select(Registration).where(
        Registration.id == id, Registration.event_id == event_id, ~Registration.is_wiped
    )
    return _one(db.session.scalars(wanted.options(*EAGER)).one_or_none())


def of_address(email: str) -> Sequence[Registration]:
    """All registrations of this address that are not wiped, the latest first."""
    wanted = (
        select(Registration)
        .join(Registration.participants)
        .where(Participant.email == email.strip().lower(), HAS_ADDRESS, Participant.is_contact)
        .order_by(Registration.id.desc())
        .options(*EAGER)
    )
    return db.session.scalars(wanted).all()


def file_of(answers: Iterable[Answer], id: int) -> tuple[str, dict[str, Any]]:
    """The key of what somebody sent with one of these answers, and what is known of it. Raises
    NotFoundError.
    """
    for answer in answers:
        if answer.id == id and answer.file:
            return answer.file, answer.value
    raise NotFoundError


def held_on(email: str, *, shown: Callable[[Question, Any], str]) -> list[dict[str, Any]]:
    """What this room holds on an address, as plain values; with the guests that they named.

    `shown`: an answer in words.
    """
    return [
        {
            "code": each.code, "event": text.local(each.event.title), "status": each.status,
            "event_begins_at": begins_at(each.event), "name": each.name, "email": each.email,
            "organisation": each.contact.organisation, "language": each.language,
            "people": each.party_size, "online": each.is_online, "came_by": each.source,
            "places_held_for": _without_address(each.allotment.name) if each.allotment else None,
            "party": [
                {"name": one.name, "diet": one.diet, "access_needs": one.access_needs}
                for one in each.participants
            ],
            "answers": [
                {
                    "question": text.local(answer.question.label),
                    "answer": shown(answer.question, answer.value),
                }
                for answer in each.contact.answers
            ],
            "options": [
                {
                    "group": text.local(signup.option.group.label),
                    "option": text.local(signup.option.label),
                    "chosen_at": signup.claim.asked_at,
                }
                for signup in each.contact.signups
            ],
            "registered_at": each.created_at, "changed_at": each.changed_at,
            "cancelled_at": each.cancelled_at, "cancel_reason": each.cancel_reason,
            "waiting_since": each.claim.asked_at if each.has_waited else None,
            "waiting_for_hall_since": each.hall_claim.asked_at if each.hall_claim else None,
            "held_until": rules.held_until(each),
            "in_calendar_as": each.contact.entry.uid,
        }
        for each in of_address(email)
    ]  # fmt: skip


def _without_address(label: str) -> str:
    """Of an ambassador, whose label has it (Person.label)."""
    return label.partition(" · ")[0]


def reloaded(id: int) -> Registration:
    """The registration read anew, for a decision that is made while its pool is locked."""
    wanted = select(Registration).where(Registration.id == id).options(*EAGER)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def of_claim(claim_id: int) -> Registration:
    """Whose claim it is, read anew."""
    has_claim = or_(Registration.claim_id == claim_id, Registration.hall_claim_id == claim_id)
    wanted = select(Registration).where(has_claim).options(*EAGER)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _one(found: Registration | None) -> Registration:
    if found is None:
        raise NotFoundError
    return found
