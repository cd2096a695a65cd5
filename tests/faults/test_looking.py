"""Who only looks leaves no file, and gets an answer that other programs read as it is meant."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Response

from events_app.core import files
from events_app.core.db import db, saving
from events_app.events.models import Event
from tests.conftest import made_app, put_away
from tests.faults.doors import DOORS, read

pytestmark = pytest.mark.once

PAGES = [door for door in DOORS if door.method == "GET" and door.who != "nobody"]
every_page = pytest.mark.parametrize("door", PAGES, ids=str)
MOMENT = re.compile(r"<time[^>]* datetime=\"([^\"]*)\"")
WELL_SAID = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?([+-]\d\d:\d\d|Z)?)?|\d{4}-\d\d"
)
"""The moments that HTML knows (its section on global dates and times)."""


def stored(house):
    folder = Path(house.app.config["INSTANCE"]) / "files"
    return {path.relative_to(folder) for path in folder.rglob("*")}


def looked(house, door, app=None):
    visitor = house.holder(door.who) if door.who != "outsiders" else house.visitors[0]
    return visitor.ask(app or house.app, house.path(door.address, visitor))


def wrongs(house, door, app=None):
    before = stored(house)
    answer = looked(house, door, app)
    said = []
    if more := stored(house) ^ before:
        said.append(f"looking changed the files {sorted(map(str, more))}")
    kind = answer.headers.get("Content-Type", "")
    if kind.count("charset") != kind.startswith("text/") and "xml" not in kind:
        said.append(f"its Content-Type is {kind}")
    if answer.mimetype == "text/html":
        said += [f"no moment: {each}" for each in MOMENT.findall(answer.text)
                 if not WELL_SAID.fullmatch(each)]  # fmt: skip
    return said


@pytest.fixture
def changed(house):
    """Every event has become another since its kit and letters were made."""
    with house.app.app_context(), saving():
        for event in db.session.query(Event):
            event.summary = {"nl": "Nu anders."}
            event.revision += 1
            event.changed_at += timedelta(hours=1, microseconds=7)
    return house


@every_page
def test_looking_leaves_no_file_and_every_answer_is_well_said(changed, door):
    assert wrongs(changed, door) == []


@pytest.fixture(scope="module")
def bad(furnished):
    app = made_app(furnished.folder, furnished.app.config["SQLALCHEMY_DATABASE_URI"])
    moment = '<time datetime="2026-11-29T17:02:14.048499+00:00">nu</time>'
    app.add_url_rule("/bad/keeps", "keeps", lambda: files.keep(b"looked at"))
    app.add_url_rule("/bad/moment", "moment", lambda: moment)
    app.add_url_rule(
        "/bad/twice", "twice", lambda: Response("x", mimetype="text/csv; charset=utf-8")
    )
    yield app
    put_away(app)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("GET /bad/keeps everyone", "looking changed the files"),
        ("GET /bad/moment everyone", "no moment: 2026-11-29T17:02:14.048499+00:00"),
        ("GET /bad/twice everyone", "charset=utf-8; charset=utf-8"),
    ],
)
def test_a_page_that_does_otherwise_is_caught(house, bad, line, found):
    (door,) = read(line)
    assert found in " ".join(wrongs(house, door, bad))
