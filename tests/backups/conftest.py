import os
import shutil
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from config import from_environment
from events_app.app import create_app
from events_app.backups import making, restoring
from events_app.core import queue
from events_app.core.db import db
from events_app.core.page_cache import PageCache
from events_app.start import migrate
from tests.conftest import MADE, NOON, SERVER, created, end_reading, forget, put_away


class House:
    """An instance folder and a database of its own, with all tables once it was opened."""

    def __init__(self, folder, name, migrated, apps, **environ):
        self.folder, self.name = folder, f"test_house_{os.getpid()}_{name}"
        self._migrated = make_url(migrated).database
        folder.mkdir(exist_ok=True)
        url = {"DATABASE_URL": created(self.name)} if SERVER else {}
        self.environ = {"INSTANCE_DIR": str(folder), **url, **environ}
        self._apps = apps

    @property
    def settings(self):
        return from_environment(self.environ)

    def _make_tables(self):
        """By a copy of some that were made before: making them takes longer than most tests."""
        if SERVER:
            with psycopg.connect(self.environ["DATABASE_URL"]) as connection:
                found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()[0]
            if not found:
                created(self.name, like=self._migrated)
        elif "DATABASE_URL" not in self.environ and not (self.folder / "app.db").exists():
            shutil.copy(self._migrated, self.folder / "app.db")

    @contextmanager
    def open(self):
        self._make_tables()
        with self._app().app_context():
            yield self._app()
            db.session.remove()
            db.engine.dispose()

    def _app(self):
        """Made once for the same settings; the key, and what an app remembers, are of this test."""
        made = tuple(sorted(self.environ.items()))
        if made not in self._apps:
            app = create_app(self.settings, TESTING=True, WTF_CSRF_ENABLED=False)
            app.before_request_funcs.setdefault(None, []).insert(0, end_reading)
            self._apps[made] = app
        app = self._apps[made]
        if app not in MADE:
            app.config["SECRET_KEY"] = self.settings.secret_key
            app.extensions["page_cache"] = PageCache()
            queue.open_queue(app)
            MADE.append(app)
            with app.app_context():
                migrate()
        return app

    def backup(self, target, now=NOON):
        return making.make(self.settings, target, now=now)

    def restore(self, file, *, now=NOON, without_erasures=False, **more):
        return restoring.restore(
            self.settings, file, now=now, without_erasures=without_erasures, **more
        )

    def put_back_into(self, other):
        """As the README says: the list of who was wiped goes along."""
        shutil.copytree(self.folder / "erased", other.folder / "erased", dirs_exist_ok=True)


@pytest.fixture(scope="session")
def apps():
    """Of all houses, by their settings: making one takes longer than most tests."""
    return {}


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """Where the houses stand, always at the same places."""
    return tmp_path_factory.mktemp("street")


@pytest.fixture
def houses(street, apps, migrated_database):
    """`houses("a")` gives a house under this name."""
    made = []

    def make(name, **environ):
        made.append(House(street / name, name, migrated_database, apps, **environ))
        return made[-1]

    yield make
    while MADE:
        put_away(MADE.pop())
    for house in made:
        shutil.rmtree(house.folder, ignore_errors=True)
        if SERVER:
            forget(house.name)


@pytest.fixture
def house(houses):
    return houses("first")


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder
