"""An event that is put off has no day: nothing of it is over when the day passes that it had."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events_app.core.db import db, saving
from events_app.events import actions, rules
from events_app.events.models import Event, Status
from events_app.events.queries import ended_before, is_in_use
from events_app.kits import jobs as kits
from events_app.kits import queries as kit_queries
from events_app.registrations import jobs
from events_app.registrations.models import Answer, Participant
from events_app.registrations.queries import form_of
from tests.conftest import NOON
from tests.factories.events import SOON, make_event
from tests.factories.kits import make_kit
from tests.factories.registrations import ANA, RUI, mailed_link, make_question, registered

SHORT = timedelta(days=60)
"""After the day that it had, and after every short term."""


@pytest.fixture
def put_off(app, noon):
    """One place, taken; Rui waits. The day that it had has long passed."""
    event = make_event(capacity=1)
    kit = make_kit(event)
    question = make_question(form_of(event.id), "Hoe reist u?", wipe_after_days=7)
    told = {"diet": "geen noten", "access_needs": "rolstoel", "answers": {question.id: "Trein"}}
    registered(event, replace(ANA, **told))
    registered(event, RUI)
    with saving():
        actions.postpone(event, words={"nl": "Ziek."}, by=None, now=NOON)
    jobs.find_changes()
    kits.follow()
    noon.set(SOON + SHORT)
    assert kit_queries.last_version(kit)
    return event


def test_what_people_told_is_kept_for_the_day_to_come(put_off):
    jobs.tidy()
    db.session.expire_all()
    ana, rui = db.session.query(Participant).order_by(Participant.id)
    assert (ana.diet, ana.access_needs, rui.name) == ("geen noten", "rolstoel", RUI.name)
    assert [answer.value for answer in db.session.query(Answer)] == ["Trein"]


@pytest.mark.parametrize("email", [ANA.email, RUI.email])
def test_who_registered_can_change_and_cancel(client, put_off, email):
    own = mailed_link(email)
    assert client.get(f"{own}/change").status_code == 200
    assert f"{own}/cancel" in client.get(own).text


def call_off(event, noon, *, at):
    noon.set(at)
    with saving():
        actions.cancel(event, words={"nl": "Helaas."}, by=None, now=at)


def test_called_off_after_its_day_it_stays_until_all_have_heard(put_off, noon):
    at = SOON + SHORT
    call_off(put_off, noon, at=at)
    with pytest.raises(rules.StillHeard), saving():
        actions.archive(put_off, by=None, now=at)
    with saving():
        actions.archive(put_off, by=None, now=at + timedelta(days=1))
    assert put_off.status is Status.ARCHIVED


def test_its_kit_follows_once_more(put_off, noon):
    kit = kit_queries.kit_of(put_off)
    before = kit_queries.last_version(kit).number
    call_off(put_off, noon, at=SOON + SHORT)
    noon.set(SOON + SHORT + timedelta(minutes=25))
    kits.follow()
    assert kit_queries.last_version(kit).number == before + 1


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("changed", [-timedelta(days=9), timedelta(0), timedelta(hours=30)])
@pytest.mark.parametrize("later", [-timedelta(hours=1), timedelta(hours=1), timedelta(days=3)])
def test_the_rule_and_the_question_to_the_database_agree(app, status, changed, later):
    event = make_event(status=status)
    with saving():
        event.changed_at = event.ends_at + changed
    now = event.ends_at + later
    found = db.session.query(Event.id).filter(is_in_use(now)).first() is not None
    assert found is rules.is_in_use(event, now=now)


@pytest.mark.parametrize("status", Status)
def test_it_has_ended_only_when_its_last_change_is_as_long_ago(app, status):
    """What is forgotten a term after an event goes by this, in every room."""
    event = make_event(status=status)
    with saving():
        event.changed_at = event.ends_at + timedelta(days=9)
    ended = [
        db.session.query(Event.id)
        .filter(ended_before(event.ends_at + timedelta(days=days)))
        .count()
        for days in (-1, 0, 8, 9)
    ]
    assert ended == ([0, 0, 0, 1] if status is Status.POSTPONED else [0, 1, 1, 1])
