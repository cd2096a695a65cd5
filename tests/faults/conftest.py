import os
import runpy

import pytest

from events_app.core.db import Base, db, saving
from tests.conftest import QUEUE, SERVER, VOCABULARY, created, forget, made_app
from tests.faults.kept import Kept
from tests.faults.scene import Scene, at_noon, furnish


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A house with somebody in every room, on a database of its own; made once."""
    folder = tmp_path_factory.mktemp("house")
    name = f"test_house_{os.getpid()}"
    url = created(name) if SERVER else f"sqlite:///{folder}/app.db"
    made = Scene(made_app(folder, url), folder)
    with at_noon(pytest.MonkeyPatch.context), made.app.app_context():
        Base.metadata.create_all(db.engine)
        with saving():
            runpy.run_path(VOCABULARY)["fill"](db.session.connection())
        furnish(made)
    made.kept = Kept(url, folder)
    yield made
    made.kept.close()
    with made.app.app_context():
        db.engine.dispose()
    if SERVER:
        forget(name)


@pytest.fixture
def house(furnished):
    """The furnished house; what a test changed in it is put back."""
    yield furnished
    furnished.kept.back(furnished.kept.changed())
    if QUEUE:
        furnished.app.extensions["queue"].huey.flush()
