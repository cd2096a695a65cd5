"""A double click, really: the same form several times at the same moment, at two web processes."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from events_app.accounts.models import Role
from events_app.core.db import db
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Event
from tests.conftest import dealt, signed_in
from tests.faults.test_race import all_in_one, two_and_a_worker
from tests.machine import Visitor

AT_ONCE = 4
KEY = re.compile(r'name="once" value="([^"]+)"')
EVENT = {
    "title_nl": "Leren in de haven", "starts_at": "2028-03-18T13:00", "ends_at": "2028-03-18T17:00",
    "timezone": "Europe/Amsterdam", "attendance_mode": "offline", "preset": "meeting",
    "ownership": "own", "is_listed": "y",
}  # fmt: skip
QUESTION = {
    "name": "Demo Bezoeker",
    "email": "bezoeker@example.org",
    "words": "Hoe laat begint het?",
}
FORMS = {
    "event": ("/desk/events/new", EVENT, select(func.count(Event.id))),
    "question": (
        "/contact", QUESTION,
        select(func.count(OutboxMessage.id)).where(OutboxMessage.kind == "site/contact"),
    ),
}  # fmt: skip


def made(wanted):
    db.session.rollback()
    return db.session.scalar(wanted)


def patient(browser, path, data):
    """Who is told that it is busy comes again, as the page says."""
    for _ in range(10):
        status, headers, _text = browser.post(path, **data)
        if status != 503:
            break
        time.sleep(0.2)
    return status, headers["Location"]


def clicked(machine, desk, path, data, *, with_key):
    """The answers of one form that was sent several times at once, from one browser."""
    browsers = [Visitor(machine.port, 1) for _ in range(AT_ONCE)]
    browsers[0]._cookies = {"session": desk.get_cookie("session").value}
    page = browsers[0].get(path)[2]
    data = data | ({"once": KEY.search(page)[1]} if with_key else {})
    for other in browsers[1:]:
        other._cookies, other._token = dict(browsers[0]._cookies), browsers[0]._token
    gate = threading.Barrier(AT_ONCE)

    def send(browser):
        gate.wait(30)
        return patient(browser, path, data)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, browsers))
    for browser in browsers:
        browser.close()
    return answers


@pytest.mark.parametrize("shape", dealt([all_in_one, two_and_a_worker]))
def test_a_form_sent_several_times_at_once_makes_one(app, machine, shape):
    desk = signed_in(app, Role.OWNER)
    shape(machine)
    for path, data, count in FORMS.values():
        for _round in range(3):
            before = made(count)
            answers = clicked(machine, desk, path, data, with_key=True)
            assert made(count) == before + 1
            assert {status for status, _location in answers} == {303}, machine.said()
            assert len({location for _status, location in answers}) == 1


def test_negative_control_without_its_key_it_is_made_several_times(app, machine):
    desk = signed_in(app, Role.OWNER)
    two_and_a_worker(machine)
    path, data, count = FORMS["question"]  # an event's address is once as well, on PostgreSQL
    clicked(machine, desk, path, data, with_key=False)
    assert made(count) > 1
