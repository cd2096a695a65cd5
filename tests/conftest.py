"""The app on a real database: a fresh SQLite file for each test, copied from one made once.

With TEST_DATABASE_URL (and TEST_QUEUE_URL) the same tests run on PostgreSQL with Redis: `./test`
does both.
"""

import os
import runpy
import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from config import from_environment
from events_app.accounts.models import Role, StaffMember
from events_app.app import create_app
from events_app.core import clock
from events_app.core.db import Base, db, saving

SERVER = os.environ.get("TEST_DATABASE_URL", "")
QUEUE = os.environ.get("TEST_QUEUE_URL", "")
NOON = datetime(2027, 1, 14, 11, 0, tzinfo=UTC)
"""12.00 uur in Amsterdam, the time of all tests that do not set another."""


def made_app(folder, database, **more):
    settings = from_environment(
        {
            "INSTANCE_DIR": str(folder),
            "DATABASE_URL": database,
            "BASE_URL": "http://localhost",
            "SECRET_KEY": "a key for tests only, long enough",
            **({"QUEUE_URL": QUEUE} if QUEUE else {}),
        }
    )
    return create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False, **more)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with all tables and the seeded vocabulary, and no more."""
    folder = tmp_path_factory.mktemp("empty")
    url = SERVER or f"sqlite:///{folder}/app.db"
    app = made_app(folder, url)
    with app.app_context():
        if SERVER:
            Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
        seed()
        db.session.remove()
        db.engine.dispose()
    return folder / "app.db"


def seed():
    """What the migrations put in: the vocabulary."""
    with saving():
        _vocabulary()["fill"](db.session.connection())


def _vocabulary():
    return runpy.run_path("migrations/versions/0002_vocabulary.py")


@pytest.fixture
def app(empty_database, tmp_path):
    url = SERVER
    if not SERVER:
        shutil.copy(empty_database, tmp_path / "app.db")
        url = f"sqlite:///{tmp_path}/app.db"
    made = made_app(tmp_path, url)
    with made.app_context():
        yield made
        db.session.remove()
        if SERVER:
            _empty()
        db.engine.dispose()


def _empty():
    """Back to the seeded state (PostgreSQL)."""
    kept = {"theme", "alembic_version"}
    names = [t.name for t in Base.metadata.sorted_tables if t.name not in kept]
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE " + ", ".join(names) + " RESTART IDENTITY CASCADE"))
        connection.execute(text("DELETE FROM theme"))
        _vocabulary()["fill"](connection)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """The clock is the only thing that tests change: `noon.set(moment)` moves it."""

    class Clock:
        def __init__(self):
            self.moment = NOON

        def set(self, moment):
            self.moment = moment

    held = Clock()
    monkeypatch.setattr(clock, "now", lambda: held.moment)
    return held


@pytest.fixture
def client(app):
    """A visitor."""
    return app.test_client()


@pytest.fixture
def desk(app):
    """A browser at the desk, signed in as an owner; `desk(Role.EDITOR)` gives another one."""
    return signed_in(app, Role.OWNER)


def signed_in(app, role):
    with saving():
        member = StaffMember(
            email=f"{role.value}@example.org", name=f"Demo {role.value}", role=role,
            language="nl", is_active=True, epoch=0, created_at=NOON,
        )  # fmt: skip
        db.session.add(member)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["staff_id"], session["epoch"] = member.id, 0
    browser.staff = member
    return browser


@pytest.fixture
def statements(app):
    """The SQL statements sent since the fixture began (BEGIN, COMMIT and PRAGMA left out)."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
