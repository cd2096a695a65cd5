from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import make_transient_to_detached

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, Pool
from events_app.capacity.models import Status as ClaimStatus
from events_app.capacity.rules import NoRoom, Want
from events_app.core import limits, queue, tokens
from events_app.core.db import db, upsert
from events_app.core.errors import TooMany
from events_app.core.letters import Letter
from events_app.events.models import Event
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.posting import new_uid, post
from events_app.registrations.actions.standing import hold, stand
from events_app.registrations.models import (
    LINK,
    ONCE,
    Answer,
    CalendarEntry,
    EntryState,
    Participant,
    Registration,
    RegistrationForm,
    Status,
)
from events_app.registrations.rules import Applicant


@dataclass(frozen=True, slots=True)
class Arrival:
    """A registration that is complete but for its place, and is not in the database yet."""

    applicant: Applicant
    registration: Registration
    letter: Letter


@dataclass(frozen=True, slots=True)
class Entered:
    """How `enter` ended.

    `registration_id` and `is_new` say whether the address was registered already, so they must not
    be shown to whoever typed it.
    """

    registration_id: int
    """The new one, or the one that this address had."""
    is_new: bool
    has_room: bool
    """There were places for the whole party; otherwise it joins the line."""
    confirm_by: datetime | None


def register(
    event: Event, applicant: Applicant, *, now: datetime, is_invited: bool = False
) -> Registration:
    """Register this address, and write the letter that says how it stands.

    An address that was registered already keeps its registration, and its owner is written to.
    Raises NotOpen, Full, PartyTooLarge or TooManyGuests.
    """
    form = queries.form_of(event.id)
    arrival = arrive(form, applicant, now=now)
    entered = enter(form, arrival, now=now, is_invited=is_invited)
    return arrival.registration if entered.is_new else queries.fresh(entered.registration_id)


