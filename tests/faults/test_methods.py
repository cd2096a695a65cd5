"""Safe methods change nothing (RFC 9110, 9.2.1): at every door, for whom it opens furthest.

That GET does not is seen in test_doors.py, for everybody. Mail scanners send HEAD, and HEAD runs
the page of every GET.
"""

import pytest
from flask import request

from events_app.core import web
from events_app.core.db import db, saving
from events_app.core.rate_limits import RateCount
from tests.conftest import NOON, made_app
from tests.faults.doors import DOORS, read
from tests.faults.test_doors import closed, url_of

pytestmark = pytest.mark.once

SAFE = ("HEAD", "OPTIONS")
BY_ADDRESS = {door.address: [each for each in DOORS if each.address == door.address]
              for door in DOORS}  # fmt: skip


def changed(house, doors, method, app=None):
    """Tables that differ after such a request, and may not; all is put back."""
    visitor = house.holder(doors[0].who)
    visitor.ask(app or house.app, house.path(doors[0].address, visitor), method)
    found = house.kept.changed()
    house.kept.back(found)
    may_write = [door.may_write for door in doors if door.method == method]
    return found - frozenset().union(*may_write)


@pytest.mark.parametrize("method", SAFE)
@pytest.mark.parametrize("address", BY_ADDRESS)
def test_a_safe_method_changes_nothing(house, address, method):
    assert changed(house, BY_ADDRESS[address], method) == set()


@pytest.fixture(scope="module")
def careless(furnished):
    """Doors that go by what the method is not."""
    app = made_app(furnished.folder, url_of(furnished))

    def write():
        with saving():
            db.session.add(RateCount(key="bad", count=1, expires_at=NOON))
        return "written"

    def subscribe():
        return "a page with a button" if request.method == "GET" else write()

    app.add_url_rule("/careless", "careless", subscribe, methods=["GET", "POST"])
    app.add_url_rule("/counts", "counts", write)
    app.add_url_rule(
        "/answers", "answers", web.csrf.exempt(write), methods=["OPTIONS"],
        provide_automatic_options=False,
    )  # fmt: skip
    yield app
    closed(app)


@pytest.mark.parametrize(
    ("line", "method", "found"),
    [
        ("GET POST /careless everyone", "GET", set()),
        ("GET POST /careless everyone", "HEAD", {"rate_count"}),
        ("GET /counts everyone 200 counts", "GET", {"rate_count"}),
        ("GET /counts everyone 200 counts", "HEAD", {"rate_count"}),
        ("GET /answers everyone", "OPTIONS", {"rate_count"}),
    ],
)
def test_a_door_that_writes_all_the_same_is_caught(house, careless, line, method, found):
    assert changed(house, read(line), method, careless) == found


def test_the_link_of_a_newsletter_shows_a_button_and_head_says_the_same(house):
    asker = house.visitor("asker")
    path = house.path("/newsletter/confirm/{token}", asker)
    page = asker.ask(house.app, path)
    assert f'action="{path}" method="post"' in page.text
    assert asker.ask(house.app, path, "HEAD").headers["Content-Length"] == str(len(page.data))
    assert house.kept.changed() == set()
    assert asker.ask(house.app, path, "POST").status_code == 303
    assert {"subscription", "consent"} <= house.kept.changed()
