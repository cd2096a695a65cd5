"""A page that said what follows is only taken at its word while that still follows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.capacity.models import Pool
from events_app.core.db import db, saving
from events_app.events import actions as events
from events_app.events.models import Event, Status, Venue
from events_app.registrations import actions as registrations
from events_app.registrations.models import Question, Registration
from tests.confirming import mark_in
from tests.conftest import NOON
from tests.events.test_desk import as_shown
from tests.factories.events import make_event, make_venue
from tests.factories.registrations import make_applicant, make_form, make_question, registered
from tests.registrations.test_settling import typed

NOW = NOON + timedelta(minutes=4, seconds=13, microseconds=901_022)
CHANGED = "Wat er volgt, is veranderd terwijl u keek."


@pytest.fixture(autouse=True)
def at_odds(noon):
    noon.set(NOW)


def ten_come(event):
    for number in range(50, 60):
        registered(event, make_applicant(number))


def it_moves(event):
    with saving():
        event.starts_at += timedelta(hours=1)
        event.ends_at += timedelta(hours=1)
        event.revision += 1


def move(event):
    data = as_shown(event, starts_at="2027-03-18T13:30", ends_at="2027-03-18T18:00")
    return f"/desk/events/{event.id}/edit", None, data


def stop(outcome):
    def made(event):
        path = f"/desk/events/{event.id}/{outcome}"
        return path, path, {"words_nl": "De zaal is dicht."}

    return made


def move_venue(event):
    said = {
        "name": "De Machinehal",
        "street": "Kade 99",
        "postcode": "3311 AA",
        "city": "Dordrecht",
    }
    return f"/desk/venues/{event.venue_id}", None, {**said, "region": str(event.venue.region_id)}


def widen(event):
    make_form(event, capacity=1)
    registered(event, make_applicant(2))  # and waits
    return f"/desk/registrations/{event.id}/settings", None, typed(size="20")


def remove_question(event):
    form = make_form(event, capacity=40)
    question = make_question(form)
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    return f"{path}/remove", path, {}


def answered(event):
    question = db.session.scalars(select(Question)).one()
    registered(event, make_applicant(70, answers={question.id: "Zaal 2"}))


def go_on(event):
    with saving():
        events.postpone(event, words={}, by=None, now=NOW)
    path = f"/desk/events/{event.id}"
    return f"{path}/go-on", path, {}


def told_of_it(event):
    form = make_form(event, capacity=40)
    with saving():
        registrations.tell_change(form, now=NOW + timedelta(minutes=1))


def erase(event):
    return (
        "/desk/contacts/privacy/erase",
        "/desk/contacts/privacy/",
        {"email": "guest1@example.org"},
    )


def they_register_elsewhere(event):
    other = make_event(capacity=3)
    registered(other, make_applicant(1))


def remove_draft(_event):
    draft = make_event("Nog niet klaar", status=Status.DRAFT, capacity=7)
    path = f"/desk/events/{draft.id}"
    return f"{path}/remove", path, {}


def a_question_is_added(_event):
    draft = db.session.scalars(select(Event).where(Event.status == Status.DRAFT)).one()
    make_question(make_form(draft, capacity=7))


SCREENS = {
    "move, ten come": (move, ten_come),
    "move, an hour later": (move, it_moves),
    "call off, ten come": (stop("cancel"), ten_come),
    "call off, an hour later": (stop("cancel"), it_moves),
    "postpone, ten come": (stop("postpone"), ten_come),
    "another street, ten come": (move_venue, ten_come),
    "another street, an hour later": (move_venue, it_moves),
    "more places, ten wait": (widen, ten_come),
    "remove a question, somebody answers": (remove_question, answered),
    "go on, people are told": (go_on, told_of_it),
    "wipe, they register": (erase, they_register_elsewhere),
    "remove a draft, with a question": (remove_draft, a_question_is_added),
}


def state():
    """Of what any of these screens may change."""
    db.session.expire_all()
    with db.engine.connect() as connection:
        return [
            connection.execute(select(*table.__table__.c).order_by(table.id)).all()
            for table in (Event, Venue, Pool, Question, Registration)
        ]


def open_screen(desk, page, path, data):
    if page is None:
        return desk.post(path, data=data)
    return desk.post(page, data=data) if page.endswith("privacy/") else desk.get(page)


@pytest.mark.once
@pytest.mark.parametrize("name", SCREENS)
def test_what_was_shown_is_what_is_done(desk, name):
    begin, meanwhile = SCREENS[name]
    event = make_event(capacity=40, summary="Kort.", venue=make_venue())
    registered(event, make_applicant(1))
    path, page, data = begin(event)
    seen = mark_in(open_screen(desk, page, path, data))
    assert seen
    meanwhile(db.session.get(Event, event.id))
    before = state()
    again = desk.post(path, data={**data, "confirmed": seen}, follow_redirects=True)
    assert CHANGED in again.text or "Een collega heeft dit gewijzigd" in again.text
    assert state() == before, "nothing is done"
    assert seen != mark_in(again)
    done = desk.post(path, data={**data, "confirmed": mark_in(again) or ""})
    if mark_in(again):
        assert (done.status_code, state() != before) == (303, True)


def test_nobody_is_asked_twice_where_nothing_changed(desk):
    event = make_event(capacity=40, summary="Kort.")
    path, _page, data = move(event)
    seen = mark_in(desk.post(path, data=data))
    assert desk.post(path, data={**data, "confirmed": seen}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Event)) == 1
