from datetime import timedelta

import pytest

from events_app.accounts.models import Role, StaffMember
from events_app.events import rules
from events_app.events.models import AttendanceMode, Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_venue


def test_a_draft_is_the_only_status_besides_the_archive_that_readers_never_see():
    assert [s for s in Status if s not in rules.PUBLIC] == [Status.DRAFT, Status.ARCHIVED]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.DRAFT, Status.PUBLISHED),
        (Status.PUBLISHED, Status.CANCELLED),
        (Status.PUBLISHED, Status.POSTPONED),
        (Status.POSTPONED, Status.PUBLISHED),
        (Status.CANCELLED, Status.ARCHIVED),
    ],
)
def test_an_event_moves_on(before, after):
    assert rules.may_become(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.DRAFT, Status.CANCELLED),
        (Status.CANCELLED, Status.PUBLISHED),
        (Status.PUBLISHED, Status.DRAFT),
        (Status.ARCHIVED, Status.PUBLISHED),
    ],
)
def test_an_event_does_not_move_back(before, after):
    assert not rules.may_become(before, after)


def test_the_state_is_what_became_of_the_event_and_else_how_its_places_stand(app):
    event = make_event()
    after = event.ends_at + timedelta(minutes=1)
    assert rules.state(event, now=NOON, places="few") == "few"
    assert rules.state(event, now=after, places="few") == "past"
    event.status = Status.POSTPONED
    assert rules.state(event, now=NOON, places="open") == "postponed"
    event.status = Status.CANCELLED
    assert rules.state(event, now=after, places="open") == "cancelled"


def test_an_editor_moves_a_draft_but_not_what_readers_have_seen(app):
    editor = StaffMember(role=Role.EDITOR, is_active=True)
    organiser = StaffMember(role=Role.ORGANISER, is_active=True)
    draft, shown = make_event(status=Status.DRAFT), make_event()
    assert rules.may_change_facts(editor, draft)
    assert not rules.may_change_facts(editor, shown)
    assert rules.may_change_facts(organiser, shown)


def test_a_calendar_names_the_event_its_place_and_its_moment(app):
    event = make_event(venue=make_venue(name="Hal 9", city="Ede"), revision=3)
    entry = rules.calendar_entry(
        event, "nl", url="https://example.org/events/x", host="example.org"
    )
    assert entry.uid == f"event-{event.id}@example.org"
    assert entry.location == "Hal 9, Kade 1, 3311 AA Ede"
    assert (entry.starts_at, entry.sequence, entry.status) == (SOON, 3, "CONFIRMED")


def test_a_calendar_shows_no_place_online_and_nothing_at_the_old_date_of_a_postponed_event(app):
    event = make_event(attendance_mode=AttendanceMode.ONLINE, status=Status.POSTPONED)
    entry = rules.calendar_entry(
        event, "en", url="https://example.org/events/x", host="example.org"
    )
    assert entry.location == "Online"
    assert entry.status == "CANCELLED"
    assert entry.summary == "Postponed: Op de Bühne Energie"
