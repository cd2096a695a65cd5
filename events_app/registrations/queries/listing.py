"""The desk's lists: a page at a time by key, so that the last page costs what the first does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload, selectinload

from events_app.capacity.models import Claim, Pool
from events_app.core.db import db, rows
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.events.queries import is_to_come
from events_app.registrations import rules
from events_app.registrations.models import (
    Allotment,
    Answer,
    OptionSignup,
    Participant,
    Registration,
    RegistrationForm,
    Status,
)
from events_app.registrations.queries.allotments import held_free
from events_app.registrations.queries.forms import waiting_in
from events_app.registrations.queries.people import HAS_ADDRESS, IS_UNCONFIRMED, PLACED

A_PAGE = 50
BATCH = 1000
EVENTS = 200
LATEST = 20_000
"""Registrations that words are looked for in, of one event or of all: a search costs no more."""
Sort = Literal["new", "old", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    status: Status | None = None
    q: str = ""
    sort: Sort = "new"
    after: int | None = None
    """The registration that the page before ended with."""
    option: int | None = None
    """Of whom somebody has this option."""


def listed(
    event_id: int, wanted: Wanted, *, finds_addresses: bool
) -> tuple[Sequence[Registration], int | None]:
    """One page, and where the next begins. `finds_addresses`: search e-mail addresses too."""
    query = select(Registration).where(Registration.event_id == event_id)
    query = query.options(
        *PLACED, joinedload(Registration.allotment), selectinload(Registration.participants)
    )
    if wanted.status:
        query = query.where(Registration.status == wanted.status)
    if wanted.option:
        has = OptionSignup.option_id == wanted.option
        query = query.where(Registration.participants.any(Participant.signups.any(has)))
    if wanted.q:
        query = query.where(_is_sought(event_id, wanted.q, finds_addresses=finds_addresses))
    found = db.session.scalars(_sorted(query, wanted).limit(A_PAGE + 1)).all()
    page = found[:A_PAGE]
    return page, page[-1].id if len(found) > A_PAGE else None


def found(
    q: str, limit: int, *, finds_addresses: bool, among: int = LATEST
) -> Sequence[Registration]:
    """Registrations of any event for the search of the desk.

    First the one with this code, then those among the latest that fit the words, the newest first.
    Two statements, because for one statement with OR SQLite would read the whole table.
    """
    wanted = select(Registration).options(
        selectinload(Registration.participants),
        joinedload(Registration.event).load_only(
            Event.title, Event.starts_at, Event.timezone, Event.series_id, Event.edition
        ),
    )
    by_code = select(Participant.registration_id).where(Participant.code == q.upper())
    is_it = db.session.scalars(wanted.where(Registration.id.in_(by_code))).all()
    newest = select(func.max(Registration.id)).scalar_subquery()
    fitting = db.session.scalars(
        wanted.where(Registration.id > newest - among, _matches(q, finds_addresses=finds_addresses))
        .order_by(Registration.id.desc())
        .limit(limit)
    )
    return [*is_it, *(each for each in fitting if each not in is_it)][:limit]


def _is_sought(event_id: int, q: str, *, finds_addresses: bool) -> ColumnElement[bool]:
    """Whose code or address it is, wherever in the list; else who fits of the latest."""
    mine = select(Registration.id).where(Registration.event_id == event_id)
    known = [Participant.code == q.upper()]
    if finds_addresses:
        known.append(and_(Participant.email == q.lower(), HAS_ADDRESS))
    theirs = select(Participant.registration_id).where(Participant.event_id == event_id)
    if ids := [id for one in known for id in db.session.scalars(theirs.where(one))]:
        return Registration.id.in_(ids)
    before = mine.order_by(Registration.id.desc()).offset(LATEST).limit(1).scalar_subquery()
    is_latest = Registration.id > func.coalesce(before, 0)
    return and_(is_latest, _matches(q, finds_addresses=finds_addresses))


def _sorted(query: Select[Registration], wanted: Wanted) -> Select[Registration]:
    id, after = Registration.id, wanted.after
    if wanted.sort == "old":
        return query.where(id > after).order_by(id) if after else query.order_by(id)
    if wanted.sort == "new":
        query = query.where(id < after) if after else query
        return query.order_by(id.desc())
    name, its_id = Participant.name, Participant.registration_id
    query = query.join(Registration.participants)
    query = query.where(Participant.event_id == Registration.event_id, Participant.is_contact)
    if after:
        last = select(name, its_id).where(its_id == after, Participant.is_contact).scalar_subquery()
        query = query.where(tuple_(name, its_id) > last)
    return query.order_by(name, its_id)


def _matches(q: str, *, finds_addresses: bool) -> ColumnElement[bool]:
    """Anywhere in a name, organisation, address or code, in capitals or not."""
    fields = [Participant.name, Participant.organisation, Participant.code]
    if finds_addresses:
        fields.append(Participant.email)
    spellings = {q, q.lower(), q.upper(), q.title()}  # SQLite knows capitals of ASCII only
    if q.isascii():
        spellings = {q}
    fits = (field.icontains(word, autoescape=True) for field in fields for word in spellings)
    return Registration.participants.any(and_(Participant.is_contact, or_(*fits)))


def counts(event_id: int) -> dict[Status, int]:
    """Registrations by status; a status that nobody has is not in it."""
    rows = db.session.execute(
        select(Registration.status, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.status)
    )
    return dict(rows.all())


def everyone(event_id: int) -> Iterator[rules.Listed]:
    """All registrations with names and answers, oldest first, never many in memory at once."""
    last = 0
    while found := rows(_LISTED, {"event_id": event_id, "after": last}):
        first, last = found[0].id, found[-1].id
        span = {"event_id": event_id, "first": first, "last": last}
        people: dict[int, list[rules.ListedPerson]] = defaultdict(list)
        for key, *person in rows(_PEOPLE, span):
            people[key].append(rules.ListedPerson(*person))
        answers: dict[int, dict[int, Any]] = defaultdict(dict)
        of_guests: dict[int, dict[int, list[tuple[int, Any]]]] = defaultdict(dict)
        for key, guest, question_id, value in rows(_ANSWERS, span):
            if guest is None:
                answers[key][question_id] = value
            else:
                of_guests[key].setdefault(question_id, []).append((guest, value))
        options: dict[int, list[int]] = defaultdict(list)
        for key, option_id in rows(_OPTIONS, span):
            options[key].append(option_id)
        for each in found:
            key = each.id
            yield rules.Listed(people[key], answers[key], of_guests[key], options[key], *each)


_LISTED = (
    select(
        Registration.id, Registration.status, IS_UNCONFIRMED, Registration.party_size,
        Claim.pool_id == RegistrationForm.online_pool_id, Registration.hall_claim_id.is_not(None),
        Registration.language, Registration.source, Registration.created_at,
        Allotment.name,
    )
    .join(Claim, Claim.id == Registration.claim_id)
    .outerjoin(Allotment, Allotment.id == Registration.allotment_id)
    .join(RegistrationForm, RegistrationForm.event_id == Registration.event_id)
    .where(
        Registration.event_id == bindparam("event_id"), Registration.id > bindparam("after")
    )
    .order_by(Registration.id)
    .limit(BATCH)
)  # fmt: skip
_IN_SPAN = (
    Participant.event_id == bindparam("event_id"),
    Participant.registration_id.between(bindparam("first"), bindparam("last")),
)
_PEOPLE = (
    select(
        Participant.registration_id, Participant.id, Participant.code, Participant.name,
        Participant.email, Participant.organisation, Participant.diet, Participant.access_needs,
    )
    .where(*_IN_SPAN)
    .order_by(Participant.registration_id, Participant.id)
)  # fmt: skip
_ANSWERS = (
    select(
        Participant.registration_id,
        case((Participant.is_contact, None), else_=Participant.id),
        Answer.question_id,
        Answer.value,
    )
    .join(Participant, Participant.id == Answer.participant_id)
    .where(*_IN_SPAN)
    .order_by(Participant.registration_id, Participant.id)
)
_OPTIONS = (
    select(Participant.registration_id, OptionSignup.option_id)
    .join(Participant, Participant.id == OptionSignup.participant_id)
    .where(*_IN_SPAN, Participant.is_contact)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlaces:
    """An event with how full it is; without a form `pool` is None."""

    event: Event
    pool: Pool | None
    online: Pool | None
    waiting: int
    """For the pool."""
    online_waiting: int
    held: int
    """Of the pool, for somebody's guests, and nobody has them yet."""

    @property
    def taken(self) -> int:
        return self.pool.taken - self.held if self.pool else 0

    @property
    def has_choice(self) -> bool:
        return rules.may_choose(self.event)


def events(now: datetime, *, is_past: bool) -> list[EventPlaces]:
    """The coming events, or the latest that are over."""
    online = aliased(Pool)
    wanted = (
        select(Event, Pool, online, waiting_in(Pool), waiting_in(online), held_free())
        .outerjoin(RegistrationForm, RegistrationForm.event_id == Event.id)
        .outerjoin(Pool, Pool.id == RegistrationForm.pool_id)
        .outerjoin(online, online.id == RegistrationForm.online_pool_id)
        .where(Event.status != EventStatus.ARCHIVED)
        .options(joinedload(Event.venue))
        .limit(EVENTS)
    )
    if is_past:
        wanted = wanted.where(Event.starts_at <= now, ~is_to_come(now))
        wanted = wanted.order_by(Event.starts_at.desc())
    else:
        wanted = wanted.where(is_to_come(now)).order_by(Event.starts_at)
    return [
        EventPlaces(
            event=event,
            pool=pool,
            online=there,
            waiting=in_line,
            online_waiting=there_in_line,
            held=held,
        )
        for event, pool, there, in_line, there_in_line, held in db.session.execute(wanted)
    ]
