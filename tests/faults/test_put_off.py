"""Every page after an event was put off and the day that it had has passed: nowhere does that day
stand as if somebody should come on it.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.events import actions
from events_app.events.models import Event, Status
from events_app.kits import jobs as kits
from events_app.registrations import jobs
from tests.conftest import NOON
from tests.factories.events import SOON
from tests.faults.doors import DOORS

pytestmark = pytest.mark.once

DAY = re.compile(r"18 (?:maart|mrt)\b|18-03-2027|2027-?03-?18")
SAID = re.compile(r"(?:uitgesteld, was|Was gepland op \w+|<s>\w+) $")
"""Right before it: that it is off."""
HAD = {
    "/events/{slug}": "struck through, below the sentence that it is put off",
    "/desk/events/{event}/edit": "in the field where the new one is typed",
    "/desk/": "lines of the journal name it as it was then",
    "/desk/accounts/journal": "lines of the journal name it as it was then",
    "/desk/kits/{kit}/v1/{kit_file}": "a version from before",
    "/desk/delivery/letters/registrations/confirmed": "a sample, of another event",
    "/desk/delivery/letters/registrations/confirmed/html": "a sample, of another event",
}
DRAWN = (".png", ".webp", ".svg", ".zip")
CALENDAR = ".ics"
"""Calendars show it on that day as cancelled: without a day they would show nothing."""


@pytest.fixture
def put_off(house, noon):
    """All public events of the house, longer ago than any quiet period."""
    with house.app.app_context():
        with saving():
            for event in db.session.scalars(select(Event)):
                if event.status is Status.PUBLISHED:
                    actions.postpone(event, words={"nl": "Ziek."}, by=None, now=NOON)
                else:
                    event.starts_at = event.ends_at = SOON + timedelta(days=90)
        noon.set(NOON + timedelta(minutes=30))
        jobs.find_changes()
        kits.follow()
        db.session.remove()
    noon.set(SOON + timedelta(days=60))
    return house


def read(house):
    """What each door tells in words."""
    for door in DOORS:
        if door.method == "GET" and door.who != "nobody" and not door.address.endswith(DRAWN):
            visitor = house.holder(door.who) if door.who != "outsiders" else house.visitors[0]
            answer = visitor.ask(house.app, house.path(door.address, visitor))
            if answer.status_code == 200 and "charset" in answer.content_type:
                yield door.address, " ".join(answer.text.split())


def plain(words):
    """Where the day stands with nothing said of it."""
    return [words[max(0, found.start() - 60) : found.end()] for found in DAY.finditer(words)
            if not SAID.search(words[: found.start()])]  # fmt: skip


def test_the_day_that_it_had_is_no_day_anywhere(put_off):
    pages = dict(read(put_off))
    bare = {address: plain(words) for address, words in pages.items()}
    calendars = [words for address, words in pages.items() if address.endswith(CALENDAR)]
    assert calendars
    assert all("STATUS:CONFIRMED" not in words for words in calendars)
    assert {
        address: found
        for address, found in bare.items()
        if found and not address.endswith(CALENDAR) and address not in HAD
    } == {}
    assert [address for address in HAD if not bare.get(address)] == []
