"""The desk: find, write, publish, stop and copy events, and who may."""

import io
import threading
import time
from datetime import timedelta

import pytest
from PIL import Image

from events_app.accounts.models import Role
from events_app.core import clock
from events_app.core.db import db, hold, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Event, EventSeries, Status, Venue
from events_app.events.rules import Part
from events_app.kits import queries as kit_queries
from events_app.kits.actions import counting as kits
from events_app.registrations import jobs
from tests.confirming import confirm, mark_in
from tests.conftest import NOON, dealt, signed_in
from tests.factories.contacts import make_organisation
from tests.factories.events import SOON, make_event, make_partner, make_series, make_venue, theme
from tests.factories.kits import make_kit
from tests.factories.newsletters import event_block, make_issue
from tests.factories.registrations import ANA, registered
from tests.faults.visiting import forms_on

TYPED = {
    "title_nl": "Leren in de haven",
    "starts_at": "2027-03-18T13:00",
    "ends_at": "2027-03-18T17:00",
    "timezone": "Europe/Amsterdam",
    "attendance_mode": "offline",
    "preset": "meeting",
    "ownership": "own",
    "is_listed": "y",
}


def typed(**more):
    return {**TYPED, **{name: value for name, value in more.items() if value is not None}}


def as_shown(event, **more):
    """The form of a stored event, as a browser would send it back."""
    stored = {
        "title_nl": event.title["nl"], "summary_nl": event.summary.get("nl", ""),
        "venue": str(event.venue_id or ""), "lead_sector": str(event.lead_sector_id or ""),
        "sectors": [str(t.id) for t in event.themes if t.kind == "sector"],
        "revision": str(event.revision),
        "starts_at": "2027-03-18T13:00", "ends_at": "2027-03-18T17:30",
    }  # fmt: skip
    return {**TYPED, **stored, **more}


def only():
    return db.session.query(Event).one()


def png(width=1400, height=800):
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#0f96a8").save(target, "PNG")
    return target.getvalue()


