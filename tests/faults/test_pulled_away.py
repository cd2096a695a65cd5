"""SQLite's file is removed or replaced under a running house: nobody is told yes for what would be
gone, and it says so.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from events_app.core.database_file import WORDS
from events_app.core.db import db
from events_app.newsletters.models import SubscriptionRequest
from tests.conftest import SERVER
from tests.machine import Machine, Visitor, running

pytestmark = [pytest.mark.once, pytest.mark.skipif(bool(SERVER), reason="a file of SQLite")]
WISH = {"email": "ana@example.org", "name": "Ana Demo", "language": "nl", "themes": "water",
        "agreed": "y"}  # fmt: skip


def removed(path):
    path.rename(path.with_name("kept"))


def replaced(path):
    """By a whole copy, as when somebody puts a backup back by hand."""
    copy = path.with_name("copy")
    with closing(sqlite3.connect(path)) as old:
        old.execute("VACUUM INTO ?", [str(copy)])
    removed(path)
    copy.rename(path)


def log_of(path):
    return path.with_name(f"{path.name}-wal")


def log_removed(path):
    removed(log_of(path))


PULLS = {"removed": removed, "replaced": replaced, "its log removed": log_removed}


@pytest.fixture
def path(own_app):
    own_app.config["TESTING"] = False
    found = Path(db.engine.url.database)
    assert own_app.test_client().get("/events/").status_code == 200
    db.session.remove()
    return found


@pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)
def test_nothing_is_taken_for_a_file_that_is_gone(own_app, path, pull, caplog):
    visitor = own_app.test_client()
    pull(path)
    for _ in range(3):
        answer = visitor.post("/newsletter/?lang=en", data=WISH)
        assert (answer.status_code, "Nothing was stored" in answer.text) == (503, True)
        health = visitor.get("/health")
        assert (health.status_code, health.json["database"]) == (503, "no answer")
    assert [record.message for record in caplog.records if WORDS in record.message] == [
        f"the database does not answer ({WORDS})"
    ]


@pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)
def test_a_file_that_is_put_back_is_used_again(own_app, path, pull, caplog):
    visitor = own_app.test_client()
    pull(path)
    assert visitor.post("/newsletter/", data=WISH).status_code == 503
    path.with_name("kept").replace(log_of(path) if pull is log_removed else path)
    assert visitor.post("/newsletter/", data=WISH).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(SubscriptionRequest)) == 1
    assert caplog.records[-1].message == "the database answers again"


@pytest.mark.parametrize("is_open", [True, False])
def test_a_file_that_is_damaged_is_said_once(own_app, path, caplog, is_open):
    """Somebody copied something else over it."""
    if not is_open:
        db.engine.dispose()
    path.write_bytes(b"no database at all" * 1000)
    visitor = own_app.test_client()
    for _ in range(3):
        answer = visitor.get("/events/?lang=en")
        assert (answer.status_code, "Nothing was stored" in answer.text) == (503, True)
        assert visitor.get("/health").status_code == 503
        own_app.extensions["queue"].sweep.call_local()
    [line] = [record.message for record in caplog.records]
    assert re.fullmatch(r"the database does not answer \(.*(not a database|malformed)\)", line)


def test_no_empty_file_is_made_in_its_place(own_app, path):
    db.session.remove()
    db.engine.dispose()
    removed(path)
    assert own_app.test_client().get("/health").status_code == 503
    assert not path.exists()


def test_all_processes_refuse_and_go_on_when_it_is_back(tmp_path):
    with running(Machine(tmp_path, None)) as machine:
        web, worker = machine.start_two_units("--empty")
        path = machine.folder / "instance" / "app.db"
        removed(path)
        for number in range(5):
            visitor = Visitor(machine.port, number)
            assert visitor.get("/newsletter/?lang=en")[0] in {200, 503}
            assert visitor.post("/newsletter/", **WISH)[0] in {400, 503}
            assert visitor.get("/health")[0] == 503
            visitor.close()
        assert not path.exists()
        path.with_name("kept").rename(path)
        assert machine.get("/newsletter/")[0] == 200
        machine.wait_until()
        for process in (web, worker):
            machine.stop(process)
        assert "Traceback" not in machine.said(0) + machine.said(1)
