from datetime import UTC, datetime, timedelta

import pytest
from flask_migrate import stamp

from tests.factories.events import make_event
from tests.factories.registrations import make_form
from tests.machine import Machine, running


@pytest.fixture
def machine(app, tmp_path, noon):
    """The product's own processes on the database of this test; they go by the real clock."""
    noon.set(datetime.now(UTC))
    stamp()
    with running(Machine(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"])) as made:
        made.environ["SECRET_KEY"] = app.config["SECRET_KEY"]
        yield made


def coming(capacity, **more):
    """An event in two months with so many places."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
    event = make_event(starts_at=starts_at, capacity=capacity)
    make_form(event, capacity=capacity, **more)
    return event
