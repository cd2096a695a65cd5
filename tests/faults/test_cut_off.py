"""The database goes away or falls silent in the middle of a request: whoever asked reads a page."""

import errno
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from events_app.accounts import lock
from events_app.accounts.models import Role
from events_app.core import postgres, web
from events_app.core.db import db
from events_app.core.errors import NotFoundError, Refusal
from tests.conftest import SERVER, made_app, put_away, signed_in
from tests.faults.proxy import Proxy
from tests.machine import for_the_load

SOON = 5
FAULTS = {
    503: lambda: db.session.execute(text("SELECT 1")),
    404: lambda: fail(NotFoundError()),
    409: lambda: fail(Refusal("Not now")),
    500: lambda: 1 / 0,
}


def fail(why):
    raise why


class Cut:
    """Between the house and its database."""

    def __init__(self, url):
        self.url, self.proxy = make_url(url), None
        if SERVER:
            self.proxy = Proxy(self.url.host, self.url.port)
            self.url = self.url.set(port=self.proxy.port)

    def goes(self):
        db.session.rollback()
        if self.proxy:
            self.proxy.refuse()
        else:
            Path(self.url.database).rename(f"{self.url.database}.aside")

    def back(self):
        if self.proxy:
            self.proxy.close()


@pytest.fixture
def cut(app, own_database):
    made = Cut(own_database)
    yield made
    made.back()


@pytest.fixture
def house(cut, tmp_path):
    """A house with one door more, at the desk."""
    url = cut.url.render_as_string(hide_password=False)
    made = made_app(tmp_path, url)
    door = web.desk("broken", __name__)
    made.faults = []

    @door.get("/<int:status>")
    def broken(status):
        assert lock.current_staff()
        made.faults.append(status)
        cut.goes()
        FAULTS[status]()

    @door.get("/full")
    def full():
        assert lock.current_staff()
        cut.goes()
        raise OSError(errno.ENOSPC, "No space left on device")

    made.register_blueprint(door)
    made.config["TESTING"] = False
    return made


@pytest.mark.parametrize("path", [*map(str, FAULTS), "full"])
def test_each_error_page_at_the_desk_is_made_without_the_database(house, path, caplog):
    with house.app_context():
        browser = signed_in(house, Role.OWNER)
        db.session.remove()
    answer = browser.get(f"/desk/broken/{path}")
    assert answer.status_code == (503 if path == "full" else int(path))
    assert "Op de Bühne" in answer.text
    traces = [each for each in caplog.records if each.exc_info]
    assert len(traces) == (path == "500"), "more than the mistake itself"


@pytest.mark.skipif(not SERVER, reason="about a database on another machine")
def test_a_page_that_is_made_does_not_wait_for_a_database_that_fell_silent(cut, tmp_path):
    house = made_app(tmp_path, cut.url.render_as_string(hide_password=False))

    @house.get("/made")
    def made():
        db.session.execute(text("SELECT 1"))
        cut.proxy.hush()
        return "made"

    began = time.monotonic()
    assert house.test_client().get("/made").text == "made"
    assert time.monotonic() - began < SOON + for_the_load()
    cut.proxy.speak()
    time.sleep(postgres.REST_SECONDS)
    put_away(house)
