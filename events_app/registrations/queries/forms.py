from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, ScalarSelect, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.core import tokens
from events_app.core.db import columns, db, joined, raw, rows
from events_app.core.errors import NotFoundError
from events_app.events.models import AttendanceMode, Event, Ownership, Venue
from events_app.registrations import rules
from events_app.registrations.models import (
    Allotment,
    Answer,
    Option,
    OptionGroup,
    Participant,
    Question,
    RegistrationForm,
)
from events_app.registrations.queries.allotments import held_free
from events_app.registrations.queries.options import options_read
from events_app.registrations.rules import Places

YEAR = 366 * 24 * 3600
_INVITED = "registrations.pass"


def places(event_ids: Iterable[int], *, now: datetime) -> dict[int, Places]:
    """The places of these events and their state, in one statement. No form: not in the answer."""
    return {
        row.event_id: Places(
            size=row.size,
            taken=row.taken - row.held,
            held=row.held,
            waiting=row.waiting,
            access=row.access,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            shows_left=row.shows_places_left,
            state=_state(row, row.size, row.free, now=now),
            online_taken=row.online_taken,
            online=rules.Online(
                size=row.online_size,
                taken=row.online_taken,
                waiting=row.online_waiting,
                state=_state(row, row.online_size, row.online_free, now=now),
            )
            if row.attendance_mode is AttendanceMode.MIXED
            else None,
        )
        for row in rows(_PLACES, {"event_ids": list(event_ids)})
    }


def _state(row: Any, size: int | None, free: int | None, *, now: datetime) -> rules.State:
    if row.ownership is Ownership.EXTERNAL:
        return rules.State.NONE
    current = rules.state(
        row.status, row.starts_at, opens_at=row.opens_at, closes_at=row.closes_at, now=now
    )
    return rules.state_with_places(
        current, free=free, size=size, has_waiting_list=row.has_waiting_list
    )


def waiting_in(pool: Any) -> ScalarSelect[int]:
    """How many people are in line for this (aliased) Pool."""
    return (
        select(func.coalesce(func.sum(Claim.places), 0))
        .where(Claim.pool_id == pool.id, Claim.status == ClaimStatus.WAITING)
        .correlate(pool)
        .scalar_subquery()
    )


_ONLINE = aliased(Pool)
_PLACES = (
    select(
        RegistrationForm.event_id, RegistrationForm.access, RegistrationForm.opens_at,
        RegistrationForm.closes_at, RegistrationForm.shows_places_left,
        RegistrationForm.has_waiting_list, Event.status, Event.starts_at, Event.attendance_mode,
        Event.ownership,
        Pool.size, Pool.taken, (Pool.size + Pool.over_allowance - Pool.taken).label("free"),
        waiting_in(Pool).label("waiting"), held_free().label("held"),
        _ONLINE.size.label("online_size"), _ONLINE.taken.label("online_taken"),
        (_ONLINE.size + _ONLINE.over_allowance - _ONLINE.taken).label("online_free"),
        waiting_in(_ONLINE).label("online_waiting"),
    )
    .join(Event, Event.id == RegistrationForm.event_id)
    .join(Pool, Pool.id == RegistrationForm.pool_id)
    .join(_ONLINE, _ONLINE.id == RegistrationForm.online_pool_id)
    .where(RegistrationForm.event_id.in_(bindparam("event_ids", expanding=True)))
)  # fmt: skip
"""Built once: every page with an event asks it."""


def form_of(event_id: int) -> RegistrationForm:
    """The form with its event, questions and pools, in one statement. Raises NotFoundError."""
    return _form(_OF_EVENT, event_id)


def form_at(slug: str) -> RegistrationForm:
    """The same by the event's slug, for the public page."""
    return _form(_AT_SLUG, slug)


_WHOLE = (
    select(
        RegistrationForm,
        select(OptionGroup.id).where(OptionGroup.form_id == RegistrationForm.id).exists(),
    )
    .join(RegistrationForm.event)
    .options(
        contains_eager(RegistrationForm.event).joinedload(Event.venue),
        joinedload(RegistrationForm.pool),
        joinedload(RegistrationForm.online_pool),
        joinedload(RegistrationForm.questions),
    )
)
_OF_EVENT = _WHOLE.where(RegistrationForm.event_id == bindparam("key"))
_AT_SLUG = _WHOLE.where(Event.slug == bindparam("key"))
_OF_POOL = _WHOLE.where(
    or_(
        RegistrationForm.pool_id == bindparam("key"),
        RegistrationForm.online_pool_id == bindparam("key"),
        RegistrationForm.id.in_(
            select(Allotment.form_id).where(Allotment.pool_id == bindparam("key"))
        ),
        RegistrationForm.id.in_(
            select(OptionGroup.form_id)
            .join(Option, Option.group_id == OptionGroup.id)
            .where(Option.pool_id == bindparam("key"))
        ),
    )
)


