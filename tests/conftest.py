"""The app on a real database.

SQLite: a fresh file for each test, copied from one made once. With TEST_DATABASE_URL (and
TEST_QUEUE_URL) the same tests run on PostgreSQL with Redis, emptied after each test; `./test`
does both. Every process of pytest-xdist has a database of its own.
"""

import atexit
import gc
import os
import runpy
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import g
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import make_url

from config import from_environment
from events_app.accounts.actions import begin_session
from events_app.accounts.models import Role, StaffMember
from events_app.app import COMPONENTS, create_app
from events_app.core import clock, installation, queue
from events_app.core.db import Base, db, saving
from events_app.core.page_cache import PageCache
from events_app.start import migrate
from tests import browser


def _own_folder():
    made = tempfile.mkdtemp(prefix="jinja-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


SERVER = os.environ.get("TEST_DATABASE_URL", "")
QUEUE = os.environ.get("TEST_QUEUE_URL", "")
NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
NOON = datetime(2027, 1, 14, 11, 0, 17, 482_193, tzinfo=UTC)
"""Just after 12.00 uur in Amsterdam, the time of all tests that do not set another. No clock stands
at a whole second."""
COMPILED = FileSystemBytecodeCache(os.environ.get("TEST_FOLDER") or _own_folder())
"""The templates; `./test` gives a folder to all processes, so that each is compiled once."""
MADE = []
"""The apps of this test."""
VOCABULARY = Path(__file__).parent.parent / "migrations/versions/0002_vocabulary.py"


def pytest_collection_modifyitems(items):
    """What waits for other processes begins first: the others fill the cores meanwhile, and at the
    end none of it is left alone. Each file stays together, as it shares what it has made.
    """
    first = {
        each.path for each in items if {"machine", "machines", "chromium"} & {*each.fixturenames}
    }
    items.sort(key=lambda each: each.path not in first)


def pytest_collection_finish():
    """What is loaded stays: to look it through for garbage each time took a tenth of the run."""
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_terminal_summary(terminalreporter):
    """What `./test` could not do stands beside the result, however long the run was."""
    for name, words in (("TEST_LEFT_OUT", ""), ("TEST_CHECKS_FAILED", "CHECK FAILED: ")):
        for line in os.environ.get(name, "").splitlines():
            terminalreporter.write_line(words + line, red=True, bold=True)


def made_app(folder, database, base_url="http://localhost", parts=COMPONENTS, **more):
    settings = from_environment(
        {
            "INSTANCE_DIR": str(folder),
            "DATABASE_URL": database,
            "BASE_URL": base_url,
            "SECRET_KEY": "a key for tests only, long enough",
            **({"QUEUE_URL": f"{QUEUE}/{NUMBER}"} if QUEUE else {}),
        }
    )
    made = create_app(settings, parts, TESTING=True, **({"WTF_CSRF_ENABLED": False} | more))
    made.jinja_env.bytecode_cache = COMPILED  # each test has an app of its own, with these pages
    made.before_request_funcs.setdefault(None, []).insert(0, end_reading)
    MADE.append(made)
    return made


def end_reading():
    """Of the test, whose session a request shares: it begins a transaction of its own."""
    db.session.commit()


def dequeued(app):
    """All jobs that wait; Redis would wait a second for one more."""
    lines = app.extensions["queue"].lines
    return [line.dequeue() for line in lines for _ in range(line.pending_count())]


def run_all_now(app, room=""):
    """Run once what the clock calls, by the minute and at night; in one room, or in all."""
    with app.app_context():
        for name in queue._here([*queue._minutely, *queue._nightly]):
            if room in ("", name.partition(".")[0]):
                queue._jobs[name]()


@pytest.fixture(autouse=True)
def _put_away():
    """No connection of an app outlives its test."""
    yield
    while MADE:
        put_away(MADE.pop())


def put_away(app):
    """Its connections, those of the queue too: Python 3.13 says which were forgotten."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    queue.let_go(app)


@pytest.fixture(scope="session")
def chromium():
    with browser.chromium() as started:
        yield started


def dealt(*lists):
    """Parameters: every combination, in the short run half of them on each database. The cases of
    a list that comes alone may be tuples, for as many names.
    """
    if len(lists) == 1:
        cases = [each if isinstance(each, tuple) else (each,) for each in lists[0]]
    else:
        cases = list(product(*lists))
    places = product(*(range(len(each)) for each in lists))
    return [
        pytest.param(*case, marks=() if sum(place) % 2 == bool(SERVER) else pytest.mark.long)
        for case, place in zip(cases, places, strict=True)
    ]


def created(name, like="template1"):
    """A new database of the server under this name, a copy of another one; its URL."""
    forget(name)
    _on_server(f"CREATE DATABASE {name} TEMPLATE {like}")
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def forget(name):
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _on_server(statement):
    server = sa.create_engine(make_url(SERVER).set(drivername="postgresql+psycopg"))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(statement))
    server.dispose()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """The URL of a database with all tables and the seeded vocabulary, and no more."""
    folder = tmp_path_factory.mktemp("empty")
    name = f"test_{os.getpid()}"
    url = created(name) if SERVER else f"sqlite:///{folder}/app.db"
    with made_app(folder, url).app_context():
        make_tables()
        db.session.remove()
        db.engine.dispose()
    yield url
    if SERVER:
        forget(name)


def make_tables():
    Base.metadata.create_all(db.engine)
    with saving():
        db.session.add(installation.Installation(name="localhost"))
        runpy.run_path(VOCABULARY)["fill"](db.session.connection())
        if SERVER:
            db.session.execute(sa.text("CREATE SCHEMA seeded"))
            db.session.execute(sa.text("CREATE TABLE seeded.theme AS TABLE theme"))


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory):
    """The URL of an empty database as a first start makes it."""
    folder = tmp_path_factory.mktemp("migrated")
    name = f"test_migrated_{os.getpid()}"
    url = created(name) if SERVER else f"sqlite:///{folder}/app.db"
    made = made_app(folder, url)
    with made.app_context():
        migrate()
    MADE.remove(made)
    put_away(made)
    yield url
    if SERVER:
        forget(name)


@pytest.fixture
def unmigrated(tmp_path):
    """The app on a database without any table."""
    with _on_its_own(tmp_path, "template1"):
        yield


@pytest.fixture
def migrated(migrated_database, tmp_path):
    """The app on a database as a first start leaves it."""
    path = make_url(migrated_database).database
    if not SERVER:
        shutil.copy(path, tmp_path / "app.db")
    with _on_its_own(tmp_path, path):
        yield


@contextmanager
def _on_its_own(folder, like):
    name = f"test_bare_{os.getpid()}"
    url = created(name, like) if SERVER else f"sqlite:///{folder}/app.db"
    with made_app(folder, url).app_context():
        yield
        db.session.remove()
        db.engine.dispose()
    if SERVER:
        forget(name)


@pytest.fixture
def own_database(empty_database, tmp_path):
    """The URL of this test's own copy of it."""
    if SERVER:
        return empty_database
    shutil.copy(empty_database.removeprefix("sqlite:///"), tmp_path / "app.db")
    return f"sqlite:///{tmp_path}/app.db"


@pytest.fixture(scope="session")
def shared_app(empty_database, tmp_path_factory):
    """Made once in each process, for making it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("app")
    made = made_app(folder, empty_database if SERVER else f"sqlite:///{folder}/app.db")
    MADE.remove(made)
    yield made
    put_away(made)


@pytest.fixture
def app(shared_app, empty_database):
    """The app, with nothing of an earlier test in its database, folder, queue and settings."""
    folder, config = Path(shared_app.config["INSTANCE"]), dict(shared_app.config)
    if not SERVER:
        shutil.copy(empty_database.removeprefix("sqlite:///"), folder / "app.db")
    shared_app.extensions["page_cache"] = PageCache()
    with _open(shared_app):
        yield shared_app
    shared_app.config.clear()
    shared_app.config.update(config)
    _clear(folder)


@pytest.fixture
def own_app(own_database, tmp_path):
    """An app of this test alone: pages can be added to it."""
    made = made_app(tmp_path, own_database)
    with _open(made):
        yield made


@contextmanager
def _open(app):
    # requests stand in the test's app context: what one leaves in `g` is not the next one's
    forgetting = app.teardown_request_funcs.setdefault(None, [])
    if _forget_request not in forgetting:
        forgetting.insert(0, _forget_request)
    with app.app_context():
        yield
        db.session.remove()
        if SERVER:
            _empty()
        else:
            db.engine.dispose()  # the next test has another file
        for line in app.extensions["queue"].lines:
            line.flush()


def _forget_request(_why):
    for name in tuple(g):
        g.pop(name)


def _clear(folder):
    """All but the file of the queue, which stays open."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith("queue.db"):
            path.unlink()


def _empty():
    """Back to the seeded state (PostgreSQL). A test leaves few rows: deleting them is quicker than
    TRUNCATE, which makes new files.
    """
    with db.engine.begin() as connection:
        connection.exec_driver_sql(_emptying())


@cache
def _emptying():
    kept = {"alembic_version", "installation"}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in kept]
    numbered = [table.name for table in tables if table.autoincrement_column is not None]
    return "; ".join(
        [
            "SET LOCAL session_replication_role = replica",  # in any order
            *(f'DELETE FROM "{table.name}"' for table in tables),
            *(f"SELECT setval('{name}_id_seq', 1, false)" for name in numbered),
            "INSERT INTO theme SELECT * FROM seeded.theme",
            "SELECT setval('theme_id_seq', (SELECT max(id) FROM theme))",
        ]
    )


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
            language="nl", is_active=True, created_at=NOON,
        )  # fmt: skip
        db.session.add(member)
        db.session.flush()
        # stays signed in, however far a test moves the clock
        key = begin_session(member, now=NOON + timedelta(days=36_500))
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["desk"] = key
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
