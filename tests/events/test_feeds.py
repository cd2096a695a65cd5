"""Calendars and feeds, read back by parsers of other people."""

from datetime import timedelta

import pytest
import vobject
from lxml import etree

from events_app.core.db import saving
from events_app.events.models import Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_venue
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


def test_the_feed_holds_what_comes_and_no_draft(client):
    make_event("Coming")
    make_event("Draft", status=Status.DRAFT)
    make_event("Past", starts_at=NOON - timedelta(days=9))
    make_event("Water", lead_sector="water", themes=("water",))
    make_event("Off", status=Status.CANCELLED)
    read = events(client.get("/events.ics").text)
    assert sorted(each.name for each in read) == ["Afgelast: Off", "Coming", "Water"]
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
    since = client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304
    noon.set(NOON + timedelta(hours=1))
    assert client.get(address).data == first.data
    with saving():
        event.title = {"nl": "Anders"}
        event.revision += 1
        event.changed_at = NOON + timedelta(hours=1)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Anders" in changed.text


def test_an_empty_agenda_is_a_whole_feed(client):
    assert etree.fromstring(client.get("/events.atom").data).findall(f"{ATOM}entry") == []
    assert b"END:VCALENDAR" in client.get("/events.ics").data
