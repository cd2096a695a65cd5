"""The page of one event."""

import json
import re
from datetime import timedelta

import pytest

from events_app.core import files
from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode, Ownership, PartnerRole, Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_partner, make_series, make_venue
from tests.factories.registrations import make_form, pool_of

EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\r\nX-Evil: 1"


def structured(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_it_says_when_where_for_whom_why_and_how_to_get_there(client):
    venue = make_venue(
        route_note={"nl": "Volg de *borden*."}, access_note={"nl": "Er is een lift."}
    )
    event = make_event(
        summary="Kort.", description="Lang **en** breed.", audience="Docenten.", venue=venue,
        contact_email="post@example.org", attendance_mode=AttendanceMode.MIXED, stream_url="https://example.org/secret",
    )  # fmt: skip
    make_partner(event, "Techniekfonds Delta", website="https://example.org/delta")
    page = client.get(f"/events/{event.slug}").text
    for words in (
        "<b>donderdag 18 maart 2027</b>", "13.00\u2060–\u206017.30\u00a0uur", "De Machinehal",
        "3311\u00a0AA Dordrecht",
        "Kort.", "Lang <strong>en</strong> breed.", "Docenten.", "Volg de <em>borden</em>.",
        "Er is een lift.", "mailto:post@example.org", "U kunt ook online meedoen.",
        '<a href="https://example.org/delta">Techniekfonds Delta</a>',
    ):  # fmt: skip
        assert words in page
    assert "secret" not in page


def test_the_page_takes_three_statements(client, statements):
    event = make_event(series=make_series(), themes=("energie", "ict", "kennis"), capacity=9)
    make_partner(event)
    db.session.remove()
    statements.clear()
    client.get(f"/events/{event.slug}")
    assert len(statements) == 3


@pytest.mark.parametrize(
    ("status", "code"), [(Status.DRAFT, 404), (Status.ARCHIVED, 410)], ids=["draft", "archived"]
)
@pytest.mark.parametrize("tail", ["", ".ics", "/cover.svg", "/picture"])
def test_readers_do_not_find_drafts_or_the_archive(client, status, code, tail):
    event = make_event(status=status, slug="hidden")
    is_picture = tail.startswith("/")
    assert client.get(f"/events/{event.slug}{tail}").status_code == (404 if is_picture else code)


def test_who_sits_at_the_desk_sees_a_draft_and_no_cache_keeps_it(desk):
    make_event(status=Status.DRAFT, slug="hidden")
    page = desk.get("/events/hidden")
    assert "Dit is een concept" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_an_unknown_event_is_not_found(client):
    assert client.get("/events/nowhere").status_code == 404
    assert client.get("/events/nowhere.ics").status_code == 404
    assert client.get("/series/nowhere").status_code == 404


def test_a_cancelled_event_says_so_without_doubt(client):
    event = make_event(status=Status.CANCELLED, cancel_note="De zaal is dicht.")
    page = client.get(f"/events/{event.slug}").text
    assert "Deze bijeenkomst gaat niet door." in page
    assert "De zaal is dicht." in page
    assert structured(page)["eventStatus"] == "https://schema.org/EventCancelled"
    assert "Zet in uw agenda" not in page


def test_a_postponed_event_has_no_date_any_more(client):
    event = make_event(status=Status.POSTPONED)
    page = client.get(f"/events/{event.slug}").text
    assert "Deze bijeenkomst is uitgesteld." in page
    assert "ticket-when--off" in page
    assert structured(page)["eventStatus"] == "https://schema.org/EventPostponed"


def test_a_moved_event_tells_the_old_date(client):
    event = make_event(previous_starts_at=SOON - timedelta(days=7))
    page = client.get(f"/events/{event.slug}").text
    assert "Nieuwe datum: 18 mrt (was 11 mrt)" in page


def test_what_changed_stands_right_below_the_title(client):
    event = make_event(summary="Een middag lang.", previous_starts_at=SOON - timedelta(days=7))
    page = client.get(f"/events/{event.slug}").text
    below = page.partition("</h1>")[2]
    assert below.index("Nieuwe datum") < below.index("Een middag lang.")
    said = structured(page)
    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert said["previousStartDate"] == "2027-03-11T13:00:00+01:00"
    assert said["startDate"] == "2027-03-18T13:00:00+01:00"


def test_a_past_event_shows_its_report(client):
    event = make_event(starts_at=NOON - timedelta(days=3), report="Het was vol.")
    page = client.get(f"/events/{event.slug}").text
    assert "Het was vol." in page
    assert "Voorbij" in page
    assert (
        "Het was vol." not in client.get(f"/events/{make_event(report='Het was vol.').slug}").text
    )


def test_search_engines_read_the_place_the_senders_and_the_series(client):
    event = make_event(series=make_series(), edition=4, summary="Kort.")
    make_partner(event, "Regio aan Zee")
    make_partner(event, "Fonds", PartnerRole.FUNDER)
    said = structured(client.get(f"/events/{event.slug}").text)
    assert said["location"][0]["address"]["addressLocality"] == "Dordrecht"
    assert [o["name"] for o in said["organizer"]][1:] == ["Regio aan Zee"]
    assert said["funder"] == [{"@type": "Organization", "name": "Fonds"}]
    assert said["superEvent"]["url"] == "http://localhost/series/op-de-buhne"
    assert said["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert said["url"] == f"http://localhost/events/{event.slug}"


def test_another_organisers_event_leads_to_that_organiser(client):
    event = make_event(ownership=Ownership.EXTERNAL, external_url="https://example.org/join")
    page = client.get(f"/events/{event.slug}").text
    assert 'href="https://example.org/join"' in page
    assert "Elders aanmelden" in page


def take(event, places):
    with saving():
        pool_of(event).taken = places


@pytest.mark.parametrize(
    ("taken", "words", "availability"),
    [
        (0, "Er zijn nog minstens 20 plaatsen vrij.", "InStock"),
        (19, "Er zijn nog maar weinig plaatsen vrij.", "LimitedAvailability"),
        (20, "Zet mij op de wachtlijst", "BackOrder"),
    ],
)
def test_it_leads_to_registration_and_says_how_places_stand(client, taken, words, availability):
    event = make_event(capacity=20)
    take(event, taken)
    page = client.get(f"/events/{event.slug}?source=abc").text
    assert f'href="/events/{event.slug}/register?source=abc"' in page
    assert words in page
    offer = structured(page)["offers"]
    assert offer["availability"] == f"https://schema.org/{availability}"
    assert offer["url"] == f"http://localhost/events/{event.slug}/register"


def test_an_event_by_invitation_does_not_look_open_to_all(client):
    event = make_event(capacity=20)
    make_form(event, 20, access="invitation")
    for path in (f"/events/{event.slug}", "/events/", "/"):
        page = client.get(path).text
        assert "Op uitnodiging" in page
        assert "Aanmelden open" not in page


def test_a_list_says_that_registration_opens_later(client):
    make_form(make_event(capacity=20), 20, opens_at=NOON + timedelta(days=1))
    assert "Aanmelden kan later" in client.get("/events/").text


def test_a_full_event_says_so_and_leads_on(client):
    event = make_event(capacity=1)
    make_form(event, 1, has_waiting_list=False)
    take(event, 1)
    page = client.get(f"/events/{event.slug}").text
    assert "Alle plaatsen zijn bezet en er is geen wachtlijst." in page
    assert "Bekijk wat er komt" in page


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.POSTPONED])
def test_nobody_can_register_for_what_does_not_go_on(client, status):
    event = make_event(capacity=20, status=status)
    page = client.get(f"/events/{event.slug}").text
    assert "/register" not in page
    assert "offers" not in structured(page)


