from datetime import datetime, timedelta

from sqlalchemy import select, update

from events_app.core import limits, links, tokens
from events_app.core.db import db
from events_app.core.errors import TooMany
from events_app.core.letters import Letter
from events_app.delivery.actions import enqueue
from events_app.events.models import Event
from events_app.registrations import letters, queries, rules
from events_app.registrations.models import (
    Answer,
    CalendarEntry,
    EntryState,
    Participant,
    Pool,
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
    form = queries.form_of(event.id)
    rules.must_be_open(form, event, now=now, is_invited=is_invited)
    if len(applicant.guests) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    is_seated = _take(form.pool.id, applicant.party_size) or _take_locked(form, applicant)
    known = queries.alive(event.id, applicant.email)
    if known:
        raise rules.AlreadyRegistered(known)  # the places go back with the transaction
    if not is_seated and not form.has_waiting_list:
        raise rules.Full
    registration = _written(form, applicant, is_seated=is_seated, now=now)
    db.session.add(registration)
    db.session.flush()  # the letter's key carries the id
    letter = letters.confirmed if is_seated else letters.waiting
    _post(letter(registration), registration, now=now)
    return registration


def remind(registration: Registration, *, now: datetime) -> None:
    """Mail people their own link when their address is typed again; at most once a day."""
    try:
        key = f"registrations:already:{registration.id}"
        limits.hit(key, limit=1, per=timedelta(days=1), now=now)
    except TooMany:
        return
    registration.letters_sent += 1
    _post(letters.already(registration), registration, now=now)


def _take(pool_id: int, places: int) -> bool:
    """Take them all or none. Only this statement makes `taken` grow: it cannot pass the size."""
    taken = db.session.execute(
        update(Pool)
        .where(Pool.id == pool_id, Pool.taken + places <= Pool.size + Pool.over_allowance)
        .values(taken=Pool.taken + places)
        .returning(Pool.id),
        execution_options={"synchronize_session": False},
    )
    return taken.scalar_one_or_none() is not None


def _take_locked(form: RegistrationForm, applicant: Applicant) -> bool:
    """Look once more with the pool held: no place may come free while someone joins the line."""
    _hold(form.pool.id)
    return _take(form.pool.id, applicant.party_size)


def _hold(pool_id: int) -> Pool:
    """The pool's row is the lock of all its places and its line; taken before any other row."""
    wanted = select(Pool).where(Pool.id == pool_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def _written(
    form: RegistrationForm, applicant: Applicant, *, is_seated: bool, now: datetime
) -> Registration:
    code, seed = tokens.new_code("HCT", 7), tokens.new_seed()
    first = Participant(
        name=applicant.name,
        is_contact=True,
        diet=applicant.diet if form.asks_diet else "",
        access_needs=applicant.access_needs if form.asks_access_needs else "",
    )
    asked = {question.id for question in form.questions}
    return Registration(
        code=code,
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
        participants=[first, *(Participant(name=name) for name in applicant.guests)],
        answers=[
            Answer(question_id=question_id, value=value)
            for question_id, value in applicant.answers.items()
            if value and question_id in asked
        ],
        calendar_entry=CalendarEntry(
            uid=f"registration-{code.lower()}@{links.host()}",
            sequence=0,
            content_hash=rules.facts_hash(form.event),
            state=EntryState.SENT if is_seated else EntryState.PLANNED,
        ),
        place_in_line=None
        if is_seated
        else WaitlistEntry(
            pool_id=form.pool.id,
            party_size=applicant.party_size,
            status=WaitStatus.WAITING,
            created_at=now,
        ),
    )


def _post(letter: Letter, registration: Registration, *, now: datetime) -> None:
    kind = letter.kind.rpartition("/")[2]
    key = f"registration:{registration.id}:{kind}:v{registration.letters_sent}"
    enqueue(letter, dedupe_key=key, now=now)
