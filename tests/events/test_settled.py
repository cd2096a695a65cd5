"""What is over or called off takes no new date or place; its texts can still be put right."""

from datetime import timedelta

import pytest
import vobject
from bs4 import BeautifulSoup

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions, queries, rules
from events_app.events.models import Status
from events_app.registrations import jobs
from tests.confirming import confirm, mark_in
from tests.conftest import NOON
from tests.events.test_actions import content
from tests.events.test_desk import as_shown
from tests.factories.events import SOON, make_event, make_venue
from tests.factories.registrations import ANA, mailed_link, registered
from tests.pages import shown

AHEAD = {"starts_at": "2027-07-01T13:00", "ends_at": "2027-07-01T17:30"}
EARLIER = {"starts_at": "2027-03-11T09:00", "ends_at": "2027-03-11T12:00"}
LATER = timedelta(days=10)
HALL = {"venue": "new", "new_venue-name": "Hal", "new_venue-city": "Ede"}
AFTER = NOON + timedelta(days=90)
"""The event of 18 March is over."""
OVER, OFF, AWAY = "is voorbij. De plaats", "is afgelast: tijd en plaats", "staat in het archief"
HOW = {
    "ended": (Status.PUBLISHED, OVER),
    "closed": (Status.DONE, OVER),
    "called off, and past": (Status.CANCELLED, OFF),
    "in the archive": (Status.ARCHIVED, AWAY),
}


def edit(event):
    return f"/desk/events/{event.id}/edit"


def stands(event):
    db.session.refresh(event)
    return event.starts_at, event.ends_at, event.timezone, event.venue_id, event.revision


def fixed(desk, event, sentence, change):
    """Refused by the form before it asks anything, with what was typed; nothing is stored."""
    before, letters = stands(event), db.session.query(OutboxMessage).count()
    sent = as_shown(event, **change)
    assert not mark_in(desk.post(edit(event), data=sent)), "nothing is asked first"
    answer = confirm(desk, edit(event), sent)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert sentence in shown_in(page.find(class_="error-summary"))
    for value in change.values():
        assert page.find(attrs={"value": value}), value
    assert stands(event) == before
    assert db.session.query(OutboxMessage).count() == letters


def shown_in(part):
    return " ".join(part.text.split())


@pytest.mark.parametrize("how", HOW)
def test_what_is_over_takes_no_date_to_come(desk, noon, how):
    status, sentence = HOW[how]
    event = make_event(summary="Kort.", status=status)
    noon.set(AFTER)
    page = desk.get(edit(event))
    assert sentence in shown(page), "said before anything is typed"
    assert f'href="/desk/events/{event.id}/copy"' in page.text
    fixed(desk, event, sentence, AHEAD)
    if sentence is not OVER:
        fixed(desk, event, sentence, EARLIER)


@pytest.mark.parametrize("change", [AHEAD, EARLIER, HALL])
def test_what_is_called_off_stays_where_and_when_it_was(desk, change):
    event = make_event(summary="Kort.", status=Status.CANCELLED)
    fixed(desk, event, OFF, change)


@pytest.mark.parametrize("how", HOW)
def test_its_texts_are_put_right(desk, noon, how):
    event = make_event(summary="Kort.", status=HOW[how][0])
    noon.set(AFTER)
    answer = desk.post(edit(event), data=as_shown(event, report_nl="Het was mooi."))
    assert answer.status_code == 303
    db.session.refresh(event)
    assert event.report == {"nl": "Het was mooi."}


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DONE])
def test_a_wrong_date_and_hall_of_what_is_over_are_put_right_and_all_agree(
    desk, client, noon, status
):
    event = make_event(summary="Kort.", capacity=9)
    registered(event, ANA)
    own = mailed_link(ANA.email)
    with saving():
        event.status = status
    noon.set(AFTER)
    letters = db.session.query(OutboxMessage).count()
    change = as_shown(event, **EARLIER, venue=str(make_venue("Hal 2", "Ede").id))
    asked = shown(desk.post(edit(event), data=change))
    assert "van donderdag 18 maart 2027, 13.00–17.30 uur naar donderdag 11 maart 2027" in asked
    assert "e-mail aan iemand met een plaats" not in asked
    assert "Bij tijd en plaats staat wat het eerst was" not in asked
    assert confirm(desk, edit(event), change).status_code == 303
    for minutes in (0, 21, 61):
        noon.set(AFTER + timedelta(minutes=minutes, seconds=0.3))
        jobs.find_changes()
    assert db.session.query(OutboxMessage).count() == letters
    db.session.refresh(event)
    for calendar in (f"/events/{event.slug}.ics", f"{own}/calendar.ics"):
        entry = vobject.readOne(client.get(calendar).text).vevent
        assert (entry.dtstart.value, entry.dtend.value) == (event.starts_at, event.ends_at)
        assert "Hal 2" in entry.location.value
    for page in (client.get(f"/events/{event.slug}"), client.get(own)):
        assert "11 maart 2027" in shown(page)
        assert "18 maart" not in shown(page)
    assert "nog niet weg" not in shown(desk.get(f"/desk/events/{event.id}"))


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.POSTPONED])
def test_what_is_to_come_is_not_moved_into_the_past(desk, status):
    event = make_event(summary="Kort.", capacity=9)
    registered(event, ANA)
    with saving():
        event.status = status
    past = {"starts_at": "2026-03-18T13:00", "ends_at": "2026-03-18T17:30"}
    fixed(desk, event, "Het begin ligt in het verleden.", past)


def test_a_draft_takes_any_date(desk):
    event = make_event(summary="Kort.", status=Status.DRAFT)
    for times in (EARLIER, AHEAD):
        assert desk.post(edit(event), data=as_shown(event, **times)).status_code == 303


def test_nobody_is_told_a_change_once_it_is_over_and_the_desk_says_so(desk, noon):
    event = make_event(summary="Kort.", capacity=9)
    registered(event, ANA)
    noon.set(event.ends_at - timedelta(minutes=5, seconds=0.8))
    later = as_shown(event, starts_at="2027-03-18T13:05")
    assert confirm(desk, edit(event), later).status_code == 303
    page = f"/desk/events/{event.id}"
    assert "is nog niet weg" in shown(desk.get(page))
    noon.set(event.ends_at + timedelta(minutes=1, seconds=0.8))
    assert "is nog niet weg" not in shown(desk.get(page))


def test_the_verb_refuses_it_whoever_asks(app):
    event = make_event(summary="Kort.", status=Status.CANCELLED)
    moved = content(event, starts_at=event.starts_at + timedelta(days=9), ends_at=SOON + LATER)
    with pytest.raises(rules.FactsStay), saving():
        actions.change(event, moved, by=None, now=NOON)
    assert queries.by_id(event.id).starts_at == SOON
