"""The desk: who sees whom, and what organisers decide."""

import csv
import io

import pytest
from lxml import html
from sqlalchemy import select

from events_app.accounts.models import JournalEntry, Role
from events_app.core import csv_export, tokens
from events_app.core.db import db, saving
from events_app.events.models import Status as EventStatus
from events_app.registrations import queries
from events_app.registrations.models import (
    Access,
    Answer,
    Question,
    Registration,
    RegistrationForm,
    Status,
    VisibleTo,
)
from events_app.registrations.queries.listing import BATCH, Wanted
from tests.confirming import confirm
from tests.conftest import dealt, signed_in
from tests.factories.copies import copies
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    make_applicant,
    make_form,
    make_question,
    pool_of,
    registered,
    registered_as,
)


@pytest.fixture
def event(app):
    """Two places, taken; Mia waits. One question for the door, one for organisers only."""
    event = make_event(capacity=2)
    form = make_form(event, capacity=2, guests_max=1)
    door = make_question(form, label="Welke zaal?", visible_to=VisibleTo.DOOR)
    ours = make_question(form, label="Wat verwacht u?")
    registered(
        event,
        make_applicant(
            1, name="Ana Vermeulen", email=ANA.email, organisation="Demo bv", diet="vegan",
            access_needs="ringleiding", answers={door.id: "Noord", ours.id: "Nieuws"},
        ),
    )  # fmt: skip
    registered(event, RUI)
    registered(event, MIA)
    return event


def desk_url(event, *parts):
    return "/".join(["/desk/registrations", str(event.id), *map(str, parts)])


def person(email):
    db.session.expire_all()
    wanted = registered_as(email)
    return db.session.scalars(wanted.order_by(Registration.id.desc())).first()


def names(page):
    return html.fromstring(page.text).xpath("//main//tbody/tr/th/a/text()")


# -- who may do what

PAGES = {
    "": {Role.DOOR, Role.ORGANISER, Role.OWNER},
    "list.csv": {Role.DOOR, Role.ORGANISER, Role.OWNER},
    "1": {Role.DOOR, Role.ORGANISER, Role.OWNER},
    "settings": {Role.ORGANISER, Role.OWNER},
    "questions/new": {Role.ORGANISER, Role.OWNER},
    "questions/1": {Role.ORGANISER, Role.OWNER},
}
DEEDS = ("1/cancel", "1/promote", "questions/1/move", "questions/1/remove", "settings")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_is_its_business(app, event, role):
    browser = signed_in(app, role)
    for page, allowed in PAGES.items():
        answer = browser.get(desk_url(event, page).rstrip("/"))
        assert answer.status_code == (200 if role in allowed else 403), page
        assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/desk/registrations/").status_code == (403 if role is Role.EDITOR else 200)


@pytest.mark.parametrize("role", [Role.DOOR, Role.EDITOR])
def test_who_may_only_look_changes_nothing(app, event, role):
    browser = signed_in(app, role)
    for deed in DEEDS:
        assert browser.post(desk_url(event, deed)).status_code == 403
    assert person(ANA.email).status is Status.CONFIRMED


def test_the_door_sees_no_addresses_diets_needs_or_private_answers(app, event):
    browser = signed_in(app, Role.DOOR)
    pages = [
        browser.get(desk_url(event)).text,
        browser.get(desk_url(event, person(ANA.email).id)).text,
        browser.get(desk_url(event, "list.csv")).text,
    ]
    for page in pages:
        assert "Ana Vermeulen" in page
        for secret in (ANA.email, "vegan", "ringleiding", "Nieuws"):
            assert secret not in page
    assert "Noord" in pages[1]
    assert "Noord" in pages[2]
    assert names(browser.get(desk_url(event) + "?q=ana@example")) == []


def test_nobody_is_found_under_another_event(app, desk, event):
    other = make_event(capacity=1)
    assert desk.get(desk_url(other, person(ANA.email).id)).status_code == 404
    assert desk.post(desk_url(other, person(ANA.email).id, "cancel")).status_code == 404
    assert desk.get("/desk/registrations/999").status_code == 404


# -- the list


