"""The public form: what it asks and promises, what it refuses, and what it gives away."""

import threading
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Status as EventStatus
from events_app.registrations import jobs, letters, queries
from events_app.registrations.models import (
    Access,
    Question,
    Registration,
    Status,
    VisibleTo,
)
from tests.conftest import NOON
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_form,
    make_question,
    registered,
    taken,
)

TYPED = {"name": "Ana Vermeulen", "email": "ana@example.org"}


def address(event, **more):
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"/events/{event.slug}/register" + (f"?{query}" if query else "")


def everyone():
    return db.session.scalars(select(Registration).order_by(Registration.id)).all()


def kinds():
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def test_the_link_in_the_letter_leads_to_a_page_of_their_own(client):
    event = make_event(capacity=5)
    assert client.post(address(event), data=TYPED).status_code == 303
    page = client.get(mailed_link("ana@example.org"))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Ana Vermeulen" in page.text
    assert everyone()[0].code in page.text
    assert "Ana" not in html.fromstring(page.text).findtext(".//title")


def test_at_most_three_fields_must_be_filled_in_and_the_browser_may_help(client):
    event = make_event(capacity=5)
    make_form(event, guests_max=2)
    page = html.fromstring(client.get(address(event)).text)
    fields = page.xpath("//main//form//*[self::input or self::textarea]")
    assert len([f for f in fields if f.get("required") is not None]) <= 3
    helped = {f.get("name"): f.get("autocomplete") for f in fields}
    assert (helped["name"], helped["email"]) == ("name", "email")
    assert helped["organisation"] == "organization"


def test_the_empty_form_is_kept_and_each_reader_has_a_token_of_their_own(app, statements):
    app.config["WTF_CSRF_ENABLED"] = True
    event = make_event(capacity=55)
    tokens, sent = [], []
    for number in range(3):
        browser = app.test_client()
        statements.clear()
        page = html.fromstring(browser.get(address(event)).text)
        sent.append(len(statements))
        tokens += page.xpath("//input[@name='csrf_token']/@value")
        typed = {"name": "Gast", "email": f"gast{number}@example.org", "csrf_token": tokens[-1]}
        assert browser.post(address(event), data=typed).status_code == 303
    assert len(set(tokens)) == 3
    assert sent[1:] == [2, 2], "drawn once"
    stranger = app.test_client()
    stranger.get(address(event))
    assert stranger.post(address(event), data={**TYPED, "csrf_token": tokens[0]}).status_code == 400


def test_the_kept_form_says_how_many_places_are_left_now(app):
    event = make_event(capacity=2)
    said = []
    for who in (None, RUI, ANA):
        if who:
            registered(event, who)
        said.append(app.test_client().get(address(event)).text)
    assert "Er zijn nog maar weinig plaatsen vrij." in said[0]
    assert "Er zijn nog maar weinig plaatsen vrij." in said[1]
    assert "Alle plaatsen zijn bezet" in said[2]


def test_what_an_organiser_changes_is_seen_on_the_form_at_once(app):
    event = make_event(capacity=2)
    form = make_form(event)

    def page(**more):
        return app.test_client().get(address(event, **more)).text

    assert "Welke sessie" not in page()
    question = make_question(form)
    assert "Welke sessie" in page()
    with saving():
        db.session.get(Question, question.id).label = {"nl": "Welke zaal kiest u?"}
    assert "Welke zaal" in page()
    make_form(event, access=Access.INVITATION)
    key = queries.pass_for(event.id)
    assert "Welke zaal" not in page()
    assert "Welke zaal" in page(**{"pass": key})
    assert "Welke zaal" not in page(**{"pass": key[:-1]})


def test_a_registration_with_a_guest_takes_at_most_twenty_statements(client, statements):
    event = make_event(capacity=5)
    form = make_form(event, guests_max=2)
    questions = [make_question(form), make_question(form, label="En waarom?")]
    answers = {f"question_{question.id}": "Ja" for question in questions}
    typed = {**TYPED, "guest_1": "Gast A", "diet": "vegan", **answers}
    client.post(address(event), data={**typed, "email": RUI.email})  # keeps the letter's body
    db.session.remove()
    statements.clear()
    client.post(address(event), data=typed)
    sent = len(statements)
    assert len(everyone()) == 2
    assert sent <= 20, "\n".join(statements)


