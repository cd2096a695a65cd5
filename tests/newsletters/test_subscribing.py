import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.contacts import actions as contacts
from events_app.contacts.models import Consent, Person, Purpose
from events_app.core.db import db, saving
from events_app.core.letters import Body, Letter, Stream
from events_app.delivery import actions as delivery
from events_app.delivery.models import OutboxMessage, Scope, State, SuppressionReason
from events_app.delivery.queries import is_suppressed
from events_app.newsletters import jobs
from events_app.newsletters.models import Subscription, SubscriptionRequest, SubscriptionStatus
from events_app.newsletters.rules import consent
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.newsletters import letters_to, link_of, make_reader
from tests.faults.visiting import every_form_on

MARK = re.compile(r'name="confirmed" value="([^"]+)"')
WISH = {
    "email": "Ana@Example.org",
    "name": "Ana",
    "language": "nl",
    "themes": ["energie", "water"],
    "agreed": "y",
}


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def asked(client, **changes):
    return client.post("/newsletter/", data={**WISH, **changes})


def confirm_path(email="ana@example.org"):
    address = letters_to(email)[-1].slots["link"][1]
    assert address.startswith("http://localhost/newsletter/confirm/")
    return address.removeprefix("http://localhost")


def only_subscription():
    db.session.expire_all()
    return db.session.scalars(select(Subscription)).one()


def test_the_page_shows_the_whole_sentence_that_is_agreed_to(client):
    assert consent.wording(consent.CURRENT, "nl") in client.get("/newsletter/").text
    assert consent.wording(consent.CURRENT, "en") in client.get("/newsletter/?lang=en").text


def test_before_the_click_there_is_no_reader_no_person_and_no_consent(client):
    answer = asked(client)
    assert (answer.status_code, answer.location) == (303, "/newsletter/asked")
    client.get(confirm_path())  # what a mail scanner does
    assert [count(model) for model in (Subscription, Person, Consent)] == [0, 0, 0]


def test_the_address_does_not_stand_in_the_link(client):
    asked(client)
    assert "ana" not in confirm_path().lower()


def test_the_click_makes_person_consent_record_and_reader(client):
    asked(client)
    path = confirm_path()
    assert "Ja, meld mij aan" in client.get(path).text
    answer = client.post(path)
    assert answer.status_code == 303
    reader = only_subscription()
    assert (reader.person.email, reader.person.name) == ("ana@example.org", "Ana")
    assert {theme.code for theme in reader.themes} == {"energie", "water"}
    assert answer.location == f"/newsletter/preferences/{link_of(reader)}"
    given = db.session.scalars(select(Consent)).one()
    assert given.purpose is Purpose.NEWSLETTER
    assert given.wording == consent.wording(consent.CURRENT, "nl")
    assert given.wording_version == consent.CURRENT
    assert given.how == "form on the newsletter page, confirmed by mailed link"
    assert (given.given_at, given.withdrawn_at) == (NOON, None)
    assert given.evidence["form"] == "/newsletter/"
    assert given.evidence["asked_at"] == given.evidence["confirmed_at"] == NOON.isoformat()
    assert letters_to("ana@example.org")[0].dedupe_key == given.evidence["letter"]
    assert letters_to("ana@example.org")[-1].kind == "newsletters/welcome"
    assert count(SubscriptionRequest) == 0


@pytest.mark.once
def test_who_confirms_twice_reads_that_it_was_done_and_of_nothing_to_change_there(client):
    asked(client)
    path = confirm_path()
    [form] = [each for each in every_form_on(client.get(path).text, path) if each.action == path]
    assert client.post(path, data=form.shown()).location.startswith("/newsletter/preferences/")
    again = client.post(path, data=form.shown(), follow_redirects=True)
    assert "U hebt twee keer gedrukt. Het is één keer gebeurd." in again.text
    assert "wijzig het hier" not in again.text


def test_an_older_letter_undoes_no_choice_of_who_is_subscribed_by_another(client):
    asked(client, themes=["energie"], name="Ana Oud")
    older = confirm_path()
    asked(client, themes=["water"])
    own = client.post(confirm_path()).location
    chosen = {"name": "Ana de Demo", "language": "en", "themes": ["chemie", "logistiek"]}
    shown = MARK.search(client.get(own).text)[1]
    client.post(own, data={**chosen, "confirmed": shown})
    letters, agreed = len(letters_to("ana@example.org")), count(Consent)
    assert "blijven zoals ze waren" in client.get(older).text
    answer = client.post(older, follow_redirects=True)
    assert (answer.request.path, answer.status_code) == (own, 200)
    assert "Uw keuzes zijn gebleven zoals ze waren." in answer.text
    reader = only_subscription()
    assert (reader.person.name, reader.person.language) == ("Ana de Demo", "en")
    assert {theme.code for theme in reader.themes} == {"chemie", "logistiek"}
    assert (len(letters_to("ana@example.org")), count(Consent)) == (letters, agreed)