def test_the_list_is_searched_filtered_and_sorted(desk, event):
    def found(query):
        return names(desk.get(f"{desk_url(event)}?{query}"))

    ana, rui, mia = "Ana Vermeulen", "Rui de Boer", "Mia Özgür"
    assert found("") == [mia, rui, ana]
    assert found("sort=old") == [ana, rui, mia]
    assert found("sort=name") == [ana, mia, rui]
    assert found("status=waitlisted") == [mia]
    assert found("q=VERMEULEN") == [ana]
    assert found("q=özgür") == found("q=ÖZGÜR") == [mia]
    assert found("q=demo") == [ana]
    assert found("q=rui@example.org") == [rui]
    assert found(f"q={person(ANA.email).code.lower()}") == [ana]
    assert found("q=%25") == found("q=_") == []
    assert found("status=nonsense&sort=nonsense&after=x") == [mia, rui, ana]


def test_every_page_of_a_long_list_shows_its_own_people_once(app, monkeypatch):
    monkeypatch.setattr("events_app.registrations.queries.listing.A_PAGE", 3)
    event = make_event(capacity=9)
    for number, name in enumerate("DABBCAFB"):
        registered(event, make_applicant(number, name=name))
    for sort, expected in (("new", "BFACBBAD"), ("old", "DABBCAFB"), ("name", "AABBBCDF")):
        after, seen = None, ""
        while True:
            page, after = queries.listed(
                event.id, Wanted(sort=sort, after=after), finds_addresses=True
            )
            seen += "".join(registration.name for registration in page)
            if after is None:
                break
        assert seen == expected


def test_a_page_of_the_list_takes_few_statements(desk, event, statements):
    address = desk_url(event)

    def sent():
        db.session.remove()
        statements.clear()
        desk.get(address)
        return len(statements)

    few = sent()
    for number in range(10, 40):
        registered(event, make_applicant(number))
    assert sent() == few <= 7


# -- the table that leaves the house


def rows(answer):
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))


