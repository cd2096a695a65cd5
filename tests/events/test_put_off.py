"""An event that is put off has no day: nothing of it is over when the day passes that it had."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from events_app.core import tokens
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
from tests.factories.events import SOON, make_event, make_series
from tests.factories.invitations import make_ambassador, make_invitation
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
    page = client.get(f"{own}/change")
    assert page.status_code == 200
    assert "Wij wissen het na de bijeenkomst, als die een nieuwe datum heeft." in page.text
    assert "Wij wissen het op" not in page.text
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


TO_COME = (
    "/", "/events/", "/events/?sector=energie", "/events/?q=energie", "/series/op-de-buhne",
    "/desk/events/", "/desk/events/?period=coming", "/desk/registrations/", "/desk/invitations/",
    "/desk/kits/", "/desk/",
)  # fmt: skip
NOT_THERE = ("/events/?past=1", "/desk/events/?period=past", "/desk/registrations/?past=1")


def test_lists_of_what_is_to_come_have_it_and_those_of_what_is_over_do_not(desk, put_off):
    make_ambassador()
    with saving():
        put_off.series = make_series()
    title = put_off.title["nl"]
    assert [path for path in TO_COME if title not in desk.get(path).text] == []
    assert [path for path in NOT_THERE if title in desk.get(path).text] == []


def test_it_stands_behind_what_has_a_day(client, put_off):
    series = make_series()
    later = make_event("Later", starts_at=SOON + SHORT + timedelta(days=9), series=series)
    with saving():
        put_off.series = series
    for path in ("/", "/events/", f"/series/{series.slug}"):
        words = client.get(path).text
        assert 0 < words.find(later.title["nl"]) < words.rfind(put_off.title["nl"]), path
    assert "Nog geen nieuwe datum</h2>" in client.get("/events/").text


def test_the_agenda_counts_it_and_pages_before_the_last_do_not_show_it(client, put_off):
    for number in range(41):
        make_event(f"Nummer {number}", starts_at=SOON + SHORT + timedelta(days=9))
    title = f">{put_off.title['nl']}</a>"
    assert title not in client.get("/events/").text
    assert title in client.get("/events/?page=2").text
    assert "42 bijeenkomsten gevonden" in client.get("/events/?sector=energie").text


def test_who_reads_along_hears_that_it_has_a_day_again(client, put_off):
    """The agenda is kept while it is the same."""
    assert "Nog geen nieuwe datum</h2>" in client.get("/events/").text
    with saving():
        put_off.starts_at += SHORT * 2
        put_off.ends_at += SHORT * 2
        put_off.status = Status.PUBLISHED
    assert "Nog geen nieuwe datum</h2>" not in client.get("/events/").text


def test_a_feed_says_that_it_is_put_off_and_names_no_day(client, put_off):
    words = client.get("/events.atom").text
    assert "Nog geen nieuwe datum" in words
    assert "18 maart 2027" not in words
    assert "STATUS:CANCELLED" in client.get("/events.ics").text


def test_its_ambassador_still_sees_whom_they_invited(client, put_off):
    noor = make_ambassador()
    with saving():
        put_off.status = Status.PUBLISHED
        put_off.starts_at, put_off.ends_at = NOON + SHORT * 9, NOON + SHORT * 9
    guest = make_invitation(put_off, noor)
    with saving():
        put_off.status = Status.POSTPONED
        put_off.starts_at = put_off.ends_at = SOON
    page = client.get(f"/ambassador/{tokens.derived('ambassador', noor.seed)}").text
    assert guest.email in page
    assert "Nog geen nieuwe datum" in page


def test_places_for_it_are_held_until_a_moment_that_somebody_chooses(desk, put_off):
    page = html.fromstring(desk.get(f"/desk/registrations/{put_off.id}/held").text)
    assert page.xpath("//input[@name='release_at']/@value") in ([], [""])


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
