"""What readers know otherwise stands with what it was, on every page and in every letter.

Each fact that people are told of, by every door that shows it.
"""

import re
from datetime import timedelta

import pytest
import vobject
from bs4 import BeautifulSoup

from events_app.core import clock
from events_app.core.db import saving
from events_app.events import actions, queries, rules
from events_app.events.models import AttendanceMode
from events_app.registrations import jobs
from tests.conftest import NOON, dealt
from tests.events.test_actions import content
from tests.factories.events import SOON, make_event, make_series, make_venue
from tests.factories.newsletters import letters_to
from tests.factories.registrations import ANA, mailed_link, registered

HALF, DAY = timedelta(minutes=30), timedelta(days=1)
END = SOON + 9 * HALF
OLD_PLACE = "De Machinehal, Kade 1, 3311 AA Dordrecht"
FACTS = {
    "hour": (
        {"starts_at": SOON + HALF, "ends_at": END + HALF},
        "Nieuwe tijd: 13.30 uur (was 13.00)",
        ("13.30–18.00 uur (was 13.00)", "13.30–18.00 uur (was 13.00)"),
    ),
    "begin": (
        {"starts_at": SOON - HALF, "ends_at": END},
        "Nieuwe tijd: 12.30 uur (was 13.00)",
        ("12.30–17.30 uur (was 13.00)", "12.30–17.30 uur (was 13.00)"),
    ),
    "end": (
        {"starts_at": SOON, "ends_at": END + HALF},
        "Nieuwe eindtijd: 18.00 uur (was 17.30)",
        ("tot 18.00 uur, was 17.30", "tot 18.00 uur, was 17.30"),
    ),
    "both": (
        {"starts_at": SOON - HALF, "ends_at": END + HALF},
        "Nieuwe tijd: 12.30–18.00 uur (was 13.00–17.30)",
        ("12.30–18.00 uur (was 13.00–17.30)", "12.30–18.00 uur (was 13.00–17.30)"),
    ),
    "day": (
        {"starts_at": SOON + 7 * DAY, "ends_at": END + 7 * DAY},
        "Nieuwe datum: 25 mrt (was 18 mrt)",
        ("(was 18 mrt)", "(was 18 mrt)"),
    ),
    "day and hour": (
        {"starts_at": SOON + 7 * DAY + HALF, "ends_at": END + 7 * DAY + HALF},
        "Nieuwe datum: 25 mrt, 13.30 uur (was 18 mrt, 13.00)",
        ("(was 18 mrt, 13.00)", "(was 18 mrt, 13.00)"),
    ),
    "year": (
        {"starts_at": SOON + 365 * DAY, "ends_at": END + 365 * DAY},
        "Nieuwe datum: 17 mrt 2028 (was 18 mrt 2027)",
        ("(was 18 mrt 2027)", "(was 18 mrt 2027)"),
    ),
    "town": (
        "Zwolle",
        f"Nieuwe locatie: Zaal Noord, Kade 1, 3311 AA Zwolle (was {OLD_PLACE})",
        ("Zwolle (was Dordrecht)", "Zwolle (was Dordrecht)"),
    ),
    "street": (
        "Dordrecht",
        f"Nieuwe locatie: Zaal Noord, Kade 1, 3311 AA Dordrecht (was {OLD_PLACE})",
        ("Dordrecht (ander adres)", "Dordrecht (ander adres)"),
    ),
    "online": (
        {"attendance_mode": AttendanceMode.ONLINE, "stream_url": "https://example.org/live"},
        "Nieuwe locatie: Online (was De Machinehal, Kade 1, 3311 AA Dordrecht)",
        ("Online (was Dordrecht)", "Online (was Dordrecht)"),
    ),
}


def words(page):
    """As a reader sees them, without what only keeps a line together."""
    text = " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    return re.sub("[\u2060\u00ad]", "", text).replace(" )", ")")


@pytest.fixture(params=dealt(FACTS), ids=str)
def changed(request, app, noon):
    said, line, rows = FACTS[request.param]
    event = make_event(capacity=2, summary="Kort.", series=make_series())
    registered(event, ANA)
    if isinstance(said, str):
        said = {"venue": make_venue("Zaal Noord", said).id}
    noon.set(NOON + timedelta(seconds=13.8))
    with saving():
        actions.change(event, content(event, **said), by=None, now=clock.now())
    return queries.by_id(event.id), line, rows