def test_whose_consent_was_withdrawn_gives_it_anew_by_a_letter_that_waited(client):
    reader = make_reader("ana@example.org")
    path = newer_request(client, reader)
    client.post(path)
    jobs.follow_consents()
    assert only_subscription().status is SubscriptionStatus.ACTIVE


def newer_request(client, reader):
    """Asked while they were no reader, and the consent is withdrawn before the job follows."""
    with saving():
        db.session.get(Subscription, reader.id).status = SubscriptionStatus.UNSUBSCRIBED
    asked(client)
    with saving():
        db.session.get(Subscription, reader.id).status = SubscriptionStatus.ACTIVE
        contacts.withdraw_at_desk(reader.person, Purpose.NEWSLETTER, by=make_staff(), now=NOON)
    return confirm_path()


def test_a_used_or_old_link_says_so_and_makes_nothing(client, noon):
    asked(client)
    path = confirm_path()
    noon.set(NOON + timedelta(days=7, seconds=1))
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert "Deze link werkt niet meer" in client.get(path).text
    assert count(Subscription) == 0


def test_whoever_is_subscribed_gets_the_same_words_and_another_letter(client):
    make_reader("ana@example.org")
    known, new = asked(client), asked(client, email="new@example.org")
    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert [m.kind for m in letters_to("ana@example.org")] == ["newsletters/already_subscribed"]
    assert [m.kind for m in letters_to("new@example.org")] == ["newsletters/confirm_subscription"]


def test_a_form_without_consent_or_address_is_refused_and_keeps_what_was_typed(client):
    answer = client.post("/newsletter/", data={"name": "Ana", "email": "ana@", "themes": "water"})
    assert "Zet een vinkje" in answer.text
    assert "Vul een e-mailadres in" in answer.text
    assert 'value="ana@"' in answer.text
    assert count(OutboxMessage) == 0


def test_a_letter_in_english_leads_to_pages_in_english(client):
    asked(client, language="en")
    assert "lang=en" in confirm_path()
    assert "Yes, subscribe me" in client.get(confirm_path()).text


def test_an_address_gets_three_letters_a_day_and_a_visitor_ten_tries_an_hour(client):
    for _ in range(4):
        assert asked(client).status_code == 303
    assert len(letters_to("ana@example.org")) == 3
    for number in range(6):
        assert asked(client, email=f"other{number}@example.org").status_code == 303
    answer = asked(client, email="one-more@example.org")
    assert answer.status_code == 429
    assert 'value="one-more@example.org"' in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {
            "data": {"List-Unsubscribe": "One-Click"},
            "content_type": "multipart/form-data",
        },
        {"data": b"", "content_type": "text/plain"},
    ],
    ids=["urlencoded", "multipart", "neither"],
)
def test_one_post_without_cookie_or_token_unsubscribes_at_once(app, client, body):
    app.config["WTF_CSRF_ENABLED"] = True
    reader = make_reader()
    answer = client.post(f"/unsubscribe/{link_of(reader)}", **body)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    reader = only_subscription()
    assert (reader.status, reader.ended_at) == (SubscriptionStatus.UNSUBSCRIBED, NOON)
    given = db.session.scalars(select(Consent)).one()
    assert (given.withdrawn_at, given.withdrawn_how) == (NOON, "one-click unsubscribe")


def by_the_link(client, reader):
    client.post(f"/unsubscribe/{link_of(reader)}")


def at_the_desk(_client, reader):
    with saving():
        contacts.withdraw_at_desk(reader.person, Purpose.NEWSLETTER, by=make_staff(), now=NOON)
    jobs.follow_consents()


@pytest.mark.parametrize("leaves", [by_the_link, at_the_desk])
def test_who_left_can_come_back_however_it_was(client, leaves):
    leaves(client, make_reader("ana@example.org"))
    assert only_subscription().status is SubscriptionStatus.UNSUBSCRIBED
    asked(client)
    client.post(confirm_path())
    assert only_subscription().status is SubscriptionStatus.ACTIVE


