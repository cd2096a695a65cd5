"""The agenda: what it lists, in which order, and what its filters find."""

import html
from datetime import timedelta

import pytest

from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode, Event, Preset, Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_venue, theme


def listed(client, query=""):
    page = client.get(f"/events/{query}")
    assert page.status_code == 200
    titles = [e.title["nl"] for e in db.session.query(Event)]
    marks = {title: page.text.find(f">{title}</a>") for title in titles}
    return sorted((t for t, place in marks.items() if place >= 0), key=marks.get)


def test_it_lists_what_comes_by_month_the_soonest_first(client):
    make_event("Later", starts_at=SOON + timedelta(days=40))
    make_event("Sooner")
    page = client.get("/events/").text
    words = (
        "Maart 2027",
        "donderdag",
        ">Sooner</a>",
        "13.00\u2060–\u206017.30",
        "April 2027",
        ">Later</a>",
    )
    assert [page.index(w) for w in words] == sorted(page.index(w) for w in words)


def test_drafts_archived_and_unlisted_events_are_not_in_it(client):
    make_event("Draft", status=Status.DRAFT)
    make_event("Archived", status=Status.ARCHIVED)
    make_event("Unlisted", is_listed=False)
    assert listed(client) == []
    assert "Er zijn nu geen bijeenkomsten gepland" in client.get("/events/").text


def test_cancelled_and_postponed_events_stay_and_say_so(client):
    make_event("Off", status=Status.CANCELLED)
    make_event("Moved", status=Status.POSTPONED)
    page = client.get("/events/").text
    assert listed(client) == ["Off", "Moved"]
    assert "Gaat niet door" in page
    assert "Uitgesteld" in page


def test_past_events_stand_apart_the_latest_first(client):
    make_event("Old", starts_at=NOON - timedelta(days=90))
    make_event("Recent", starts_at=NOON - timedelta(days=9))
    make_event("Coming")
    assert listed(client) == ["Coming"]
    assert listed(client, "?past=1") == ["Recent", "Old"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?sector=energie", ["Energy"]),
        ("?sector=water", ["Water"]),
        ("?sector=ict", ["Energy"]),
        ("?region=groningen", ["Water"]),
        ("?kind=conference", ["Water"]),
        ("?kind=online", ["Energy"]),
        ("?month=2027-04", ["Water"]),
        ("?q=vakmensen", ["Energy"]),
        ("?q=ZÜRICH", ["Water"]),
        ("?q=zürich+water", ["Water"]),
        ("?q=english", ["Water"]),
        ("?q=energy+zürich", []),
        ("?q=%25", []),
        ("?q=_", []),
        ("?q=nl", []),
        ("?sector=nowhere&region='--&kind=x&month=2027-99", []),
        ("?month=2031-04", []),
        ("?page=0", ["Energy", "Water"]),
        ("?page=99999999999999999999", []),
    ],
)
def test_filters_find(client, query, found):
    make_event(
        "Energy", themes=("energie", "ict"), summary="Voor vakmensen",
        attendance_mode=AttendanceMode.MIXED,
    )  # fmt: skip
    make_event(
        "Water", lead_sector="water", themes=("water",), preset=Preset.CONFERENCE,
        starts_at=SOON + timedelta(days=30), venue=make_venue("Zürichhal", "Delfzijl", "groningen"),
        summary={"nl": "Water", "en": "In English"},
    )  # fmt: skip
    assert listed(client, query) == found


@pytest.mark.parametrize("asked", ["sector=nowhere", "region='--", "kind=x", "month=2027-99"])
@pytest.mark.parametrize("more", ["", "&q=energy", "&past=1", "&page=2"])
def test_what_the_agenda_does_not_know_is_said_and_is_not_everything(client, asked, more):
    make_event("Energy")
    make_event("Over", starts_at=NOON - timedelta(days=9))
    page = client.get(f"/events/?{asked}{more}")
    assert listed(client, f"?{asked}{more}") == []
    assert f"De agenda kent {LABELS[asked]} niet." in html.unescape(page.text)
    assert ">Toon alles" in page.text
    assert "events.ics" not in page.text
    if "past" not in more:
        feeds = [client.get(f"/events.{kind}?{asked}").status_code for kind in ("ics", "atom")]
        assert feeds == [404, 404]


LABELS = {
    "sector=nowhere": "Sector: nowhere", "region='--": "Regio: '--", "kind=x": "Soort: x",
    "month=2027-99": "Maand: 2027-99",
}  # fmt: skip


def test_a_theme_that_is_offered_no_more_finds_the_events_that_have_it(client):
    make_event("Energy")
    make_event("Water", lead_sector="water", themes=("water",))
    with saving():
        theme("energie").is_active = False
    for path in ("/events/?sector=energie", "/events.atom?sector=energie"):
        page = client.get(path).text
        assert "Energy" in page
        assert "Water<" not in page
    assert '<option value="energie">' not in client.get("/events/").text


def test_a_month_without_events_is_an_empty_one(client):
    make_event("Energy")
    page = client.get("/events/?month=2031-04").text
    assert "Geen bijeenkomst gevonden" in page
    assert '<option selected value="2031-04">' in page


def test_the_form_keeps_what_was_chosen_and_typed(client):
    make_event("Energy")
    page = client.get('/events/?sector=energie&q="><b>').text
    assert '<option selected value="energie">' in page
    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert "Geen bijeenkomst gevonden" in page


def test_the_agenda_of_two_hundred_events_takes_five_statements(client, statements):
    venue = make_venue()
    with saving():
        db.session.add_all(
            Event(
                slug=f"e-{n}", title={"nl": f"Event {n}"}, status=Status.PUBLISHED, venue=venue,
                starts_at=SOON + timedelta(hours=n), ends_at=SOON + timedelta(hours=n + 1),
                created_at=NOON, changed_at=NOON,
            )
            for n in range(200)
        )  # fmt: skip
    db.session.remove()
    statements.clear()
    page = client.get("/events/").text
    assert len(statements) <= 11  # to see what it is made of, and to make it
    statements.clear()
    client.get("/events/")
    assert len(statements) == 5
    assert page.count('<article class="show') == 40
    assert "page=5" in page
    assert ">Event 199</a>" in client.get("/events/?page=5").text


def test_a_reader_who_has_it_already_gets_nothing_new(client):
    make_event("Energy")
    first = client.get("/events/")
    again = client.get("/events/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_in_english_every_link_stays_english(client):
    make_event({"nl": "Energie", "en": "Energy"}, slug="energie")
    page = client.get("/events/?lang=en").text
    assert 'href="/events/energie?lang=en">Energy</a>' in page
    assert '<input type="hidden" name="lang" value="en">' in page