def test_the_table_holds_everyone_with_their_answers(desk, event):
    answer = desk.get(desk_url(event, "list.csv"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{event.slug}.csv"'
    head, *people = rows(answer)
    ana = dict(zip(head, people[0], strict=True))
    assert [row[2] for row in people] == ["Ana Vermeulen", "Rui de Boer", "Mia Özgür"]
    assert ana["E-mailadres"] == ANA.email
    assert ana["Dieetwensen"] == "vegan"
    assert ana["Welke zaal?"] == "Noord"
    assert ana["Wat verwacht u?"] == "Nieuws"
    assert ana["Status"] == "Bevestigd"
    assert "registrations.exported" in db.session.scalars(select(JournalEntry.verb)).all()


def test_a_long_table_is_read_in_parts_and_holds_everyone_once_with_their_own(desk, statements):
    event, other, number = make_event(), make_event(), BATCH * 2 + 1
    asked = [make_question(make_form(one, 9_000, guests_max=1)) for one in (event, other)]
    crowd(event, asked[0], range(0, number, 2))
    crowd(other, asked[1], range(50))  # numbered in between
    crowd(event, asked[0], range(1, number, 2))
    statements.clear()
    people = rows(desk.get(desk_url(event, "list.csv"), buffered=True))[1:]
    for table, times in {"registration": 4, "participant": 3, "answer": 3}.items():
        assert len([each for each in statements if f"\nFROM {table} " in each]) == times, table
    found = [row[2].removeprefix("Gast") for row in people]
    assert found == ["", *(f" {n}" for n in range(0, number, 2)),
                     "", *(f" {n}" for n in range(1, number, 2))]  # fmt: skip
    for row, own in zip(people, found, strict=True):
        assert (row[5], row[-1]) == (f"Mee{own}", f"Antwoord{own}")


def crowd(event, question, numbers):
    """And one more without a number; each with a guest and an answer of their own."""
    email = f"gast{len(numbers)}@example.org"
    named = {"name": "Gast", "email": email, "guests": ("Mee",)}
    first = registered(event, make_applicant(0, **named, answers={question.id: "Antwoord"}))
    claims = copies(first.claim, [{} for _ in numbers])
    parties = copies(first, [{"claim_id": claim} for claim in claims])
    contacts, _guests = (
        copies(one, [
            {"registration_id": id, "code": f"{one.code}-{id}", "name": f"{one.name} {n}",
             "email": one.email and f"{id}@example.org",
             "link_digest": tokens.digest(f"link {one.id} {id}")}
            for id, n in zip(parties, numbers, strict=True)
        ])
        for one in first.participants
    )  # fmt: skip
    [answer] = first.contact.answers
    copies(answer, [
        {"participant_id": id, "value": f"Antwoord {n}"}
        for id, n in zip(contacts, numbers, strict=True)
    ])  # fmt: skip


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@sum", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(app, cell):
    assert csv_export.defused(cell) == "'" + cell
    assert csv_export.defused("Ana = 1") == "Ana = 1"


def test_hostile_names_leave_the_house_as_words(desk, event):
    registered(event, make_applicant(9, name='=HYPERLINK("x");"', organisation="@demo"))
    person_ = rows(desk.get(desk_url(event, "list.csv")))[-1]
    assert person_[2:4] == ['\'=HYPERLINK("x");"', "'@demo"]


# -- one person


def test_an_organiser_cancels_for_someone_and_the_next_is_offered_the_place(desk, event):
    ana = person(ANA.email)
    answer = desk.post(desk_url(event, ana.id, "cancel"), data={"reason": "Belde af"})
    assert answer.status_code == 303
    assert person(ANA.email).cancel_reason == "Belde af"
    assert person(MIA.email).status is Status.OFFERED
    again = desk.post(desk_url(event, ana.id, "cancel"))
    assert again.status_code == 303  # done is done
    assert person(ANA.email).cancel_reason == "Belde af"


def test_a_place_out_of_turn_needs_room(desk, event):
    mia = person(MIA.email)
    answer = desk.post(desk_url(event, mia.id, "promote"), follow_redirects=True)
    assert "Er is geen plaats vrij." in answer.text
    assert person(MIA.email).status is Status.WAITLISTED
    make_form(event, capacity=3)
    desk.post(desk_url(event, mia.id, "promote"))
    assert person(MIA.email).status is Status.CONFIRMED


# -- form and places

SETTINGS = {
    "size": "40", "access": "unlisted", "guests_max": "2", "offer_hours": "24",
    "needs_wipe_after_days": "7", "has_waiting_list": "y", "asks_diet": "y",
    "opens_at": "2027-02-01T09:00", "closes_at": "2027-03-17T17:00",
}  # fmt: skip


def test_an_organiser_opens_registration(desk, app):
    event = make_event()
    assert "Open de aanmelding" in desk.get("/desk/registrations/").text
    assert desk.get(desk_url(event)).status_code == 200
    assert confirm(desk, desk_url(event, "settings"), SETTINGS).status_code == 303
    form = db.session.scalars(select(RegistrationForm)).one()
    assert (form.access, form.guests_max, form.offer_hours) == (Access.UNLISTED, 2, 24)
    assert (form.has_waiting_list, form.asks_diet, form.asks_access_needs) == (True, True, False)
    assert form.opens_at.isoformat() == "2027-02-01T08:00:00+00:00"
    assert pool_of(event).size == 40


def test_the_form_of_a_draft_is_promised_for_when_it_is_public(desk, app):
    event = make_event(status=EventStatus.DRAFT)
    page, form = desk_url(event, "settings"), f"/events/{event.slug}/register"
    for _before_and_after in range(2):
        text = desk.get(page).text
        assert "Het formulier staat op de site zodra de bijeenkomst openbaar is." in text
        assert form not in text
        confirm(desk, page, SETTINGS)
    with saving():
        event.status = EventStatus.PUBLISHED
    assert form in desk.get(page).text


@pytest.mark.parametrize(
    ("field", "value"),
    dealt([
        ("size", "-1"), ("size", ""), ("size", "many"), ("size", "9" * 30), ("size", "1"),
        ("guests_max", "10"), ("offer_hours", "1"), ("needs_wipe_after_days", "0"),
        ("access", "secret"), ("opens_at", "soon"), ("closes_at", "2027-01-01T00:00"),
    ]),
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused_in_words_and_kept(desk, event, field, value):
    answer = confirm(desk, desk_url(event, "settings"), {**SETTINGS, field: value})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert page.xpath(f"//*[@id='{field}-error']")
    if field != "access":
        assert page.xpath(f"//*[@name='{field}']/@value") == [value]
    assert pool_of(event).size == 2


def test_what_was_changed_is_in_the_journal_and_nothing_more(desk, event):
    confirm(desk, desk_url(event, "settings"), {**SETTINGS, "size": "3"})
    entries = {e.verb: e for e in db.session.scalars(select(JournalEntry))}
    assert entries["registrations.resized"].before == {"size": 2}
    assert entries["registrations.resized"].after == {"size": 3}
    assert entries["registrations.set"].after["access"] == "unlisted"
    assert "has_waiting_list" not in entries["registrations.set"].after
    assert person(MIA.email).status is Status.OFFERED


def test_the_pass_is_shown_to_organisers_and_works(desk, app, event):
    confirm(desk, desk_url(event, "settings"), {**SETTINGS, "access": "invitation", "opens_at": ""})
    page = html.fromstring(desk.get(desk_url(event, "settings")).text)
    address = page.xpath("string(//*[@id='invitation'])")
    assert 'name="email"' in app.test_client().get(address).text


QUESTION = {
    "label_nl": "Welke sessie?", "label_en": "Which session?",
    "choices_nl": "Ochtend\r\n\r\n Middag ", "choices_en": "Morning\nAfternoon",
    "purpose_nl": "Voor de zaal", "visible_to": "door", "wipe_after_days": "20",
}  # fmt: skip


def test_a_question_is_added_changed_moved_and_removed_with_its_answers(desk, event):
    assert desk.post(desk_url(event, "questions/new/choice"), data=QUESTION).status_code == 303
    added = db.session.scalars(select(Question).order_by(Question.id.desc())).first()
    assert added.kind == "choice"
    assert added.settings["choices"] == [
        {"nl": "Ochtend", "en": "Morning"},
        {"nl": "Middag", "en": "Afternoon"},
    ]
    assert (added.label["en"], added.purpose, added.visible_to) == (
        "Which session?", {"nl": "Voor de zaal"}, VisibleTo.DOOR,
    )  # fmt: skip

    page = html.fromstring(desk.get(desk_url(event, "questions", added.id)).text)
    assert page.xpath("string(//textarea[@name='choices_en'])").split() == ["Morning", "Afternoon"]
    desk.post(desk_url(event, "questions", added.id), data={**QUESTION, "label_nl": "Anders?"})
    assert added.label["nl"] == "Anders?"

    def order():
        db.session.expire_all()
        return [q.label["nl"] for q in queries.form_of(event.id).questions]

    desk.post(desk_url(event, "questions", added.id, "move"), data={"up": "1"})
    assert order() == ["Welke zaal?", "Anders?", "Wat verwacht u?"]
    desk.post(desk_url(event, "questions", added.id, "move"), data={"up": "1"})
    desk.post(desk_url(event, "questions", added.id, "move"), data={"up": "1"})
    assert order() == ["Anders?", "Welke zaal?", "Wat verwacht u?"]

    first = db.session.scalars(select(Question).order_by(Question.id)).first()
    assert "Eén antwoord" in desk.get(desk_url(event, "questions", first.id)).text
    desk.post(desk_url(event, "questions", first.id, "remove"))
    assert order() == ["Anders?", "Wat verwacht u?"]
    assert [a.value for a in db.session.scalars(select(Answer))] == ["Nieuws"]


@pytest.mark.parametrize(
    ("field", "value"),
    dealt([
        ("label_nl", ""), ("purpose_nl", ""), ("choices_nl", "Een"),
        ("choices_nl", "Een\nEen"), ("choices_en", "One"), ("wipe_after_days", "366"),
        ("visible_to", "everyone"),
    ]),
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused(desk, event, field, value):
    answer = desk.post(desk_url(event, "questions/new/choice"), data={**QUESTION, field: value})
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath(f"//*[@id='{field}-error']")


def test_a_question_of_another_event_is_not_there(desk, event):
    other = make_event(capacity=1)
    question = db.session.scalars(select(Question)).first()
    for deed in ("", "/move", "/remove"):
        url = desk_url(other, "questions", question.id) + deed
        assert desk.post(url, data=QUESTION).status_code == 404


def test_past_events_stay_in_reach(desk, event, noon):
    noon.set(SOON.replace(year=2028))
    assert names(desk.get("/desk/registrations/")) == []
    assert names(desk.get("/desk/registrations/?past=1")) == [
        "Op de Bühne Energie · 18 mrt 2027, 13.00"
    ]


@pytest.mark.parametrize("page", ["options/new", "questions/new/text"])
@pytest.mark.parametrize(("language", "words"), [("nl", "Bijvoorbeeld:"), ("en", "Such as:")])
def test_an_example_stands_beside_the_field_of_its_language(desk, page, language, words):
    event = make_event(capacity=3)
    shown = html.fromstring(desk.get(f"{desk_url(event, page)}?lang={language}").text)
    beside = {
        field.get("id", "").rpartition("_")[2]
        for each in shown.find_class("help")
        if each.text_content().strip().startswith(words)
        for field in each.xpath("..//input")
    }
    assert beside == {language}