def test_hostile_words_stay_words(client):
    event = make_event(
        EVIL, summary=EVIL, description=EVIL, audience=EVIL, contact_email=EVIL, cover_credit=EVIL,
        cover_alt=EVIL, cover_key="0" * 64, cover_width=8, cover_height=8, cancel_note=EVIL,
        status=Status.CANCELLED, venue=make_venue(EVIL, EVIL, street="x", route_note={"nl": EVIL}),
        series=make_series(EVIL),
    )  # fmt: skip
    make_partner(event, EVIL)
    for address in (f"/events/{event.slug}", "/events/", "/series/op-de-buhne"):
        page = client.get(address, query_string={"q": EVIL, "source": EVIL}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert structured(client.get(f"/events/{event.slug}").text)["name"] == EVIL


def test_the_cover_is_served_for_good_under_an_address_of_its_own(client):
    key, small = files.keep(b"png"), files.keep(b"webp")
    event = make_event(
        cover_key=key, cover_width=1600, cover_height=900, cover_webp={"480": small},
        cover_alt="Een zaal vol mensen", cover_credit="Demo",
    )  # fmt: skip
    page = client.get(f"/events/{event.slug}").text
    assert 'alt="Een zaal vol mensen"' in page
    assert f"http://localhost/events/{event.slug}/picture" in structured(page)["image"]
    picture = client.get(f"/events/{event.slug}/picture/{key[:12]}-480.webp")
    assert (picture.data, picture.mimetype) == (b"webp", "image/webp")
    assert "immutable" in picture.headers["Cache-Control"]
    assert client.get(f"/events/{event.slug}/picture/{key[:12]}-77.webp").status_code == 404
    assert client.get(f"/events/{event.slug}/picture/000-480.webp").status_code == 404
    assert client.get(f"/events/{event.slug}/picture").data == b"png"


def test_an_event_without_a_picture_has_a_drawn_stage_in_its_sectors_colour(client):
    event = make_event(lead_sector="water")
    drawn = client.get(f"/events/{event.slug}/cover.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "#0f96a8" in drawn.text
    assert drawn.text == client.get(f"/events/{event.slug}/cover.svg").text
    assert (
        drawn.text != client.get(f"/events/{make_event(lead_sector='water').slug}/cover.svg").text
    )


def test_a_series_shows_its_editions(client):
    series = make_series()
    make_event("Coming one", series=series)
    make_event("Old one", series=series, starts_at=NOON - timedelta(days=99))
    make_event("Draft one", series=series, status=Status.DRAFT)
    page = client.get("/series/op-de-buhne").text
    assert page.index("Coming one") < page.index("Vorige edities") < page.index("Old one")
    assert "Draft one" not in page
