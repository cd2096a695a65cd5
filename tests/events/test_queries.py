from datetime import timedelta

import pytest

from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events import queries
from events_app.events.models import Status
from events_app.events.rules import InArchive
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_partner


@pytest.mark.parametrize(
    ("status", "why"), [(Status.DRAFT, NotFoundError), (Status.ARCHIVED, InArchive)]
)
def test_readers_do_not_find_what_is_not_public(app, status, why):
    event = make_event(status=status)
    with pytest.raises(why):
        queries.by_slug(event.slug)
    assert queries.by_slug(event.slug, public=False) == event


def test_the_whole_event_takes_one_statement(app, statements):
    event = make_event(themes=("energie", "ict", "energietransitie"))
    make_partner(event, "Fonds A")
    make_partner(event, "Fonds B")
    db.session.remove()
    statements.clear()
    found = queries.by_slug(event.slug)
    assert [p.organisation.name for p in found.partners] == ["Fonds A", "Fonds B"]
    assert [t.code for t in found.themes] == ["energie", "ict", "energietransitie"]
    assert found.venue.region.code == "zuid-holland"
    assert found.lead_sector.code == "energie"
    assert found.series is None
    assert len(statements) == 1


def test_coming_events_are_those_that_go_on_the_soonest_first(app):
    make_event("Later", starts_at=SOON + timedelta(days=9))
    make_event("Soon")
    make_event("Off", status=Status.CANCELLED)
    make_event("Draft", status=Status.DRAFT)
    make_event("Unlisted", is_listed=False)
    make_event("Over", starts_at=NOON - timedelta(days=2))
    assert [e.title["nl"] for e in queries.coming(NOON, 9)] == ["Soon", "Later"]
    assert [e.title["nl"] for e in queries.coming(NOON, 1)] == ["Soon"]


def test_choices_name_the_title_and_the_day(app):
    event = make_event("Praktijkdag")
    assert queries.choices() == [(event.id, "Praktijkdag · 18 mrt 2027, 13.00")]