def arrive(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> Arrival:
    """Prepare a registration and its letter, which takes long, before `enter` takes a lock."""
    registration = _made(form, applicant, now=now)
    return Arrival(applicant, registration, letters.confirmed(registration, applicant.names))


def enter(
    form: RegistrationForm,
    arrival: Arrival,
    *,
    now: datetime,
    is_invited: bool = False,
    must_confirm: bool = False,
) -> Entered:
    """`register` for a caller that has the form: take places for the whole party, or join the line.

    `must_confirm`: the places are held for a day and have to be confirmed by the button in the
    letter. An address that is registered already gets the same answer, after as much work.
    """
    applicant, registration = arrival.applicant, arrival.registration
    rules.must_be_open(form, form.event, now=now, is_invited=is_invited)
    if len(applicant.guests) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    claim = _claim(form, applicant, must_confirm=must_confirm, now=now)
    if must_confirm:
        registration.confirm_by = rules.confirm_by(now, starts_at=form.event.starts_at)
    stand(registration, claim, now=now)
    if registration.status is not Status.CONFIRMED:
        registration.calendar_entry.state = EntryState.PLANNED
    letter = _letter(arrival)
    known = _write(registration, form, applicant)
    if known is None:
        post(letter, registration, now=now)
    else:
        _work_as_much(known, registration, letter, applicant.names, now=now)
        capacity.undo(claim)
        _note_again(known, now=now)
    has_room = claim.status is ClaimStatus.HELD
    return Entered(known or registration.id, known is None, has_room, registration.confirm_by)


def _letter(arrival: Arrival) -> Letter:
    """The letter for how the registration stands; with a place it is the one that was prepared."""
    registration, names = arrival.registration, arrival.applicant.names
    if registration.confirm_by:
        return letters.to_confirm(registration, names)
    if registration.status is Status.WAITLISTED:
        return letters.waiting(registration, names)
    return arrival.letter


def _work_as_much(
    known: int, made: Registration, letter: Letter, names: Sequence[str], *, now: datetime
) -> None:
    """Do the work that a new address takes, and undo it, so that the time tells nothing."""
    undone = db.session.connection().begin_nested()
    made.id = known
    people = [{"name": name, "is_contact": False, "diet": "", "access_needs": ""} for name in names]
    _insert(Participant, made, people)
    post(letter, made, now=now)
    undone.rollback()


def _note_again(known: int, *, now: datetime) -> None:
    """Let a job write to the owner of this address.

    A letter written here would take longer than one for a new address.
    """
    db.session.connection().execute(_AGAIN, {"known": known, "now": now})
    queue.kick("registrations.remind")


_AGAIN = (
    update(Registration.__table__)  # type: ignore[arg-type] # it is a table
    .where(Registration.id == bindparam("known"))
    .values(asked_again_at=bindparam("now"))
)


def remind(registration: Registration, *, now: datetime) -> None:
    """Mail people their own link when their address was typed again; at most once a day."""
    registration = hold(registration)
    registration.asked_again_at = None
    if registration.status not in rules.ALIVE or not registration.email:
        return
    try:
        key = f"registrations:already:{registration.id}"
        limits.hit(key, limit=1, per=timedelta(days=1), now=now)
    except TooMany:
        return
    registration.letters_sent += 1
    post(letters.already(registration), registration, now=now)


def _claim(
    form: RegistrationForm, applicant: Applicant, *, must_confirm: bool, now: datetime
) -> Claim:
    """The places of the party, held or waited for.

    Raises Full, or PartyTooLarge when they did not choose to wait.
    """
    party, event = applicant.party_size, form.event
    want = Want(
        pool_id=_pool(form, applicant).id,
        places=party,
        may_wait=form.has_waiting_list,
        must_confirm=must_confirm,
        would_split=not applicant.may_wait,
        passes_line=not rules.may_offer(event, hours=form.offer_hours, now=now),
    )
    try:
        [claim] = capacity.take([want], now=now)
    except NoRoom as why:
        if not why.left or applicant.may_wait:
            raise rules.Full from None
        raise rules.PartyTooLarge(
            left=why.left, party_size=party, has_waiting_list=form.has_waiting_list
        ) from None
    return claim


def _pool(form: RegistrationForm, applicant: Applicant) -> Pool:
    is_online = applicant.is_online and rules.may_choose(form.event)
    return form.online_pool if is_online else form.pool


def _made(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> Registration:
    """As if there were a place."""
    seed, told, pool = tokens.new_seed(), rules.facts(form.event), _pool(form, applicant)
    return Registration(
        code=tokens.new_code("HCT", 7),
        event_id=form.event_id,
        event=form.event,
        form=form,
        claim=Claim(pool=pool, pool_id=pool.id, places=applicant.party_size),
        status=Status.CONFIRMED,
        name=applicant.name,
        email=applicant.email.lower(),
        organisation=applicant.organisation,
        language=applicant.language,
        party_size=applicant.party_size,
        source=rules.source(applicant.source),
        seed=seed,
        link_digest=tokens.digest(tokens.derived(LINK, seed)),
        letters_sent=1,
        created_at=now,
        changed_at=now,
        confirm_by=None,
        calendar_entry=CalendarEntry(
            uid=new_uid(),
            sequence=0,
            told=told,
            content_hash=rules.facts_hash(told),
            state=EntryState.SENT,
        ),
    )


def _write(registration: Registration, form: RegistrationForm, applicant: Applicant) -> int | None:
    """Write the rows of the registration by statements that were built once.

    Others wait for the lock meanwhile, and the session would take three times as long. Gives the id
    of the registration that this address has already; then nothing was written.
    """
    entry = registration.calendar_entry
    while (key := _inserted(registration, _new_registration(db.engine.dialect.name))) is None:
        known = queries.alive(registration.event_id, registration.email)
        if known is not None:
            return known
    registration.id = key  # the other rows and the letter's key carry it
    entry.registration_id = registration.id
    entry.id = _inserted(entry, _NEW_ENTRY)
    for stored in (registration, entry):
        make_transient_to_detached(stored)  # as if the session had read it
    db.session.add(registration)
    _insert(Participant, registration, _party(form, applicant))
    _insert(Answer, registration, _answers(form, applicant))
    return None


def _inserted(row: Registration | CalendarEntry, new: Any) -> Any:
    """The id of its new row."""
    values = {name: value for name, value in vars(row).items() if name in new.table.c}
    return db.session.connection().execute(new, values).scalar_one_or_none()


_NEW_ENTRY = insert(CalendarEntry).returning(CalendarEntry.id)


@lru_cache(maxsize=2)
def _new_registration(dialect: str) -> Any:  # noqa: ARG001 -- the statement differs by dialect
    """An INSERT that writes nothing where the address is registered already: the unique index
    decides.
    """
    return (
        upsert(Registration)
        .on_conflict_do_nothing(index_elements=["event_id", "email"], index_where=ONCE)
        .returning(Registration.id)
    )


def _insert(
    kind: type[Participant | Answer], registration: Registration, rows: list[dict[str, Any]]
) -> None:
    """All in one statement; the session would send one for each."""
    if rows:
        owned = [{"registration_id": registration.id, **row} for row in rows]
        db.session.connection().execute(_INSERT[kind], owned)


_INSERT = {kind: insert(kind) for kind in (Participant, Answer)}


def _party(form: RegistrationForm, applicant: Applicant) -> list[dict[str, Any]]:
    asked = rules.needs(form, diet=applicant.diet, access_needs=applicant.access_needs)
    first = {"name": applicant.name, "is_contact": True, **asked}
    guest = {"is_contact": False, "diet": "", "access_needs": ""}
    return [first, *({**guest, "name": name} for name in applicant.guests)]


def _answers(form: RegistrationForm, applicant: Applicant) -> list[dict[str, Any]]:
    """To questions that this form asks; others are not kept."""
    asked = {question.id for question in form.questions}
    return [
        {"question_id": question_id, **rules.answer_columns(value)}
        for question_id, value in applicant.answers.items()
        if question_id in asked
    ]