@pytest.mark.parametrize(
    ("name", "wrong", "language", "sentence"),
    [
        ("name", "", "nl", "Vul uw naam in."),
        ("email", "", "nl", "Vul uw e-mailadres in."),
        ("email", "ana@", "nl", "Dit adres is niet compleet."),
        ("email", "ana@", "en", "This address is not complete."),
        ("name", "x" * 121, "en", "These are 121 characters; 120 fit."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(
    client, name, wrong, language, sentence
):
    event = make_event(capacity=5)
    typed = {**TYPED, "organisation": "Demo bv", "diet": "geen noten", name: wrong}
    page = client.post(address(event, lang=language), data=typed)
    found = html.fromstring(page.text)
    assert sentence in page.text
    assert found.xpath("//div[@class='error-summary']//a/@href") == [f"#{name}"]
    assert found.xpath("//input[@name='organisation']/@value") == ["Demo bv"]
    assert found.xpath("string(//textarea[@name='diet'])").strip() == "geen noten"
    assert everyone() == []


def test_each_question_says_why_for_whom_and_until_when(client):
    event = make_event(capacity=5)
    form = make_form(event)
    make_question(form, visible_to=VisibleTo.DOOR, wipe_after_days=30)
    page = client.get(address(event)).text
    assert "Om de zaal in te delen." in page
    assert "Alleen de organisatoren en de mensen aan de deur zien uw antwoord." in page
    assert "zaterdag 17 april 2027" in page
    assert "donderdag 1 april 2027" in page, "needs: 14 days after the event"


def test_answers_of_every_kind_are_kept(client):
    event = make_event(capacity=5)
    form = make_form(event)
    choices = [{"nl": "Ochtend", "en": "Morning"}, {"nl": "Middag", "en": "Afternoon"}]
    line = make_question(form)
    one = make_question(form, kind="choice", settings={"choices": choices})
    some = make_question(form, kind="choices", settings={"choices": choices})
    answers = {
        f"question_{line.id}": " Zaal\r\nzuid ",
        f"question_{one.id}": "Middag",
        f"question_{some.id}": ["Ochtend", "Middag"],
    }
    page = client.post(address(event, lang="en"), data={**TYPED, **answers})
    values = [answer.value for answer in everyone()[0].contact.answers]
    assert values == ["Zaal zuid", "Middag", ["Ochtend", "Middag"]]
    assert page.status_code == 303
    assert "Morning, Afternoon" in client.get(f"{mailed_link('ana@example.org')}?lang=en").text


def test_a_choice_that_is_none_is_refused(client):
    event = make_event(capacity=5)
    form = make_form(event)
    one = make_question(
        form, kind="choice", settings={"choices": [{"nl": "Ja"}, {"nl": "Nee"}]}, is_required=True
    )
    for wrong in ({}, {f"question_{one.id}": "Misschien"}):
        assert client.post(address(event), data={**TYPED, **wrong}).status_code == 200
    assert everyone() == []


def test_when_it_has_been_the_page_says_so_and_offers_nothing_to_come(client, noon):
    event = make_event(capacity=5)
    own = f"/registration/{letters.token(registered(event).contact)}"
    assert "Zet in uw agenda" in client.get(own).text
    noon.set(SOON + timedelta(days=2))
    page = client.get(own).text
    assert "Deze bijeenkomst is geweest" in page
    assert "U hebt een plaats" not in page
    assert "Zet in uw agenda" not in page
    answer = client.get(f"{own}/change", follow_redirects=True)
    assert answer.request.path == own
    assert "Deze bijeenkomst is geweest. Er is nu dus niets veranderd." in answer.text


def test_a_postponed_event_is_not_for_the_calendar(client):
    event = make_event(capacity=5)
    own = f"/registration/{letters.token(registered(event).contact)}"
    with saving():
        event.status = EventStatus.POSTPONED
    assert "Zet in uw agenda" not in client.get(own).text


def test_guests_come_with_their_names(client):
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=2)
    client.post(address(event), data={**TYPED, "guest_1": "Gast A", "guest_2": "", "guest_3": " "})
    registration = everyone()[0]
    assert registration.party_size == 2
    assert [person.name for person in registration.participants] == ["Ana Vermeulen", "Gast A"]


@pytest.mark.parametrize("asks", [{}, {"asks_diet": False}, {"asks_access_needs": False}])
def test_needs_that_the_form_does_not_ask_for_are_not_kept(client, asks):
    """Nobody needs to know them. Who sends them all the same, when registering or changing, reads
    that they are not asked.
    """
    event = make_event(slug="e", capacity=9)
    make_form(event, capacity=9, guests_max=1, **asks)
    sent = {"name": ANA.name, "email": ANA.email, "guest_1": "Gijs", "diet": "Vegan",
            "access_needs": "Rolstoel", "guest_1_diet": "Halal"}  # fmt: skip
    unasked = {name.removeprefix("asks_") for name in asks}

    def post(path, data):
        if unasked:
            answer = client.post(path, data=data)
            assert answer.status_code == 409
            assert "wordt niet meer gevraagd" in answer.text
        asked = {name: words for name, words in data.items() if name not in unasked}
        assert client.post(path, data=asked).status_code == 303

    post("/events/e/register", sent)

    def kept():
        db.session.expire_all()
        registration = db.session.scalars(select(Registration)).one()
        assert registration.contact.answers == []
        contact, guest = registration.participants
        assert (guest.diet, guest.access_needs) == ("", "")
        return contact.diet, contact.access_needs, letters.token(registration.contact)

    is_asked = ("asks_diet" not in asks, "asks_access_needs" not in asks)
    diet, access_needs, token = kept()
    assert (diet, access_needs) == ("Vegan" * is_asked[0], "Rolstoel" * is_asked[1])
    changed = sent | {"diet": "Vis", "access_needs": "Tolk", "organisation": "ROC"}
    post(f"/registration/{token}/change", changed)
    assert kept()[:2] == ("Vis" * is_asked[0], "Tolk" * is_asked[1])


def test_where_someone_came_from_is_kept_and_nothing_else(client):
    event = make_event(capacity=5)
    page = html.fromstring(client.get(address(event, source="kit:ab12")).text)
    assert page.xpath("//input[@name='source']/@value") == ["kit:ab12"]
    client.post(address(event), data={**TYPED, "source": "kit:ab12"})
    client.post(address(event), data={**TYPED, "email": RUI.email, "source": "<script>"})
    assert [registration.source for registration in everyone()] == ["kit:ab12", ""]


@pytest.mark.parametrize(
    ("status", "form", "words"),
    [
        (EventStatus.CANCELLED, {}, "does not take place"),
        (EventStatus.POSTPONED, {}, "postponed"),
        (EventStatus.PUBLISHED, {"opens_at": SOON - timedelta(days=7)}, "11 March 2027"),
        (EventStatus.PUBLISHED, {"closes_at": NOON}, "has closed"),
        (EventStatus.PUBLISHED, {"access": Access.INVITATION}, "by invitation only"),
        (EventStatus.PUBLISHED, {"capacity": 0, "has_waiting_list": False}, "no waiting list"),
    ],
)
def test_a_form_that_is_not_open_says_why_in_words(client, status, form, words):
    event = make_event(capacity=5, status=status)
    make_form(event, **form)
    page = client.get(address(event, lang="en"))
    assert page.status_code == 200
    assert words in page.text
    assert 'name="email"' not in page.text
    answer = client.post(address(event, lang="en"), data=TYPED)
    assert answer.status_code == 409
    assert words in answer.text
    assert everyone() == []


def test_a_draft_has_no_form(client):
    assert client.get(address(make_event(capacity=5, status=EventStatus.DRAFT))).status_code == 404
    assert client.get("/events/nowhere/register").status_code == 404


def test_a_full_event_offers_the_waiting_list(client):
    event = make_event(capacity=0)
    assert "Zet mij op de wachtlijst" in client.get(address(event)).text
    client.post(address(event), data=TYPED)
    assert everyone()[0].status is Status.WAITLISTED


def test_the_pass_of_an_event_by_invitation_opens_its_form_only(client):
    event, other = make_event(capacity=5), make_event(capacity=5)
    for closed in (event, other):
        make_form(closed, access=Access.INVITATION)
    given = queries.pass_for(event.id)
    assert 'name="email"' in client.get(address(event, **{"pass": given})).text
    assert 'name="email"' not in client.get(address(other, **{"pass": given})).text
    assert 'name="email"' not in client.get(address(event, **{"pass": given[::-1]})).text
    assert client.post(address(event, **{"pass": given}), data=TYPED).status_code == 303


HOSTILE = (
    '"><script>alert(1)</script>',
    "Ana\r\nBcc: everyone@example.org",
    '=HYPERLINK("https://example.org")',
    "{{ 7*7 }}{% x %}",
    "a\x00b\x07\u202eevil",
    "🎭 Šárka 王",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_shown_as_words(client, hostile):
    event = make_event(capacity=5)
    form = make_form(event, guests_max=1)
    question = make_question(form, kind="long_text")
    typed = {
        "name": hostile, "email": "ana@example.org", "organisation": hostile, "guest_1": hostile,
        "diet": hostile, "access_needs": hostile, f"question_{question.id}": hostile,
        "source": hostile,
    }  # fmt: skip
    answer = client.post(address(event), data=typed)
    assert answer.status_code == 303
    for path in (answer.location, mailed_link("ana@example.org")):
        assert "<script>alert" not in client.get(path).text
    registration = everyone()[0]
    assert "\n" not in registration.name
    assert "\u202e" not in registration.name
    message = db.session.scalars(select(OutboxMessage)).one()
    assert "\n" not in message.to_name
    assert b"\r\nBcc" not in message.calendar


def test_who_presses_the_button_in_six_windows_at_once_is_registered_once(app):
    """All are told the same; nobody an error."""
    event = make_event(capacity=50)
    together, answers = threading.Barrier(6), []

    def press():
        browser = app.test_client()
        together.wait()
        answers.append(browser.post(address(event), data=TYPED))

    windows = [threading.Thread(target=press) for _ in range(6)]
    [window.start() for window in windows]
    [window.join() for window in windows]
    assert [answer.status_code for answer in answers] == [303] * 6
    assert {answer.location for answer in answers} == {f"{address(event)}/received"}
    assert len(everyone()) == 1
    assert taken(event) == 1
    jobs.remind()
    assert kinds() == ["registrations/confirmed", "registrations/already"]
