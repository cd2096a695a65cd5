from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from events_app.core import limits, tokens
from events_app.core.db import db
from events_app.core.errors import TooMany
from events_app.events.models import Event
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.posting import new_uid, post
from events_app.registrations.models import (
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


def register(
    event: Event, applicant: Applicant, *, now: datetime, is_invited: bool = False
) -> Registration:
    """Places for the whole party, or a place in line; and a letter that says which.

    Raises NotOpen, Full, TooManyGuests, or AlreadyRegistered (which holds the registration: write
    to its owner, tell nothing to whoever typed the address).
    """
    return enter(queries.form_of(event.id), applicant, now=now, is_invited=is_invited)


def enter(
    form: RegistrationForm, applicant: Applicant, *, now: datetime, is_invited: bool = False
) -> Registration:
    """`register`, for who has the event's form at hand."""
    rules.must_be_open(form, form.event, now=now, is_invited=is_invited)
    if len(applicant.guests) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    party = applicant.party_size
    is_seated = pools.take(form.pool.id, party) or _take_held(form.pool.id, party)
    known = queries.alive(form.event_id, applicant.email.lower())
    if known:
        raise rules.AlreadyRegistered(known)  # the places go back with the transaction
    if not is_seated and not form.has_waiting_list:
        raise rules.Full
    registration = _written(form, applicant, is_seated=is_seated, now=now)
    letter = letters.confirmed if is_seated else letters.waiting
    post(letter(registration), registration, now=now)
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


def _written(
    form: RegistrationForm, applicant: Applicant, *, is_seated: bool, now: datetime
) -> Registration:
    seed, told = tokens.new_seed(), rules.facts(form.event)
    registration = Registration(
        code=tokens.new_code("HCT", 7),
        event_id=form.event_id,
        event=form.event,
        pool_id=form.pool.id,
        status=Status.CONFIRMED if is_seated else Status.WAITLISTED,
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
            state=EntryState.SENT if is_seated else EntryState.PLANNED,
        ),
        place_in_line=None if is_seated else _place_in_line(form, applicant, now=now),
    )
    db.session.add(registration)
    db.session.flush()  # its rows and the letter's key carry the id
    _insert(Participant, registration, _party(form, applicant))
    _insert(Answer, registration, _answers(form, applicant))
    return registration


def _insert(
    kind: type[Participant | Answer], registration: Registration, rows: list[dict[str, Any]]
) -> None:
    """All in one statement; the session would send one for each."""
    if rows:
        owned = [{"registration_id": registration.id, **row} for row in rows]
        db.session.connection().execute(_INSERT[kind], owned)


_INSERT = {kind: insert(kind) for kind in (Participant, Answer)}


def _party(form: RegistrationForm, applicant: Applicant) -> list[dict[str, Any]]:
    first = {
        "name": applicant.name,
        "is_contact": True,
        "diet": applicant.diet if form.asks_diet else "",
        "access_needs": applicant.access_needs if form.asks_access_needs else "",
    }
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


def _place_in_line(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> WaitlistEntry:
    return WaitlistEntry(
        pool_id=form.pool.id,
        party_size=applicant.party_size,
        status=WaitStatus.WAITING,
        created_at=now,
    )
