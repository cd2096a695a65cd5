"""What has served its purpose is wiped, and the places are counted again."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events_app.accounts.models import JournalEntry
from events_app.capacity.models import Pool
from events_app.core.db import db, saving
from events_app.registrations import actions, jobs
from events_app.registrations.actions import retention
from events_app.registrations.models import Answer, Participant, Registration, Status
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.registrations import (
    make_applicant,
    make_form,
    make_question,
    pool_of,
    registered,
    taken,
)


@pytest.fixture
def event(app):
    event = make_event(capacity=9)
    form = make_form(event, needs_wipe_after_days=14)
    short = make_question(form, wipe_after_days=7)
    long = make_question(form, wipe_after_days=60)
    for number in range(3):
        applicant = make_applicant(
            number, diet="vegan", access_needs="ringleiding", answers={short.id: "A", long.id: "B"}
        )
        registered(event, applicant)
    return event


def kept():
    db.session.expire_all()
    people = db.session.scalars(select(Participant)).all()
    needs = sum(bool(person.diet) + bool(person.access_needs) for person in people)
    return needs, len(db.session.scalars(select(Answer)).all())


def at(noon, event, **after):
    noon.set(event.ends_at + timedelta(**after))
    jobs.tidy()
    return kept()


def test_needs_and_answers_are_wiped_each_in_its_time(event, noon):
    assert at(noon, event, seconds=0) == (6, 6)
    assert at(noon, event, days=7, seconds=-1) == (6, 6)
    assert at(noon, event, days=7) == (6, 3)
    assert at(noon, event, days=14, seconds=-1) == (6, 3)
    assert at(noon, event, days=14) == (0, 3)
    assert at(noon, event, days=60) == (0, 0)


def test_wiping_goes_on_in_batches_until_nothing_is_left(event, noon, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    noon.set(event.ends_at + timedelta(days=90))
    for _turn in range(10):
        jobs.tidy()
    assert kept() == (0, 0)


def test_a_pool_that_says_another_number_is_written_down_and_not_put_right(event, caplog):
    with saving():
        assert actions.recount(now=NOON) == 0
    with saving():
        key = pool_of(event).id
        db.session.execute(update(Pool).where(Pool.id == key).values(taken=5))
    with saving(), caplog.at_level(logging.ERROR):
        assert actions.recount(now=NOON) == 1
    assert "says 5 taken, counted 3" in caplog.text
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.verb, entry.before, entry.after) == (
        "registrations.miscounted", {"taken": 5}, {"counted": 3},
    )  # fmt: skip
    assert taken(event) == 5


@pytest.mark.parametrize("values", [{"status": Status.WAITLISTED}, {"party_size": 2}])
def test_a_registration_that_stands_otherwise_than_its_claim_is_written_down(event, caplog, values):
    with saving():
        one = db.session.scalars(select(Registration)).first()
        db.session.execute(update(Registration).where(Registration.id == one.id).values(values))
    with saving(), caplog.at_level(logging.ERROR):
        assert actions.recount(now=NOON) == 1
    assert f"registration {one.id} is" in caplog.text
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.verb, entry.subject_id) == ("registrations.miscounted", one.id)
