"""Asking for a place: who gets one, who waits, and what both are told."""

import re
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.event import listen, remove

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, queries, rules
from events_app.registrations.models import Access, EntryState, Registration, Status
from events_app.registrations.rules import State
from tests.conftest import NOON, SERVER
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    make_applicant,
    make_form,
    make_question,
    registered,
    taken,
)


def post():
    wanted = select(OutboxMessage).order_by(OutboxMessage.id)
    return [(m.to_email, m.kind.rpartition("/")[2]) for m in db.session.scalars(wanted)]


def test_the_second_of_one_seat_waits_and_both_are_told(app):
    event = make_event(capacity=1)
    assert [registered(event, who).status for who in (ANA, RUI)] == [
        Status.CONFIRMED,
        Status.WAITLISTED,
    ]
    assert post() == [(ANA.email, "confirmed"), (RUI.email, "waiting")]
    assert taken(event) == 1


def test_an_address_is_looked_up_in_an_index(app):
    """By any that begins with the event, all who came before are read for each who registers."""
    sent, event = [], make_event(capacity=1)

    def note(*given):
        sent.append(given[2:4])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    queries.expected(event.id, ANA.email)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    (statement, values), how = sent[-1], "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:  # not stored
        if db.engine.dialect.name == "postgresql":
            how, grown = (
                "EXPLAIN",
                "reltuples = 1000000, relpages = 1 WHERE relname = 'participant'",
            )
            connection.execute(sa.text("SET TRANSACTION READ WRITE"))
            connection.execute(sa.text(f"UPDATE pg_class SET {grown}"))  # a small one is read whole
        plan = connection.exec_driver_sql(f"{how} {statement}", values).all()
    assert re.search(r"INDEX .*email=\?|Index Cond: .*email", str(plan))


def test_a_party_gets_all_its_places_or_none(app):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=3)
    registered(event)
    three = make_applicant(1, guests=("Gast A", "Gast B"))
    assert registered(event, three).status is Status.WAITLISTED
    assert taken(event) == 1
    two = make_applicant(2, guests=("Gast C",))
    assert registered(event, two).status is Status.CONFIRMED
    assert taken(event) == 3


@pytest.mark.skipif(not SERVER, reason="SQLite has one writer: nobody leaves meanwhile")
def test_a_place_that_comes_free_while_somebody_joins_the_line_is_theirs(app):
    """Who leaves must not look at the line before whoever joins it stands there."""
    event = make_event(capacity=1)
    ana, leaving = registered(event, ANA), []

    def leaves():
        with app.app_context(), saving():
            actions.give_up(queries.by_id(ana.id, event_id=event.id), now=NOON)

    def after(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO claim") and not leaving:
            leaving.append(threading.Thread(target=leaves))
            leaving[0].start()
            leaving[0].join(0.3)

    listen(db.engine, "after_cursor_execute", after)
    try:
        rui = registered(event, RUI)
    finally:
        remove(db.engine, "after_cursor_execute", after)
    leaving[0].join()
    db.session.expire_all()
    assert db.session.get(Registration, rui.id).status is Status.OFFERED


def test_without_a_waiting_list_full_is_full(app):
    event = make_event(capacity=0)
    make_form(event, capacity=0, has_waiting_list=False)
    with pytest.raises(rules.Full):
        registered(event)
    assert post() == []


def test_more_guests_than_allowed_are_refused(app):
    event = make_event(capacity=9)
    with pytest.raises(rules.TooManyGuests):
        registered(event, make_applicant(1, guests=("Gast A",)))
    assert taken(event) == 0


def test_the_same_address_twice_takes_one_place(app):
    event = make_event(capacity=5)
    first = registered(event)
    assert registered(event).id == first.id
    assert taken(event) == 1


def test_the_owner_of_an_address_typed_again_is_mailed_once_a_day(app):
    event = make_event(capacity=5)
    for _ in range(4):
        registered(event)
        jobs.remind()
    assert post() == [(ANA.email, "confirmed"), (ANA.email, "already")]


@pytest.mark.parametrize(
    ("status", "form"),
    [
        (EventStatus.CANCELLED, {}),
        (EventStatus.POSTPONED, {}),
        (EventStatus.DONE, {}),
        (EventStatus.PUBLISHED, {"opens_at": SOON}),
        (EventStatus.PUBLISHED, {"closes_at": NOON}),
        (EventStatus.PUBLISHED, {"access": Access.INVITATION}),
    ],
)
def test_who_comes_at_the_wrong_moment_is_told_why(app, status, form):
    event = make_event(capacity=5, status=status)
    make_form(event, **form)
    with pytest.raises(rules.NotOpen):
        registered(event)


def test_an_event_by_invitation_is_open_to_the_invited(app):
    event = make_event(capacity=5)
    make_form(event, access=Access.INVITATION)
    assert registered(event, is_invited=True).status is Status.CONFIRMED


def test_answers_to_questions_of_another_event_are_not_kept(app):
    event, other = make_event(capacity=5), make_event(capacity=5)
    ours, theirs = make_question(make_form(event)), make_question(make_form(other))
    registration = registered(event, make_applicant(1, answers={ours.id: "A", theirs.id: "B"}))
    assert [answer.value for answer in registration.contact.answers] == ["A"]


def test_only_who_has_a_place_has_it_in_the_calendar(app):
    event = make_event(capacity=1)
    assert registered(event, ANA).contact.entry.state is EntryState.SENT
    assert registered(event, RUI).contact.entry.state is EntryState.PLANNED
    methods = db.session.scalars(select(OutboxMessage.calendar_method).order_by(OutboxMessage.id))
    assert list(methods) == ["REQUEST", None]


def test_the_places_of_many_events_are_one_statement(app, statements):
    events = [make_event(capacity=size) for size in (0, 1, 20, 20)]
    make_form(events[3], capacity=20, has_waiting_list=False, closes_at=NOON)
    registered(events[0], MIA)
    registered(events[1], RUI)
    statements.clear()
    found = queries.places([event.id for event in events], now=NOON)
    assert len(statements) == 1
    places = [found[event.id] for event in events]
    assert [(p.size, p.taken, p.waiting, p.state) for p in places] == [
        (0, 0, 1, State.WAITING),
        (1, 1, 0, State.WAITING),
        (20, 0, 0, State.OPEN),
        (20, 0, 0, State.CLOSED),
    ]
