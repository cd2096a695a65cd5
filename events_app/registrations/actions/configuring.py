"""What organisers decide: when, for whom, how many, and what is asked."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from events_app.accounts.actions import change, note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.capacity.models import Pool
from events_app.capacity.rules import TooSmall
from events_app.core.db import db
from events_app.events.models import Event
from events_app.events.rules import label
from events_app.registrations import queries, rules
from events_app.registrations.actions.allotting import remove_all
from events_app.registrations.actions.answering import wipe_answers
from events_app.registrations.actions.waiting_list import offer_places
from events_app.registrations.models import (
    Answer,
    AskedOf,
    OptionGroup,
    Participant,
    Question,
    RegistrationForm,
)
from events_app.registrations.rules import Asked, Settings


def set_up(
    event: Event,
    settings: Settings,
    *,
    size: int,
    online_size: int | None = None,
    form: RegistrationForm | None,
    by: StaffMember,
    now: datetime,
) -> None:
    """Open registration for an event, or change how it goes. `online_size`: None for everybody.
    What people told of a need that is asked no more is wiped: nobody could change it any more.

    Raises TooFewPlaces; NotOpen where people register on another site.
    """
    if form is None:
        rules.must_be_here(event)
        form = RegistrationForm(event_id=event.id, told_revision=event.revision)
        form.pool, form.online_pool = Pool(size=size), Pool(size=online_size)
        form.questions = []
        db.session.add(form)
        for name, value in asdict(settings).items():
            setattr(form, name, value)
        db.session.flush()
        note("registrations.opened", event, label(event), by=by, now=now, after={"size": size})
        return
    capacity.lock(form.pool_ids)
    dropped = rules.needs_dropped(form, settings)
    if dropped:
        told = update(Participant).where(Participant.event_id == event.id)
        db.session.execute(told.values(dict.fromkeys(dropped, "")))
    before, after = change(form, **asdict(settings))
    if after:
        note("registrations.set", event, label(event), by=by, now=now, before=before, after=after)
    resize(form, size, by=by, now=now)
    resize(form, online_size, is_online=True, by=by, now=now)


def add_hall(event: Event, *, by: StaffMember, now: datetime) -> None:
    """The event was online alone, and is in a hall besides from now on. Who registered stays
    online, with as many places as there were. The hall has none before an organiser says how many:
    nobody is let into one that is too small.

    Where this cannot be (`rules.HallComes`) they are in the hall, as they were before the event
    was online alone.
    """
    form = queries.maybe_form(event.id)
    if form is None:
        return
    capacity.lock(form.pool_ids)
    hall = queries.hall_comes(event.id)
    if hall is None or not hall.is_besides:
        return
    size = form.pool.size
    form.pool, form.online_pool = form.online_pool, form.pool
    db.session.flush()
    capacity.resize(form.pool_id, 0)
    note(
        "registrations.resized", event, label(event), by=by, now=now,
        before={"size": size}, after={"size": 0, "online_size": size},
    )  # fmt: skip


def resize(
    form: RegistrationForm,
    size: int | None,
    *,
    is_online: bool = False,
    by: StaffMember,
    now: datetime,
) -> None:
    """Change how many places there are, and offer the new ones. Raises TooFewPlaces."""
    pool_id = form.pool_ids[is_online]
    before = capacity.lock([pool_id])[pool_id].size
    if size == before:
        return
    try:
        capacity.resize(pool_id, size)
    except TooSmall as why:
        held = [] if is_online else _held(form)
        raise rules.TooFewPlaces(why.taken, is_online=is_online, held=held) from None
    field = "online_size" if is_online else "size"
    note(
        "registrations.resized", form.event, label(form.event), by=by, now=now,
        before={field: before}, after={field: size},
    )  # fmt: skip
    offer_places(pool_id, now=now)


def _held(form: RegistrationForm) -> list[tuple[str, int]]:
    """For whom, and how many of these nobody has yet."""
    found = queries.allotments(form.event_id)
    return [(each.name, each.pool.free) for each in found if each.pool.free]


def remove_of(event: Event) -> None:
    """The form of a draft that nobody saw, with its places and questions."""
    form = queries.maybe_form(event.id)
    if form:
        remove_all(form)
        pool_ids = form.every_pool_id
        db.session.delete(form)
        capacity.remove(pool_ids)


def ask(
    form: RegistrationForm,
    asked: Asked,
    *,
    question: Question | None,
    by: StaffMember,
    now: datetime,
) -> Question:
    """Add a question at the end, or change one. What guests answered goes where it is asked of the
    contact alone from now on.
    """
    verb = "registrations.question_changed" if question else "registrations.question_added"
    if question is None:
        last = max((known.position for known in form.questions), default=0)
        question = Question(form_id=form.id, position=last + 1)
        form.questions.append(question)
    if question.asked_of is AskedOf.EVERYONE and asked.asked_of is AskedOf.CONTACT:
        capacity.lock(form.pool_ids)  # nobody answers meanwhile
        guests = select(Participant.id).where(~Participant.is_contact)
        wipe_answers((Answer.question_id == question.id) & Answer.participant_id.in_(guests))
    for name, value in asdict(asked).items():
        setattr(question, name, value)
    db.session.flush()
    note(verb, question, _named(question, form), by=by, now=now)
    return question


def move_question(form: RegistrationForm, question: Question, *, up: bool) -> None:
    """One place up or down; at the end nothing changes."""
    move(form.questions, question, up=up)


def move(every: Sequence[Question | OptionGroup], one: Question | OptionGroup, *, up: bool) -> None:
    ordered = sorted(every, key=lambda known: (known.position, known.id))
    here = ordered.index(one)
    there = here - 1 if up else here + 1
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, known in enumerate(ordered, start=1):
        known.position = position


def remove_question(
    form: RegistrationForm, question: Question, *, by: StaffMember, now: datetime
) -> None:
    """With the answers given to it. Nobody gives one meanwhile (answering.still_asked)."""
    capacity.lock(form.pool_ids)
    note("registrations.question_removed", question, _named(question, form), by=by, now=now)
    wipe_answers(Answer.question_id == question.id)
    form.questions.remove(question)


def _named(question: Question, form: RegistrationForm) -> str:
    """Two events may ask the same."""
    return f"{rules.label(question)} · {label(form.event)}"


def take_along(event: Event, *, by: StaffMember, now: datetime) -> None:
    """Write down who took the list of people out of the house."""
    note("registrations.exported", event, label(event), by=by, now=now)