def test_the_page_and_the_desk_say_both(changed, client, desk):
    event, line, _rows = changed
    assert line in words(client.get(f"/events/{event.slug}").text)
    assert line in words(desk.get(f"/desk/events/{event.id}").text)


def test_the_own_page_says_both_also_before_the_letter_and_so_does_the_form(changed, client):
    event, line, _rows = changed
    assert line in words(client.get(mailed_link(ANA.email)).text)
    assert line in words(client.get(f"/events/{event.slug}/register").text)


def test_agenda_series_and_home_say_both(changed, client):
    event, _line, (row, card) = changed
    assert row in words(client.get("/events/").text)
    assert row in words(client.get(f"/series/{event.series.slug}").text)
    assert card in words(client.get("/").text)


def test_the_letter_says_both_and_the_calendars_move(changed, client, noon):
    event, _line, _rows = changed
    noon.set(NOON + timedelta(minutes=21, seconds=2.2))
    jobs.find_changes()
    letter = letters_to(ANA.email)[-1]
    assert letter.kind == "registrations/changed"
    values = [value for _kind, value in letter.slots.values()]
    old = {"donderdag 18 maart 2027, 13.00–17.30 uur", "De Machinehal, Kade 1, 3311 AA Dordrecht"}
    assert old & set(values)
    entry = vobject.readOne(letter.calendar.decode()).vevent
    public = vobject.readOne(client.get(f"/events/{event.slug}.ics").text).vevent
    for each in (entry, public):
        assert (each.dtstart.value, each.dtend.value) == (event.starts_at, event.ends_at)
        assert each.location.value == rules.location(event)


def test_what_it_was_goes_when_it_is_as_it_was_or_over(changed, client, noon):
    event, line, (row, _card) = changed
    noon.set(event.ends_at + timedelta(minutes=1, seconds=0.4))
    assert line not in words(client.get(f"/events/{event.slug}").text)
    assert line not in words(client.get(mailed_link(ANA.email)).text)
    assert row not in words(client.get("/events/?past=1").text)


def test_back_to_what_it_was_is_no_news(changed, client):
    event, *_ = changed
    venue = next(each for each, _n in queries.venues() if each.name == "De Machinehal")
    before = {"starts_at": SOON, "ends_at": END, "attendance_mode": AttendanceMode.OFFLINE,
              "stream_url": "", "venue": venue.id}  # fmt: skip
    with saving():
        actions.change(event, content(event, **before), by=None, now=clock.now())
    assert "(was " not in words(client.get(f"/events/{event.slug}").text)
    assert "was " not in words(client.get("/events/").text)


def test_in_the_events_own_zone(client, desk):
    event = make_event(summary="Kort.", timezone="Europe/Helsinki")
    with saving():
        moved = content(event, starts_at=SOON + HALF, ends_at=END + HALF)
        actions.change(event, moved, by=None, now=clock.now())
    line = "Nieuwe tijd: 14.30 uur (was 14.00)"
    assert line in words(client.get(f"/events/{event.slug}").text)
    assert line in words(desk.get(f"/desk/events/{event.id}").text)


def test_what_it_was_is_what_stood_before_the_first_of_some_edits_and_not_of_older_ones(app, noon):
    event = make_event(summary="Kort.")
    steps = ((0, HALF), (10, 2 * HALF), (70, 3 * HALF))
    seen = []
    for minutes, later in steps:
        noon.set(NOON + timedelta(minutes=minutes, seconds=5.9))
        with saving():
            moved = content(event, starts_at=SOON + later, ends_at=END + later)
            actions.change(event, moved, by=None, now=clock.now())
        seen.append(event.previous_starts_at - SOON)
    assert seen == [timedelta(0), timedelta(0), 2 * HALF]


def test_home_keeps_showing_what_is_postponed_without_a_date_and_not_first(client, noon):
    event = make_event("Uitgesteld stuk", summary="Kort.")
    make_event("Volgende", starts_at=SOON + DAY)
    with saving():
        actions.postpone(event, words={}, by=None, now=clock.now())
    for moment in (NOON + timedelta(hours=1), SOON + timedelta(days=1, hours=-1)):
        noon.set(moment + timedelta(seconds=0.7))
        page = client.get("/").text
        assert "Uitgesteld stuk" in page
        assert "Nog geen nieuwe datum" in page
        assert page.index("Volgende") < page.index("Uitgesteld stuk")
        seen = words(client.get(f"/events/{event.slug}").text)
        assert "Deze bijeenkomst is uitgesteld." in seen
        assert "Voorbij" not in seen.partition("Deze bijeenkomst")[2][:400]