def _form(wanted: Executable, key: int | str) -> RegistrationForm:
    found = db.session.execute(wanted, {"key": key}).unique().one_or_none()
    if found is None:
        raise NotFoundError
    form: RegistrationForm
    form, has_options = found
    if not has_options:  # most forms: nothing is asked for them
        set_committed_value(form, "option_groups", [])
    return form


_READ = (
    select(
        RegistrationForm.event_id, Event.status, *raw(*columns(RegistrationForm, Event, Venue)),
        select(joined(*Question.__table__.c))
        .where(Question.form_id == RegistrationForm.id)
        .scalar_subquery(),
        options_read(),
    )
    .join(RegistrationForm.event)
    .outerjoin(Event.venue)
    .where(Event.slug == bindparam("slug"))
)  # fmt: skip


def form_read(slug: str) -> Any:
    """All that the form's empty page tells, places aside, to compare. Raises NotFoundError.

    A row with, among the rest, the id and the status of the event.
    """
    found = next(iter(rows(_READ, {"slug": slug})), None)
    if found is None:
        raise NotFoundError
    return found


def form_of_pool(pool_id: int) -> RegistrationForm:
    return _form(_OF_POOL, pool_id)


def maybe_form(event_id: int) -> RegistrationForm | None:
    """None: registration has never been opened for this event."""
    try:
        return form_of(event_id)
    except NotFoundError:
        return None


def hall_comes(event_id: int) -> rules.HallComes | None:
    """None: there is no form."""

    def is_claimed(pool_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        alive = Claim.status != ClaimStatus.ENDED
        return select(Claim.id).where(Claim.pool_id == pool_id, alive).exists()

    held = select(Allotment.id).join(Allotment.claim)
    held = held.where(Allotment.form_id == RegistrationForm.id, Claim.status == ClaimStatus.HELD)
    wanted = select(
        Pool.size,
        is_claimed(RegistrationForm.pool_id),
        is_claimed(RegistrationForm.online_pool_id),
        held.exists(),
    )
    wanted = wanted.select_from(RegistrationForm).join(RegistrationForm.pool)
    found = db.session.execute(wanted.where(RegistrationForm.event_id == event_id)).one_or_none()
    if found is None:
        return None
    size, is_used, was_there, is_held = found
    return rules.HallComes(size=size, is_used=is_used, was_there=was_there, is_held=is_held)


def question(form: RegistrationForm, id: int) -> Question:
    """One of this form's questions. Raises NotFoundError."""
    for known in form.questions:
        if known.id == id:
            return known
    raise NotFoundError


def answered(question_id: int) -> int:
    """How many answers this question has."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Answer).where(Answer.question_id == question_id)
        )
        or 0
    )


def answered_by_guests(question_id: int) -> int:
    """How many of its answers are of guests."""
    wanted = (
        select(func.count())
        .select_from(Answer)
        .join(Participant, Participant.id == Answer.participant_id)
        .where(Answer.question_id == question_id, ~Participant.is_contact)
    )
    return db.session.scalars(wanted).one()


def needs_told(event_id: int) -> dict[str, int]:
    """How many people told each need, by its name."""
    columns = [getattr(Participant, name) for name in rules.NEEDS]
    wanted = select(*(func.count().filter(each != "") for each in columns)).where(
        Participant.event_id == event_id
    )
    return dict(zip(rules.NEEDS, db.session.execute(wanted).one(), strict=True))


def pass_for(event_id: int) -> str:
    """Opens the form of an event by invitation only; organisers hand it out themselves."""
    return tokens.sign(_INVITED, event_id)


def has_pass(event_id: int, given: str) -> bool:
    try:
        return bool(tokens.signed(_INVITED, given, max_age=YEAR) == event_id)
    except NotFoundError:
        return False
