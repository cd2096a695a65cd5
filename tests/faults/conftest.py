import fcntl
import os
import pickle
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask_migrate import stamp

from tests.conftest import QUEUE, SERVER, created, forget, made_app, make_tables, put_away
from tests.factories.events import make_event
from tests.factories.registrations import make_form
from tests.faults.kept import Kept
from tests.faults.scene import Scene, at_noon, furnish
from tests.machine import Machine, running


@pytest.fixture
def machine(app, tmp_path, noon):
    """The product's own processes on the database of this test; they go by the real clock."""
    noon.set(datetime.now(UTC))
    stamp()
    with running(Machine(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"])) as made:
        made.environ["SECRET_KEY"] = app.config["SECRET_KEY"]
        made.app = app  # to read the letters that people get
        yield made


def coming(capacity, **more):
    """An event in two months with so many places."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
    event = make_event(starts_at=starts_at, capacity=capacity)
    make_form(event, capacity=capacity, **more)
    return event


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A house with somebody in every room, to be copied; all processes of `./test` have one."""
    shared = os.environ.get("TEST_FOLDER")
    folder = Path(shared or tmp_path_factory.mktemp("model"), "server" if SERVER else "file")
    folder.mkdir(exist_ok=True)
    kept = folder / "scene"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_furnished(folder / "instance")))
    made = pickle.loads(kept.read_bytes())
    yield made
    if SERVER and not shared:
        forget(made.database)


def _furnished(folder):
    folder.mkdir()
    name = f"test_model_{os.getpid()}"
    url = created(name) if SERVER else f"sqlite:///{folder}/app.db"
    made = Scene(made_app(folder, url), folder, name)
    with at_noon(pytest.MonkeyPatch.context), made.app.app_context():
        make_tables()
        furnish(made)
    put_away(made.app)
    return replace(made, app=None)


@contextmanager
def copied(model, folder):
    """The house in a folder and on a database of its own."""
    shutil.copytree(model.folder, folder, dirs_exist_ok=True)
    name = f"test_{folder.name}_{os.getpid()}"
    url = created(name, model.database) if SERVER else f"sqlite:///{folder}/app.db"
    made = replace(model, app=made_app(folder, url), folder=folder, database=name)
    made.kept = Kept(url, folder)
    yield made
    made.kept.close()
    put_away(made.app)
    if SERVER:
        forget(name)


@pytest.fixture(scope="session")
def furnished(model, tmp_path_factory):
    with copied(model, tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def house(furnished):
    """The furnished house; what a test changed in it is put back."""
    yield furnished
    furnished.kept.back(furnished.kept.changed())
    if QUEUE:
        for line in furnished.app.extensions["queue"].lines:
            line.flush()
