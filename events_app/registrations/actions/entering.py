from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import make_transient_to_detached

from events_app.core import limits, tokens
from events_app.core.db import db, upsert
from events_app.core.errors import TooMany
from events_app.core.letters import Letter
from events_app.events.models import Event
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.posting import new_uid, post
from events_app.registrations.models import (
    ONCE,
    Answer,
    CalendarEntry,
    EntryState,
    Participant,
    Registration,
    RegistrationForm,
    Status,
    WaitlistEntry,
    WaitStatus,
)
from events_app.registrations.rules import Applicant


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door, with all that a place takes but the place: not yet in the database."""

    applicant: Applicant
    registration: Registration
    letter: Letter


def register(
    event: Event, applicant: Applicant, *, now: datetime, is_invited: bool = False
) -> Registration:
    """Places for the whole party, or a place in line; and a letter that says which.

    Raises NotOpen, Full, TooManyGuests, or AlreadyRegistered (which holds the registration: write
    to its owner, tell nothing to whoever typed the address).
    """
    form = queries.form_of(event.id)
    return enter(form, arrive(form, applicant, now=now), now=now, is_invited=is_invited)


def arrive(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> Arrival:
    """What `enter` needs, and what takes long: while it is made nobody waits for a lock."""
    registration = _made(form, applicant, now=now)
    return Arrival(applicant, registration, letters.confirmed(registration, applicant.names))


def enter(
    form: RegistrationForm, arrival: Arrival, *, now: datetime, is_invited: bool = False
) -> Registration:
    """`register`, for who has the event's form at hand."""
    applicant, letter = arrival.applicant, arrival.letter
    rules.must_be_open(form, form.event, now=now, is_invited=is_invited)
    if len(applicant.guests) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    party = applicant.party_size
    is_seated = pools.take(form.pool.id, party) or _take_held(form.pool.id, party)
    registration = arrival.registration
    if not is_seated:
        _check_unknown(registration)
        if not form.has_waiting_list:
            raise rules.Full
        _put_in_line(registration, form, now=now)
        letter = letters.waiting(registration, applicant.names)
    _write(registration, form, applicant)
    post(letter, registration, now=now)
    return registration


def remind(registration: Registration, *, now: datetime) -> None:
    """Mail people their own link when their address is typed again; at most once a day."""
    try:
        key = f"registrations:already:{registration.id}"
        limits.hit(key, limit=1, per=timedelta(days=1), now=now)
    except TooMany:
        return
    registration.letters_sent += 1
    post(letters.already(registration), registration, now=now)


def _take_held(pool_id: int, places: int) -> bool:
    """Look once more with the pool held: no place may come free while someone joins the line."""
    pools.hold(pool_id)
    return pools.take(pool_id, places)


def _made(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> Registration:
    """As if there were a place."""
    seed, told = tokens.new_seed(), rules.facts(form.event)
    return Registration(
        code=tokens.new_code("HCT", 7),
        event_id=form.event_id,
        event=form.event,
        pool_id=form.pool.id,
        status=Status.CONFIRMED,
        name=applicant.name,
        email=applicant.email.lower(),
        organisation=applicant.organisation,
        language=applicant.language,
        party_size=applicant.party_size,
        source=rules.source(applicant.source),
        seed=seed,
        link_digest=tokens.digest(tokens.derived("registration", seed)),
        letters_sent=1,
        created_at=now,
        changed_at=now,
        calendar_entry=CalendarEntry(
            uid=new_uid(),
            sequence=0,
            told=told,
            content_hash=rules.facts_hash(told),
            state=EntryState.SENT,
        ),
    )


def _put_in_line(registration: Registration, form: RegistrationForm, *, now: datetime) -> None:
    registration.status = Status.WAITLISTED
    registration.calendar_entry.state = EntryState.PLANNED
    registration.place_in_line = WaitlistEntry(
        pool_id=form.pool.id,
        party_size=registration.party_size,
        status=WaitStatus.WAITING,
        created_at=now,
    )


def _write(registration: Registration, form: RegistrationForm, applicant: Applicant) -> None:
    """By statements built once, as others wait: the session would take three times as long."""
    entry, in_line = registration.calendar_entry, registration.place_in_line
    while (key := _inserted(registration, _new_registration(db.engine.dialect.name))) is None:
        _check_unknown(registration)  # the places go back with the transaction
    registration.id = key  # the other rows and the letter's key carry it
    for row in (entry, in_line):
        if row:
            row.registration_id = registration.id
            row.id = _inserted(row, _NEW[type(row)])
    for stored in (registration, entry, in_line):
        if stored:
            make_transient_to_detached(stored)  # as if the session had read it
    db.session.add(registration)
    _insert(Participant, registration, _party(form, applicant))
    _insert(Answer, registration, _answers(form, applicant))


def _check_unknown(registration: Registration) -> None:
    known = queries.alive(registration.event_id, registration.email)
    if known:
        raise rules.AlreadyRegistered(known)


def _inserted(row: Registration | CalendarEntry | WaitlistEntry, new: Any) -> Any:
    """The id of its new row."""
    values = {name: value for name, value in vars(row).items() if name in new.table.c}
    return db.session.connection().execute(new, values).scalar_one_or_none()


_NEW: dict[type, Any] = {
    kind: insert(kind).returning(kind.id) for kind in (CalendarEntry, WaitlistEntry)
}


@lru_cache(maxsize=2)
def _new_registration(dialect: str) -> Any:  # noqa: ARG001 -- the statement differs by dialect
    """Nothing is written when the address stands there already: the index knows without asking."""
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
        {"question_id": question_id, "value": value}
        for question_id, value in applicant.answers.items()
        if value and question_id in asked
    ]
