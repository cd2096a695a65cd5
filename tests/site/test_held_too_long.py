"""The event's page at the desk says when held places are released earlier than was chosen."""

from datetime import timedelta

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events.models import Event, Status
from events_app.registrations import actions
from tests.factories.allotments import UNTIL, again, make_allotment
from tests.factories.events import make_event
from tests.factories.registrations import make_form

SAID = "is released when the event begins: the moment that was chosen comes later"


def test_an_event_that_moves_before_the_moment_says_whose_places_it_is_about(desk):
    event = make_event(capacity=20, starts_at=clock.now() + 2 * UNTIL)
    make_form(event, capacity=20)
    page = f"/desk/events/{event.id}?lang=en"
    long = make_allotment(event, 3, name="Techniekfonds <b>Delta</b>")
    make_allotment(event, 2, name="Kort", release_at=clock.now() + timedelta(days=9))
    assert SAID not in desk.get(page).text
    move(event.id, starts_at=clock.now() + UNTIL / 2)
    assert f"What is held for Techniekfonds &lt;b&gt;Delta&lt;/b&gt; {SAID}" in desk.get(page).text
    move(event.id, status=Status.POSTPONED)
    assert SAID not in desk.get(page).text
    move(event.id, status=Status.PUBLISHED)
    with saving():
        actions.release(again(long), by=desk.staff, now=clock.now())
    db.session.expire_all()
    assert SAID not in desk.get(page).text


def move(id, **values):
    with saving():
        event = db.session.get_one(Event, id)
        for name, value in values.items():
            setattr(event, name, value)
        event.ends_at = event.starts_at + timedelta(hours=2)
