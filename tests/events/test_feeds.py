"""Calendars and feeds, read back by parsers of other people."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from lxml import etree, html

from events_app.core import clock
from events_app.core.db import saving
from events_app.events.actions import telling
from events_app.events.models import AttendanceMode, Preset, Status
from events_app.events.rules import announced
from events_app.registrations import jobs
from events_app.registrations.actions.posting import new_uid
from tests.conftest import NOON, dealt
from tests.factories.events import SOON, make_event, make_series, make_venue
from tests.factories.events import theme as theme_of
from tests.factories.registrations import ANA, mailed_link, registered
from tests.readers import events

ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = "Titel\r\nATTENDEE:mailto:x@example.org;,\\ </title>]]>&\u2028é"


def test_two_parsers_read_the_event(client):
    make_event("Energie; nu, straks", slug="energie", summary="Een zin.\nNog een.")
    answer = client.get("/events/energie.ics")
    assert answer.mimetype == "text/calendar"
    one = vobject.readOne(answer.text).vevent
    assert one.summary.value == "Energie; nu, straks"
    assert one.dtstart.value == SOON
    assert one.uid.value.endswith("@localhost")
    assert one.location.value == "De Machinehal, Kade 1, 3311 AA Dordrecht"
    [read] = events(answer.text)
    assert (read.name, read.starts_at) == ("Energie; nu, straks", SOON)
    assert read.url == "http://localhost/events/energie"


def test_an_event_in_summer_keeps_its_hour(client):
    summer = SOON.replace(month=7)
    make_event(slug="zomer", starts_at=summer)
    assert vobject.readOne(client.get("/events/zomer.ics").text).vevent.dtstart.value == summer


def test_hostile_words_make_no_new_lines(client):
    make_event(EVIL, summary=EVIL, slug="x", venue=make_venue(EVIL, EVIL))
    raw = client.get("/events.ics").data
    assert b"\r\nATTENDEE" not in raw
    assert len(events(raw.decode())) == 1
    vobject.readOne(raw.decode()).validate()
    feed = etree.fromstring(client.get("/events.atom").data)
    assert feed.find(f"{ATOM}entry/{ATOM}title").text.startswith("Titel")


def test_the_feed_holds_what_comes_and_what_was_and_no_draft(client):
    make_event("Coming")
    make_event("Draft", status=Status.DRAFT)
    make_event("Past", starts_at=NOON - timedelta(days=9))
    make_event("Water", lead_sector="water", themes=("water",))
    make_event("Off", status=Status.CANCELLED)
    read = events(client.get("/events.ics").text)
    assert sorted(each.name for each in read) == ["Afgelast: Off", "Coming", "Past", "Water"]
    only = client.get("/events.ics?sector=water").text
    assert [each.name for each in events(only)] == ["Water"]
    entries = etree.fromstring(client.get("/events.atom?sector=water").data).findall(f"{ATOM}entry")
    assert [e.find(f"{ATOM}title").text for e in entries] == ["Water"]


def test_a_cancelled_event_is_cancelled_in_the_calendar(client):
    make_event(slug="off", status=Status.CANCELLED)
    assert vobject.readOne(client.get("/events/off.ics").text).vevent.status.value == "CANCELLED"


def test_atom_says_when_where_and_what_changed(client):
    event = make_event("Energie", slug="energie", summary="Kort.", status=Status.CANCELLED)
    answer = client.get("/events.atom")
    assert answer.mimetype == "application/atom+xml"
    entry = etree.fromstring(answer.data).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href") == "http://localhost/events/energie"
    assert entry.find(f"{ATOM}id").text == f"tag:localhost,2026:event-{event.id}"
    assert entry.find(f"{ATOM}summary").text == (
        "Deze bijeenkomst gaat niet door. donderdag 18 maart 2027, 13.00–17.30 uur, "
        "De Machinehal, Kade 1, 3311 AA Dordrecht. Kort."
    )


@pytest.mark.parametrize("address", ["/events.ics", "/events.atom"])
def test_a_feed_is_sent_again_only_when_it_changed(client, statements, noon, address):
    event = make_event()
    first = client.get(address)
    statements.clear()
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(statements)) == (304, b"", 1)
    assert "Last-Modified" not in first.headers
    noon.set(NOON + timedelta(hours=1))
    assert client.get(address).data == first.data
    with saving():
        event.title = {"nl": "Anders"}
        event.revision += 1
        event.changed_at = NOON + timedelta(hours=1)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Anders" in changed.text


@pytest.mark.parametrize("address", ["/events.ics", "/events.atom"])
def test_who_follows_a_theme_that_is_offered_no_more_goes_on_following(client, address):
    make_event("Dijken", lead_sector="water", themes=("water",))
    before = client.get(f"{address}?sector=water")
    with saving():
        theme_of("water").is_active = False
    assert client.get(f"{address}?sector=water").data == before.data


def test_a_feed_keeps_what_was_in_the_last_half_year_and_no_more(client, noon):
    make_event("Lang geleden", starts_at=NOON - timedelta(days=184))
    make_event("Van de zomer", starts_at=NOON - timedelta(days=180))
    make_event("Gisteren", starts_at=NOON - timedelta(days=1))
    make_event("Straks")
    read = [each.name for each in events(client.get("/events.ics").text)]
    assert read == ["Van de zomer", "Gisteren", "Straks"]
    entries = etree.fromstring(client.get("/events.atom").data).findall(f"{ATOM}entry")
    assert [each.find(f"{ATOM}title").text for each in entries] == read
    noon.set(NOON + timedelta(days=5))
    read = [each.name for each in events(client.get("/events.ics").text)]
    assert read == ["Gisteren", "Straks"]


@pytest.mark.parametrize(
    ("address", "chosen"),
    dealt(
        ["/events.ics", "/events.atom"],
        [
            "sector=water",
            "region=zeeland",
            "kind=conference",
            "kind=online",
            "month=2027-05",
            "q=dijken",
            "region=zeeland&sector=water&kind=conference&month=2027-05&q=dijken&lang=en",
        ],
    ),
)
def test_a_feed_keeps_to_every_filter_of_the_agenda(client, address, chosen):
    make_event("Energie")
    make_event(
        "Dijken", lead_sector="water", themes=("water",),
        venue=make_venue("Hal", "Goes", "zeeland"), preset=Preset.CONFERENCE,
        attendance_mode=AttendanceMode.MIXED,
        starts_at=SOON.replace(month=5),
    )  # fmt: skip
    whole, some = client.get(address).text, client.get(f"{address}?{chosen}").text
    assert "Energie" in whole
    assert "Energie" not in some.replace("agenda", "")
    assert "Dijken" in some
    assert client.get(f"/events/?{chosen}").text.count("Dijken") > 0


@pytest.mark.parametrize(
    ("address", "asked"),
    dealt(
        ["/events.ics", "/events.atom"],
        [
            "region=atlantis",
            "sector=zeeland",
            "sector=water&sector=bouw",
            "kind=party",
            "month=2027-13",
            "month=morgen",
            "past=1",
            "page=2",
            "colour=red",
            "q=x&region=atlantis",
        ],
    ),
)
def test_a_feed_that_cannot_be_refuses_in_words_and_shows_nothing_else(client, address, asked):
    make_event()
    answer = client.get(f"{address}?{asked}")
    assert answer.status_code == 404
    assert f"De agenda kent “{asked.rpartition('&')[2]}” niet." in answer.text


def test_the_agenda_offers_a_subscription_to_what_is_chosen(client):
    make_event("Dijken", lead_sector="water", themes=("water",))
    page = html.fromstring(client.get("/events/?sector=water&q=dijken").data)
    [address] = page.xpath("//a[starts-with(@href, 'webcal:')]/@href")
    assert address == "webcal://localhost/events.ics?q=dijken&sector=water"
    [typed] = page.xpath("//*[@id='calendar-address']/text()")
    assert typed == "http://localhost/events.ics?q=dijken&sector=water"
    feed = client.get(address.removeprefix("webcal://localhost"))
    assert vobject.readOne(feed.text).contents["x-wr-calname"][0].value == (
        "Op de Bühne · dijken · Water & Maritiem"
    )
    assert [each.name for each in events(feed.text)] == ["Dijken"]


def test_a_series_can_be_followed(client):
    series = make_series("Op de Bühne", slug="op-de-buhne")
    make_event("Eerste", series=series, starts_at=NOON - timedelta(days=400))
    make_event("Tweede", series=series)
    make_event("Andere")
    page = html.fromstring(client.get("/series/op-de-buhne").data)
    [address] = page.xpath("//a[starts-with(@href, 'webcal:')]/@href")
    assert address == "webcal://localhost/series/op-de-buhne.ics"
    feed = client.get("/series/op-de-buhne.ics")
    assert [each.name for each in events(feed.text)] == ["Eerste", "Tweede"]
    again = client.get("/series/op-de-buhne.ics", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/series/none.ics").status_code == 404


def test_another_host_makes_no_new_entries(client, app):
    """The name in calendars is the one of the day on which the house was made."""
    event = make_event(slug="energie")
    app.config["BASE_URL"] = "https://nieuw.example.org"
    for address in ("/events.ics", "/events/energie.ics"):
        [read] = events(client.get(address).text)
        assert read.uid == f"event-{event.id}@localhost"
        assert read.url == "https://nieuw.example.org/events/energie"
    entry = etree.fromstring(client.get("/events.atom").data).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == f"tag:localhost,2026:event-{event.id}"
    assert new_uid().endswith("@localhost")


def test_an_empty_agenda_is_a_whole_feed(client):
    assert etree.fromstring(client.get("/events.atom").data).findall(f"{ATOM}entry") == []
    assert b"END:VCALENDAR" in client.get("/events.ics").data


MOVES = {
    "over midnight": (datetime(2027, 3, 18, 22, 0, tzinfo=UTC), 3, "Europe/Amsterdam"),
    "into summer": (datetime(2027, 7, 18, 11, 30, tzinfo=UTC), 2, "Europe/Amsterdam"),
    "over the change of clock in spring": (
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 2, "Europe/Amsterdam",
    ),
    "over the change of clock in autumn": (
        datetime(2027, 10, 30, 23, 30, tzinfo=UTC), 4, "Europe/Amsterdam",
    ),
    "to the hour that comes twice": (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 1, "Europe/Berlin"),
    "to its second time": (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), 1, "Europe/Berlin"),
    "to New York, on the night of its clock": (
        datetime(2027, 11, 7, 5, 30, tzinfo=UTC), 2, "America/New_York",
    ),
    "to a zone of half hours": (datetime(2027, 5, 3, 4, 30, tzinfo=UTC), 3, "Asia/Kolkata"),
    "to the other half of the world": (
        datetime(2027, 4, 3, 13, 30, tzinfo=UTC), 5, "Australia/Sydney",
    ),
    "to no zone": (datetime(2027, 5, 3, 23, 30, tzinfo=UTC), 3, "UTC"),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("name", MOVES)
def test_every_calendar_follows_an_event_that_moves(client, noon, name):
    """The same entry, one step further, at the same moment for both readers; beside another event
    in the same feed that stays in its own zone.
    """
    starts_at, hours, zone = MOVES[name]
    event = make_event(slug="energie", series=make_series(), capacity=5)
    make_event("Blijft", slug="blijft")
    ana = registered(event, ANA)
    addresses = ["/events.ics", "/events/energie.ics", "/series/op-de-buhne.ics",
                 f"{mailed_link(ana.email)}/calendar.ics"]  # fmt: skip
    before = [read_of(client, address) for address in addresses]
    with saving():
        was = announced(event)
        event.starts_at, event.ends_at = starts_at, starts_at + timedelta(hours=hours)
        event.timezone, event.changed_at = zone, clock.now()
        event.revision += 1
        telling.follow(event, was, now=clock.now(), at_once=False)
    noon.set(clock.now() + timedelta(minutes=21, seconds=3, microseconds=8))
    jobs.find_changes()
    for address, old in zip(addresses, before, strict=True):
        new = read_of(client, address)
        assert (new.starts_at, new.ends_at) == (starts_at, event.ends_at)
        assert (new.uid, new.sequence) == (old.uid, old.sequence + 1)
    stays = [each for each in events(client.get("/events.ics").text) if each.name == "Blijft"]
    assert [each.starts_at for each in stays] == [SOON]


def read_of(client, address):
    [read] = [each for each in events(client.get(address).text) if each.name != "Blijft"]
    return read