@pytest.mark.parametrize("leaves", [by_the_link, at_the_desk])
def test_a_letter_that_still_waits_for_who_left_is_stopped(client, leaves):
    reader = make_reader("ana@example.org")
    letter = Letter(
        to="", to_name="", language="nl", stream=Stream.BULK, body=Body("s", "t", "h"),
        unsubscribe="https://example.org/unsubscribe/x",
    )  # fmt: skip
    with saving():
        delivery.enqueue(replace(letter, to="ana@example.org"), dedupe_key="a", now=NOON)
        delivery.enqueue(replace(letter, to="other@example.org"), dedupe_key="b", now=NOON)
    leaves(client, reader)
    db.session.expire_all()
    assert letters_to("ana@example.org")[0].state is State.CANCELLED
    assert letters_to("other@example.org")[0].state is State.READY


def test_the_click_of_who_complained_before_ends_the_bar(client):
    with saving():
        delivery.suppress("ana@example.org", Scope.BULK, SuppressionReason.COMPLAINED, now=NOON)
    asked(client)
    client.post(confirm_path())
    assert not is_suppressed("ana@example.org", Scope.BULK)


def test_get_and_head_unsubscribe_nobody(client):
    reader = make_reader()
    for method in (client.get, client.head, client.options):
        method(f"/unsubscribe/{link_of(reader)}")
    assert only_subscription().status is SubscriptionStatus.ACTIVE
    assert client.get("/unsubscribe/nobody").status_code == 404
    assert client.post("/unsubscribe/nobody").status_code == 404


def test_unsubscribing_twice_keeps_the_first_time(client, noon):
    reader = make_reader()
    client.post(f"/unsubscribe/{link_of(reader)}")
    noon.set(NOON + timedelta(days=1))
    assert client.post(f"/unsubscribe/{link_of(reader)}").status_code == 200
    assert only_subscription().ended_at == NOON


def test_who_left_comes_back_only_by_a_new_double_opt_in(client):
    reader = make_reader("ana@example.org")
    client.post(f"/unsubscribe/{link_of(reader)}", data={"by": "page"})
    client.post(
        f"/newsletter/preferences/{link_of(reader)}", data={"name": "Ana", "language": "nl"}
    )
    assert only_subscription().status is SubscriptionStatus.UNSUBSCRIBED
    asked(client)
    assert only_subscription().status is SubscriptionStatus.UNSUBSCRIBED
    client.post(confirm_path())
    assert only_subscription().status is SubscriptionStatus.ACTIVE
    withdrawn, fresh = db.session.scalars(select(Consent).order_by(Consent.id))
    assert withdrawn.withdrawn_how == "button on the unsubscribe page"
    assert fresh.withdrawn_at is None


def test_a_reader_chooses_topics_name_and_language_on_the_own_page(client):
    reader = make_reader(themes=["energie"])
    path = f"/newsletter/preferences/{link_of(reader)}"
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert reader.person.email not in page.text
    answer = client.post(path, data={"name": "Bo", "language": "en", "themes": ["water", "ict"]})
    assert answer.status_code == 303
    reader = only_subscription()
    assert (reader.person.name, reader.person.language) == ("Bo", "en")
    assert {theme.code for theme in reader.themes} == {"water", "ict"}


@pytest.mark.parametrize("by", ["another page", "the desk"])
def test_an_older_page_of_choices_undoes_nothing_without_a_word(client, desk, by):
    reader = make_reader(themes=["energie"])
    path = f"/newsletter/preferences/{link_of(reader)}"
    mark = MARK.search(client.get(path).text)[1]
    older = {"name": reader.person.name, "language": "nl", "themes": ["water"], "confirmed": mark}
    if by == "the desk":
        with saving():
            reader.person.name = "Ana de Vries-Smit"
    else:
        newer = {**older, "name": "Ana de Vries-Smit", "themes": ["ict"]}
        assert client.post(path, data=newer).status_code == 303
        assert client.post(path, data=newer).status_code == 303, "pressed twice"
    answer = client.post(path, data=older)
    assert answer.status_code == 409
    assert "Er is nog niets opgeslagen." in answer.text
    assert re.search(r'<input[^>]*checked[^>]*value="water"', answer.text)
    assert only_subscription().person.name == "Ana de Vries-Smit"
    again = older | {"confirmed": MARK.search(answer.text)[1]}
    assert client.post(path, data=again).status_code == 303
    assert [theme.code for theme in only_subscription().themes] == ["water"]


def test_the_unsubscribe_page_of_a_test_letter_unsubscribes_nobody(client):
    make_reader()
    assert "proefmail" in client.post("/unsubscribe/test").text
    assert only_subscription().status is SubscriptionStatus.ACTIVE


def test_a_consent_sentence_never_changes_under_its_version():
    said = {
        version: hashlib.sha256(str(sorted(words.items())).encode()).hexdigest()[:16]
        for version, words in consent.WORDINGS.items()
    }
    assert said == {"2026-11": "32b527ed32c76e92"}