def test_an_event_is_written_on_one_page(desk):
    one, two = make_organisation("Een"), make_organisation("Twee")
    answer = desk.post(
        "/desk/events/new",
        data=typed(
            title_en="Learning in the port", summary_nl="Kort.", description_nl="Lang.",
            audience_nl="Docenten.", attendance_mode="mixed", stream_url="https://example.org/live",
            **{"venue": "new", "new_venue-name": "Hal 3", "new_venue-city": "Rotterdam",
               "new_venue-region": str(theme("zuid-holland").id),
               "new_venue-access_note_nl": "Er is een lift."},
            series="new", series_title_nl="Havendagen", edition="2",
            lead_sector=str(theme("water").id), sectors=[str(theme("logistiek").id)],
            challenges=[str(theme("klimaatadaptatie").id)], lines=[str(theme("kennis").id)],
            **{"senders-0-organisation": str(one.id), "senders-0-role": "funder",
               "senders-0-place": "2", "senders-1-organisation": str(two.id),
               "senders-1-role": "co_host", "senders-1-place": "1", "senders-2-organisation": "",
               "senders-2-role": "co_host"},
            contact_email="haven@example.org",
        ),
    )  # fmt: skip
    event = only()
    assert answer.location == f"/desk/events/{event.id}"
    assert event.title == {"nl": "Leren in de haven", "en": "Learning in the port"}
    assert (event.starts_at, event.status) == (SOON, Status.DRAFT)
    assert (event.venue.city, event.venue.access_note) == ("Rotterdam", {"nl": "Er is een lift."})
    assert (event.series.slug, event.edition) == ("havendagen", 2)
    assert event.lead_sector.code == "water"
    assert {t.code for t in event.themes} == {"logistiek", "klimaatadaptatie", "kennis"}
    assert [(p.organisation.name, p.role.value) for p in event.partners] == [
        ("Twee", "co_host"), ("Een", "funder"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    dealt(
        [
            ({"title_nl": ""}, "Geef de titel in het Nederlands."),
            ({"title_nl": "x" * 500}, "200"),
            ({"starts_at": "gisteren"}, "datetime"),
            ({"starts_at": "0001-01-01T00:00"}, "jaar"),
            ({"ends_at": "2027-03-18T12:00"}, "Het einde moet na het begin komen."),
            ({"ends_at": "2027-08-18T12:00"}, "Een bijeenkomst duurt hooguit 60 dagen."),
            ({"starts_at": "2027-03-28T02:30"}, "Deze tijd bestaat niet"),
            ({"stream_url": "javascript:alert(1)"}, "Geef een volledig webadres"),
            ({"external_url": "http://[oops"}, "Geef een volledig webadres"),
            ({"contact_email": "nobody"}, "Geef een volledig e-mailadres"),
            ({"venue": "new"}, "Geef de naam en de plaats van de nieuwe locatie."),
            ({"series": "new"}, "Geef de titel van de nieuwe reeks"),
            ({"edition": "0"}, "Geef een getal van 1 tot en met 999."),
            ({"venue": "999"}, "keuze"),
            ({"attendance_mode": "<b>"}, "keuze"),
            ({"timezone": "Mars/Olympus"}, "keuze"),
        ]
    ),
)
def test_a_wrong_answer_gets_a_sentence_and_all_that_was_typed_stays(desk, wrong, sentence):
    answer = desk.post("/desk/events/new", data=typed(audience_nl="Voor <wie> blijft", **wrong))
    assert answer.status_code == 200
    assert "Voor &lt;wie&gt; blijft" in answer.text
    assert "error-summary" in answer.text
    assert sentence in answer.text
    for name, value in wrong.items():
        if name in ("attendance_mode", "timezone"):
            continue  # what cannot be chosen is not offered again
        assert value.replace("<", "&lt;").replace(">", "&gt;")[:40] in answer.text
    assert db.session.query(Event).count() == 0


def test_the_same_sender_twice_is_refused(desk):
    one = make_organisation("Een")
    rows = {f"senders-{n}-{k}": v for n in (0, 1)
            for k, v in (("organisation", str(one.id)), ("role", "partner"))}  # fmt: skip
    answer = desk.post("/desk/events/new", data=typed(**rows))
    assert "Dezelfde organisatie staat hier twee keer." in answer.text


def test_times_are_typed_in_the_zone_beside_them(desk):
    desk.post("/desk/events/new", data=typed(timezone="Europe/Helsinki"))
    assert only().starts_at == SOON - timedelta(hours=1)
    page = desk.get(f"/desk/events/{only().id}/edit").text
    assert 'value="2027-03-18T13:00"' in page


def test_a_picture_without_words_is_refused_and_need_not_be_sent_again(desk):
    first = desk.post(
        "/desk/events/new", data=typed(cover=(io.BytesIO(png()), "zaal.png")),
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "Beschrijf de afbeelding in het Nederlands" in first.text
    kept = first.text.split('name="cover_kept"')[1].split('value="')[1].split('"')[0]
    desk.post("/desk/events/new", data=typed(cover_kept=kept, cover_alt_nl="Een zaal"))
    event = only()
    assert (event.cover_width, event.cover_height) == (1400, 800)
    assert set(event.cover_webp) == {"480", "960", "1600"}
    small = desk.get(f"/events/{event.slug}/picture/{event.cover_key[:12]}-480.webp")
    assert Image.open(io.BytesIO(small.data)).size == (480, 274)


def test_what_is_no_picture_is_refused_in_words(desk):
    answer = desk.post(
        "/desk/events/new", data=typed(cover=(io.BytesIO(b"<svg onload=alert(1)>"), "x.png")),
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert db.session.query(Event).count() == 0


def test_a_forged_picture_is_no_picture(desk):
    forged = typed(cover_kept="eyJrZXkiOiJ4In0.x.y", cover_alt_nl="Zaal")
    assert "Kies haar opnieuw" in desk.post("/desk/events/new", data=forged).text
    assert db.session.query(Event).count() == 0


def test_the_form_shows_what_stands(desk):
    event = make_event("Oud", summary="Kort.", themes=("energie", "kennis"))
    make_partner(event, "Fonds Zuid")
    page = desk.get(f"/desk/events/{event.id}/edit").text
    words = ('value="Oud"', "Kort.</textarea>", '<option selected value="1">Fonds Zuid')
    assert [each for each in words if each not in page] == []
    desk.post(f"/desk/events/{event.id}/edit", data=as_shown(event, title_nl="Nieuw"))
    assert only().title == {"nl": "Nieuw"}


def test_another_time_of_a_public_event_shows_what_follows_first(desk):
    event = make_event("Oud", summary="Kort.", capacity=10)
    moved = as_shown(event, starts_at="2027-03-19T13:00", ends_at="2027-03-19T17:30")
    asked = desk.post(f"/desk/events/{event.id}/edit", data=moved)
    assert "U verandert iets dat mensen al weten:" in asked.text
    assert only().starts_at == SOON
    confirm(desk, f"/desk/events/{event.id}/edit", moved)
    assert only().starts_at == SOON + timedelta(days=1)


def opened(desk, event):
    """The event's form, as a colleague has it open."""
    path = f"/desk/events/{event.id}/edit"
    return form_on(desk.get(path), path)


def form_on(answer, path):
    return next(form for form in forms_on(answer.text, path) if form.action == path)


def sent(desk, form, **changed):
    return desk.post(form.action, data=form.shown(**changed), content_type="multipart/form-data")


BOTH = "Een collega heeft dit gewijzigd terwijl u ermee bezig was"


def test_what_follows_of_a_move_is_shown_once_after_a_colleague_saved(desk):
    """Their words and my time both stand; the consequences are asked of what is stored now."""
    event = make_event("Oud", summary="Kort.", capacity=10)
    mine = opened(desk, event)
    sent(desk, opened(desk, event), summary_nl="Van haar.")
    asked = sent(desk, mine, starts_at="2027-03-18T12:00")
    assert 'name="confirmed"' in asked.text
    again = form_on(asked, mine.action)
    sent(desk, opened(desk, event), audience_nl="Docenten.")  # while I read the consequences
    done = sent(desk, again, confirmed=mark_in(asked))
    assert done.status_code == 303
    event = only()
    assert event.starts_at == SOON - timedelta(hours=1)
    assert (event.summary, event.audience) == ({"nl": "Van haar."}, {"nl": "Docenten."})
    told = desk.get(done.location).text
    assert "Dat is bewaard: Voor wie, in het Nederlands." in told


def test_two_who_move_an_event_are_asked_and_then_it_moves(desk):
    """Save, consequences, a colleague in between: both times shown, then saved; no loop."""
    event = make_event("Oud", summary="Kort.", capacity=10)
    mine = opened(desk, event)
    asked = sent(desk, mine, starts_at="2027-03-18T12:00")
    hers = sent(desk, opened(desk, event), starts_at="2027-03-18T11:00")
    sent(desk, form_on(hers, mine.action), confirmed=mark_in(hers))
    both = sent(desk, form_on(asked, mine.action), confirmed=mark_in(asked))
    assert BOTH in both.text
    assert "2027-03-18 11:00" in both.text
    assert "2027-03-18 12:00" in both.text
    asked = sent(desk, form_on(both, mine.action))
    assert 'name="confirmed"' in asked.text
    last = sent(desk, form_on(asked, mine.action), confirmed=mark_in(asked))
    assert last.status_code == 303
    assert only().starts_at == SOON - timedelta(hours=1)


def test_who_saves_while_a_colleague_is_being_saved_waits_and_sees_it(app, desk):
    event = make_event("Oud", summary="Kort.")
    mine, is_held = opened(desk, event), threading.Event()

    def save():
        with app.app_context(), saving():
            theirs = db.session.get(Event, event.id)
            hold(theirs)
            theirs.title = {"nl": "Van haar"}
            db.session.flush()
            is_held.set()
            time.sleep(0.7)

    colleague = threading.Thread(target=save)
    colleague.start()
    assert is_held.wait(10)
    answer = sent(desk, mine, title_nl="Van mij")
    colleague.join()
    assert BOTH in answer.text
    db.session.expire_all()
    assert only().title == {"nl": "Van haar"}


def test_two_who_change_the_organisations_see_both_rows(desk):
    event = make_event("Oud", status=Status.DRAFT)
    one, two = make_organisation("Een"), make_organisation("Twee")
    mine = opened(desk, event)
    sent(desk, opened(desk, event), **{"senders-0-organisation": str(one.id)})
    both = sent(desk, mine, **{"senders-0-organisation": str(two.id)}).text
    assert BOTH in both
    shown = " ".join(both.split())
    assert "Een · Medeorganisator" in shown
    assert "Twee · Medeorganisator" in shown


def test_two_who_change_the_picture_are_told(desk):
    event = make_event("Oud", status=Status.DRAFT)
    mine = opened(desk, event)
    sent(desk, opened(desk, event), cover=(io.BytesIO(png()), "a.png"), cover_alt_nl="Zaal")
    theirs = only().cover_key
    both = sent(desk, mine, cover=(io.BytesIO(png(1500, 900)), "b.png"), cover_alt_nl="Zaal")
    assert BOTH in both.text
    assert "De afbeelding die u koos" in both.text
    assert only().cover_key == theirs
    assert sent(desk, form_on(both, mine.action)).status_code == 303
    assert only().cover_width == 1500


def test_a_picture_that_nobody_touched_stays_as_a_colleague_chose_it(desk):
    event = make_event("Oud", status=Status.DRAFT)
    mine = opened(desk, event)
    sent(desk, opened(desk, event), cover=(io.BytesIO(png()), "a.png"), cover_alt_nl="Zaal")
    assert sent(desk, mine, title_nl="Nieuw").status_code == 303
    assert (only().title, only().cover_width) == ({"nl": "Nieuw"}, 1400)


@pytest.mark.parametrize("marks", dealt(["", "x", "title_nl:", "::: é\0", "title_nl:AAAAAAAAAAAA"]))
def test_marks_that_no_page_of_ours_made_ask_and_lose_nothing(desk, marks):
    event = make_event("Oud", summary="Kort.")
    form = opened(desk, event)
    answer = sent(desk, form, opened=marks, title_nl="Nieuw")
    assert BOTH in answer.text
    assert only().title == {"nl": "Oud"}
    assert sent(desk, form_on(answer, form.action)).status_code == 303
    assert only().title == {"nl": "Nieuw"}


def test_a_draft_is_published_when_nothing_is_missing(desk, client):
    event = make_event("Leeg", status=Status.DRAFT, venue=make_venue())
    assert "Geef de samenvatting in het Nederlands." in desk.get(f"/desk/events/{event.id}").text
    desk.post(f"/desk/events/{event.id}/publish")
    assert only().status == Status.DRAFT
    desk.post(f"/desk/events/{event.id}/edit", data=as_shown(event, summary_nl="Kort."))
    desk.post(f"/desk/events/{event.id}/publish")
    assert client.get(f"/events/{only().slug}").status_code == 200


def test_before_a_far_reaching_act_kits_and_newsletters_are_counted(app, desk):
    event = make_event(capacity=3)
    kit, partner = make_kit(event), make_organisation(is_partner=True)
    with saving():
        kits.count_download(kit_queries.last_version(kit), partner, "poster/a3", now=clock.now())
    make_issue(blocks=[event_block(event)])
    make_issue()
    page = " ".join(desk.get(f"/desk/events/{event.id}/cancel").text.split())
    assert "De communicatiekit krijgt een nieuwe versie." in page
    assert "1 partner heeft bestanden gedownload" in page
    assert "1 nieuwsbrief in de maak noemt deze bijeenkomst" in page


@pytest.mark.parametrize(
    ("outcome", "status"), [("cancel", Status.CANCELLED), ("postpone", Status.POSTPONED)]
)
def test_stopping_shows_what_follows_and_asks_once(desk, client, outcome, status):
    event = make_event(summary="Kort.", capacity=10)
    asked = desk.get(f"/desk/events/{event.id}/{outcome}").text
    assert "Dit gebeurt er dan:" in asked
    assert "Niemand krijgt een e-mail." in asked
    desk.post(f"/desk/events/{event.id}/{outcome}", data={"words_nl": "De zaal is dicht."})
    assert only().status == status
    assert "De zaal is dicht." in client.get(f"/events/{event.slug}").text
    other = "postpone" if outcome == "cancel" else "cancel"
    assert desk.get(f"/desk/events/{event.id}/{other}").status_code == (
        303 if status == Status.CANCELLED else 200
    )


def to_stop(desk, event, outcome):
    """The page that asks, as a colleague has it open."""
    path = f"/desk/events/{event.id}/{outcome}"
    return form_on(desk.get(path), path)


@pytest.mark.parametrize("outcome", ["cancel", "postpone"])
def test_what_readers_are_told_of_a_stop_can_be_said_otherwise_and_nobody_is_told_twice(
    desk, client, noon, outcome
):
    event = make_event(summary="Kort.", capacity=10)
    registered(event, ANA)
    sent(desk, to_stop(desk, event, outcome), words_nl="Wegens strom.")
    jobs.find_changes()
    told = db.session.query(OutboxMessage).count()
    for browser, path in ((desk, f"/desk/events/{event.id}"), (client, f"/events/{event.slug}")):
        assert "Wegens strom." in browser.get(path).text
    again = to_stop(desk, event, outcome)
    assert {each.name: each.value for each in again.fields}["words_nl"] == "Wegens strom."
    assert sent(desk, again, words_nl="Wegens storm.").status_code == 303
    page = client.get(f"/events/{event.slug}").text
    assert "Wegens storm." in page
    assert "Wegens strom." not in page
    noon.set(clock.now() + timedelta(hours=2))
    jobs.find_changes()
    assert db.session.query(OutboxMessage).count() == told


@pytest.mark.parametrize(("second", "first"), dealt(["cancel", "postpone"], ["cancel", "postpone"]))
def test_of_two_who_stop_an_event_the_second_sees_what_the_first_said(desk, first, second):
    event = make_event(summary="Kort.", capacity=10)
    mine = to_stop(desk, event, second)
    sent(desk, to_stop(desk, event, first), words_nl="Storm.")
    answer = sent(desk, mine, words_nl="Brand.")
    assert answer.status_code == 200
    assert "Brand." in answer.text
    if (first, second) == ("postpone", "cancel"):
        assert "Wat er volgt, is veranderd terwijl u keek." in answer.text
    else:
        assert BOTH in answer.text
        assert "Storm." in answer.text
    assert only().cancel_note == {"nl": "Storm."}
    outcome = "cancel" if first == "cancel" else second
    again = form_on(answer, f"/desk/events/{event.id}/{outcome}")
    assert sent(desk, again).status_code == 303
    stopped = (first, second) == ("postpone", "postpone")
    assert only().status is (Status.POSTPONED if stopped else Status.CANCELLED)
    assert only().cancel_note == {"nl": "Brand."}


def test_a_copy_is_a_draft_to_go_through(desk):
    event = make_event("Oud", summary="Kort.")
    asked = desk.get(f"/desk/events/{event.id}/copy").text
    assert "Neem mee" in asked
    assert asked.count('type="checkbox"') == asked.count("checked") == len(Part)
    bad = desk.post(f"/desk/events/{event.id}/copy", data={"starts_at": "", "parts": ["texts"]})
    assert "Geef de datum en tijd van de kopie." in bad.text
    answer = desk.post(
        f"/desk/events/{event.id}/copy", data={"starts_at": "2027-09-01T10:00", "parts": ["texts"]}
    )
    made = db.session.query(Event).filter(Event.id != event.id).one()
    assert answer.location == f"/desk/events/{made.id}/edit"
    assert (made.summary, made.venue_id) == ({"nl": "Kort."}, None)


def test_a_copy_in_the_past_comes_back_with_the_reason_and_what_was_chosen(desk):
    event = make_event("Oud", series=make_series(), edition=7)
    page = f"/desk/events/{event.id}/copy"
    assert "krijgt het nummer 8" in desk.get(page).text
    answer = desk.post(page, data={"starts_at": "2019-03-18T13:00", "parts": ["texts"]})
    assert answer.status_code == 409
    assert "Het begin ligt in het verleden." in answer.text
    assert 'value="2019-03-18T13:00"' in answer.text
    assert db.session.query(Event).count() == 1


def test_an_edition_that_is_taken_is_said_beside_what_was_typed(desk):
    series = make_series()
    make_event("Op de Bühne Water", series=series, edition=7)
    answer = desk.post(
        "/desk/events/new", data=typed(series=str(series.id), edition="7", summary_nl="Kort.")
    )
    assert "Dit nummer is al van Op de Bühne Water · 18 mrt 2027, 13.00 · editie 7." in answer.text
    assert "Kort." in answer.text
    assert db.session.query(Event).count() == 1


def test_the_list_finds_by_status_sector_period_and_words(desk):
    make_event("Waterdag", lead_sector="water", themes=("water",))
    make_event("Concept over energie", status=Status.DRAFT)
    make_event("Weggelegd", status=Status.ARCHIVED)
    make_event("Geweest", starts_at=NOON - timedelta(days=9), capacity=5)

    def listed(query):
        page = desk.get(f"/desk/events/{query}").text
        names = ("Waterdag", "Concept over energie", "Weggelegd", "Geweest")
        return [name for name in names if name in page]

    assert listed("") == ["Waterdag", "Concept over energie", "Geweest"]
    assert listed("?status=draft") == ["Concept over energie"]
    assert listed("?status=archived") == ["Weggelegd"]
    assert listed("?sector=water") == ["Waterdag"]
    assert listed("?period=past") == ["Geweest"]
    assert listed("?q=CONCEPT+energie") == ["Concept over energie"]
    assert listed("?status=x&sector=y&period=z") == ["Waterdag", "Concept over energie", "Geweest"]
    assert "0 / 5" in desk.get("/desk/events/?period=past").text


def test_the_list_takes_few_statements(desk, statements):
    for number in range(12):
        make_event(f"Event {number}", venue=make_venue())
    db.session.remove()
    statements.clear()
    desk.get("/desk/events/")
    assert len(statements) <= 5


def test_an_event_over_is_closed_and_put_away(desk):
    event = make_event(starts_at=NOON - timedelta(days=3))
    desk.post(f"/desk/events/{event.id}/finish")
    assert only().status == Status.DONE
    desk.post(f"/desk/events/{event.id}/archive")
    assert only().status == Status.ARCHIVED


def test_describing_a_new_venue_or_series_is_choosing_it(desk):
    desk.post("/desk/events/new", data=typed(
        **{"new_venue-name": "Hal", "new_venue-city": "Ede"}, series_title_nl="Reeks",
    ))  # fmt: skip
    assert (only().venue.name, only().series.title) == ("Hal", {"nl": "Reeks"})


def test_english_is_missed_only_beside_dutch(desk):
    both = {"nl": "Leren in de haven", "en": "Learning in the port"}
    event = make_event(title=both, summary=both, description={})
    page = desk.get(f"/desk/events/{event.id}").text
    assert "Er is nog geen beschrijving" in page
    assert "Het Engels is niet compleet" not in page


def test_venues_and_series_are_changed_in_one_place(desk):
    desk.post("/desk/events/new", data=typed(
        **{"venue": "new", "new_venue-name": "Hal", "new_venue-city": "Ede"},
        series="new", series_title_nl="Reeks",
    ))  # fmt: skip
    venue, series = db.session.query(Venue).one(), db.session.query(EventSeries).one()
    assert "Hal" in desk.get("/desk/venues/").text
    assert 'value="Hal"' in desk.get(f"/desk/venues/{venue.id}").text
    refused = desk.post(f"/desk/venues/{venue.id}", data={"name": "", "city": "Ede", "region": ""})
    assert "Geef de naam van de locatie." in refused.text
    desk.post(f"/desk/venues/{venue.id}", data={"name": "Hal 2", "city": "Ede", "region": ""})
    assert db.session.query(Venue).one().name == "Hal 2"
    assert 'value="Reeks"' in desk.get(f"/desk/venues/series/{series.id}").text
    desk.post(f"/desk/venues/series/{series.id}", data={"title_nl": "Reeks 2"})
    assert db.session.query(EventSeries).one().title == {"nl": "Reeks 2"}


@pytest.mark.parametrize("address", ["/desk/events/99", "/desk/events/99/edit", "/desk/venues/99"])
def test_what_is_not_there_is_not_found(desk, address):
    assert desk.get(address).status_code == 404


EDITING = ["/desk/events/", "/desk/events/new", "/desk/events/1", "/desk/events/1/edit",
           "/desk/events/1/copy", "/desk/venues/", "/desk/venues/series/1"]  # fmt: skip
ORGANISING = ["/desk/events/1/cancel", "/desk/events/1/postpone", "/desk/venues/1"]
DOING = ["publish", "cancel", "postpone", "finish", "archive"]


def test_visitors_see_no_desk(client):
    make_event()
    for address in EDITING + ORGANISING:
        assert client.get(address).status_code == 303


@pytest.mark.parametrize(
    ("role", "edits", "organises"),
    [(Role.DOOR, False, False), (Role.EDITOR, True, False), (Role.ORGANISER, True, True)],
)
def test_each_role_has_its_pages(app, role, edits, organises):
    make_event()
    browser = signed_in(app, role)
    for address in EDITING:
        assert (browser.get(address).status_code == 403) is not edits
    for address in ORGANISING:
        assert (browser.get(address).status_code == 403) is not organises
    if not organises:
        for verb in DOING:
            assert browser.post(f"/desk/events/1/{verb}").status_code == 403
        assert only().status == Status.PUBLISHED
