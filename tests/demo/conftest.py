import os
from datetime import UTC, datetime

import pytest

from events_app import demo
from events_app.accounts.actions import seat_owner
from events_app.app import COMPONENTS
from events_app.core.db import db, saving
from tests.conftest import SERVER, created, forget, made_app, make_tables, put_away

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""A Wednesday, a month before Christmas."""


def load(now=NOW):
    """As a first start at `now` does."""
    with saving():
        owner = seat_owner("owner@example.org", name="Olga Demo", now=now)
        demo.load(COMPONENTS, by=owner, now=now)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """One house for all tests that only look at it."""
    folder, name = tmp_path_factory.mktemp("demo"), f"test_demo_{os.getpid()}"
    made = made_app(folder, created(name) if SERVER else f"sqlite:///{folder}/app.db")
    with made.app_context():
        make_tables()
        load()
    yield made
    put_away(made)
    if SERVER:
        forget(name)


@pytest.fixture
def house(loaded, noon):
    noon.set(NOW)
    with loaded.app_context():
        yield loaded
        db.session.remove()


@pytest.fixture
def visitor(house):
    return house.test_client()
