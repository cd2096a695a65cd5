"""A page of one's own is open twice: what was saved on the other is not undone unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode
from events_app.registrations import actions, jobs, letters, queries
from events_app.registrations.models import Answer, AskedOf, Question, Registration, Status
from events_app.registrations.questions.file.sample import pdf
from events_app.registrations.rules import Changes
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    has,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    make_question,
    registered,
)
from tests.pages import said
from tests.registrations.test_sent_files import encoded

ELSEWHERE = "Deze aanmelding is gewijzigd nadat u de pagina opende"


@pytest.fixture
def opened(client):
    """The page, the registration, the group of options and the question."""
    event = make_event(capacity=5)
    form = make_form(event, capacity=5)
    question, group = make_question(form), make_options(form, None, None)
    one = registered(event, make_applicant(1, options=ids(group, "A")))
    page = f"{mailed_link(one.email)}/change"
    return page, fields_on(client.get(page)), one, group, question


def fields_on(answer):
    form = next(one for one in html.fromstring(answer.text).forms if "confirmed" in one.fields)
    return dict(MultiDict(form.form_values()))


def stored(one):
    db.session.expire_all()
    answers = [answer.value for answer in one.contact.answers]
    return one.contact.organisation, one.contact.diet, has(one), answers


def test_what_was_saved_on_another_page_is_not_undone_unseen(app, client, opened):
    page, old, one, group, question = opened
    theirs = {f"options_{group.id}": str(ids(group, "B")[0]), f"question_{question.id}": "Ja"}
    assert client.post(page, data=old | theirs | {"diet": "Noten"}).status_code == 303
    after = stored(one)
    assert after == ("", "Noten", "B", ["Ja"])
    other = app.test_client()
    answer = other.post(page, data=old | {"organisation": "ROC"})
    assert answer.status_code == 409
    assert ELSEWHERE in " ".join(html.fromstring(answer.text).text_content().split())
    assert 'value="ROC"' in answer.text
    assert stored(one) == after
    again = fields_on(answer)
    assert other.post(page, data=again).status_code == 303
    assert stored(one) == ("ROC", "", "A", [])


def test_what_is_asked_no_more_is_said_before_that_something_changed(client, opened):
    page, old, _one, _group, question = opened
    name = f"question_{question.id}"
    assert client.post(page, data=old | {name: "Ja"}).status_code == 303
    again = fields_on(client.get(page))
    with saving():
        db.session.execute(delete(Answer).where(Answer.question_id == question.id))
        db.session.execute(delete(Question).where(Question.id == question.id))
    answer = client.post(page, data=again | {name: "Nee"})
    assert answer.status_code == 409
    assert "wordt niet meer gevraagd" in answer.text


def test_a_page_that_is_sent_twice_is_saved_once_and_blames_nobody(client, opened):
    page, old, one, *_ = opened
    for _ in range(2):
        assert client.post(page, data=old | {"organisation": "ROC"}).status_code == 303
    assert stored(one)[0] == "ROC"


def test_a_page_that_nothing_was_changed_beside_is_saved(client, opened):
    page, old, one, *_ = opened
    assert client.post(page, data=old | {"diet": "Noten"}).status_code == 303
    assert stored(one)[1] == "Noten"


# -- a party: the contact's page, and the answers of a guest on two pages

LEA = "lea@example.org"
ANSWERED_BY = ["the guest", "the contact"]


@pytest.fixture
def party(app):
    """Ana with Lea, who has an address and so a page of her own, and Tim."""
    event = make_event(capacity=9)
    form = make_form(event, capacity=9, guests_max=3)
    for label in ("Welke zaal?", "Welke groep?"):
        make_question(form, label, asked_of=AskedOf.EVERYONE)
    guests = {"guests": ("Lea Demo", "Tim Demo"), "guest_addresses": (LEA,)}
    one = registered(event, replace(ANA, **guests))
    jobs.tell_guests()
    return one


def answers_of_lea(party, by):
    if by == "the guest":
        return f"{mailed_link(LEA, 'guest')}/answers"
    return f"{mailed_link(ANA.email)}/guests/{party.guests[0].id}/answers"


def people(party):
    """Who comes, with whatever they answered."""
    db.session.expire_all()
    return [
        (each.name, each.email, sorted(str(answer.value) for answer in each.answers))
        for each in db.session.get_one(Registration, party.id).participants
    ]


@pytest.mark.parametrize(("first", "last"), dealt(ANSWERED_BY, ANSWERED_BY))
def test_an_answer_that_was_given_meanwhile_is_not_taken_away(app, party, first, last):
    hall, group = (f"question_{question.id}" for question in party.form.questions)
    one, other = app.test_client(), app.test_client()
    page = answers_of_lea(party, last)
    old = fields_on(other.get(page))
    sent = fields_on(one.get(answers_of_lea(party, first))) | {hall: "Zuid"}
    assert one.post(answers_of_lea(party, first), data=sent).status_code == 303
    after = people(party)
    answer = other.post(page, data=old | {group: "Blauw"})
    assert answer.status_code == 409
    assert ELSEWHERE in said(answer)
    assert 'value="Blauw"' in answer.text
    assert people(party) == after
    again = fields_on(answer) | {hall: "Zuid"}
    assert other.post(page, data=again).status_code == 303
    assert people(party)[1] == ("Lea Demo", LEA, ["Blauw", "Zuid"])


@pytest.mark.parametrize("by", ANSWERED_BY)
def test_answers_that_are_sent_twice_are_saved_once_and_blame_nobody(client, party, by):
    hall, _group = (f"question_{question.id}" for question in party.form.questions)
    page = answers_of_lea(party, by)
    sent = fields_on(client.get(page)) | {hall: "Zuid"}
    for _twice in range(2):
        assert client.post(page, data=sent).status_code == 303
    assert people(party)[1][2] == ["Zuid"]


def test_a_file_that_was_replaced_meanwhile_stays(app, party):
    question = make_question(party.form, "Bijlage?", kind="file", asked_of=AskedOf.EVERYONE)
    own, page = answers_of_lea(party, "the guest"), answers_of_lea(party, "the contact")
    one, other = app.test_client(), app.test_client()

    def sends(words):
        sent = fields_on(one.get(own))
        with encoded(sent, f"question_{question.id}", f"{words}.pdf", pdf(words)) as body:
            assert one.post(own, **body).status_code == 303

    sends("Eerste")
    old = fields_on(other.get(page))
    sends("Tweede")
    after = people(party)
    assert other.post(page, data=old | {f"remove_{question.id}": "y"}).status_code == 409
    assert people(party) == after
    assert "Tweede.pdf" in after[1][2][0]


CHANGES = {
    "a name": {"guest_1": "Lea Demo-Jansen"},
    "an address": {"guest_2_email": "tim@example.org"},
    "one less": {"guest_2": ""},
    "one more": {"guest_3": "Iris Demo"},
}


@pytest.mark.parametrize("what", dealt(CHANGES))
def test_a_guest_stays_as_changed_meanwhile(app, party, what):
    one, other, page = app.test_client(), app.test_client(), f"{mailed_link(ANA.email)}/change"
    old = fields_on(other.get(page))
    assert one.post(page, data=fields_on(one.get(page)) | CHANGES[what]).status_code == 303
    after = people(party)
    answer = other.post(page, data=old | {"organisation": "ROC"})
    assert answer.status_code == 409
    assert ELSEWHERE in said(answer)
    assert people(party) == after
    assert 'value="ROC"' in answer.text
    assert other.post(page, data=fields_on(answer)).status_code == 303
    assert stored(db.session.get_one(Registration, party.id))[0] == "ROC"


@pytest.mark.once
@pytest.mark.parametrize("how", ["left by their own link", "taken out on another page"])
def test_a_guest_who_went_meanwhile_is_named_and_does_not_come_back(app, party, how):
    one, other, page = app.test_client(), app.test_client(), f"{mailed_link(ANA.email)}/change"
    old = fields_on(other.get(page))
    if how == "left by their own link":
        assert one.post(f"{mailed_link(LEA, 'guest')}/leave").status_code == 303
    else:
        assert one.post(page, data=fields_on(one.get(page)) | {"guest_1": ""}).status_code == 303
    answer = other.post(page, data=old | {"organisation": "ROC"})
    assert answer.status_code == 409
    assert "Komt niet meer mee: Lea Demo." in said(answer)
    assert "Tim" not in said(answer).partition("Komt niet meer mee:")[2][:40]
    assert other.post(page, data=fields_on(answer)).status_code == 303
    assert [name for name, *_more in people(party)] == [ANA.name, "Tim Demo"]
    assert "Komt niet meer mee" not in said(other.get(page))


# -- the buttons of the own page

STAYS = "U doet online mee. U wacht niet meer op de zaal."
NOT_KEPT = "Deze plaats wordt niet meer voor u vrijgehouden"
TOO_LATE = "Dit kan niet meer worden veranderd"


def press(browser, page, verb):
    """The button with this verb, as the page that was read had it; what is said then."""
    [form] = [one for one in html.fromstring(page.text).forms if one.action.endswith(f"/{verb}")]
    sent = dict(MultiDict(form.form_values()))
    return said(browser.post(form.action, data=sent, follow_redirects=True))


@pytest.fixture
def offered(app):
    """Online, by an offer; and now with a place kept in the hall."""
    event = make_event(capacity=1, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=1)
    with saving():
        form.online_pool.size = 1
    first, second = (registered(event, make_applicant(n, is_online=n > 1)) for n in (1, 2))
    one = registered(event, replace(ANA, is_online=True))
    with saving():
        actions.give_up(second, now=NOON)
    with saving():
        actions.accept(one, now=NOON)
    with saving():
        own = Changes(name=ANA.name, guests=(), is_online=True, waits_for_hall=True)
        actions.change(one, own, now=NOON)
    with saving():
        actions.give_up(first, now=NOON)
    return one


def stands(one):
    db.session.expire_all()
    now = db.session.get_one(Registration, one.id)
    return now.status, now.is_online, now.hall_claim and now.hall_claim.status


def test_who_took_the_place_in_the_hall_is_not_told_that_they_stay_online(client, offered):
    page = client.get(mailed_link(ANA.email))
    assert "De plaats is van u" in press(client, page, "accept")
    told = press(client, page, "stay-online")
    assert (STAYS in told, TOO_LATE in told) == (False, True)
    assert stands(offered) == (Status.CONFIRMED, False, None)


@pytest.mark.parametrize("how", ["stayed online", "too late"])
def test_who_has_no_place_in_the_hall_is_not_told_that_it_is_theirs(client, noon, offered, how):
    page = client.get(mailed_link(ANA.email))
    if how == "too late":
        noon.set(NOON + timedelta(days=3))
        jobs.expire()
    else:
        assert STAYS in press(client, page, "stay-online")
    assert stands(offered) == (Status.CONFIRMED, True, None)
    told = press(client, page, "accept")
    assert ("De plaats is van u" in told, NOT_KEPT in told) == (False, True)
    assert "U hebt een plaats" in told, "on their own page"
    assert stands(offered) == (Status.CONFIRMED, True, None)


@pytest.mark.parametrize(
    ("verb", "words"), [("accept", "De plaats is van u"), ("stay-online", STAYS)]
)
def test_a_button_that_is_pressed_twice_says_the_same(client, offered, verb, words):
    page = client.get(mailed_link(ANA.email))
    for _twice in range(2):
        assert words in press(client, page, verb)


def test_an_offer_that_has_ended_leads_to_the_own_page(client, noon):
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    first, one = registered(event, make_applicant(1)), registered(event)
    with saving():
        actions.give_up(first, now=NOON)
    link = mailed_link(ANA.email)
    page = client.get(link)
    noon.set(NOON + timedelta(days=3))
    jobs.expire()
    for verb in ("accept", "cancel"):
        told = press(client, page, verb)
        assert (NOT_KEPT if verb == "accept" else TOO_LATE) in told
        assert "Uw plaats is vervallen" in told
    answer = client.get(f"{link}/change", follow_redirects=True)
    assert TOO_LATE in said(answer)
    assert stands(one)[0] is Status.EXPIRED


@pytest.mark.parametrize("reason", ["", "Ik ben ziek"])
def test_who_left_the_line_on_an_older_page_keeps_the_place_that_they_got(client, reason):
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    first, one = registered(event, make_applicant(1)), registered(event)
    page = client.get(mailed_link(ANA.email))
    with saving():
        actions.give_up(first, now=NOON)
    with saving():
        actions.accept(one, now=NOON)
    [form] = [each for each in html.fromstring(page.text).forms if each.action.endswith("/cancel")]
    sent = dict(MultiDict(form.form_values())) | {"reason": reason}
    answer = client.post(form.action, data=sent)
    assert answer.status_code == 409
    assert "Wat er volgt, is veranderd terwijl u keek" in said(answer)
    assert reason in answer.text
    assert stands(one)[0] is Status.CONFIRMED
    press(client, answer, "cancel")
    assert stands(one)[0] is Status.CANCELLED


def test_an_older_page_takes_no_newer_offer_back(client, app):
    event = make_event(capacity=3)
    make_form(event, capacity=3)
    one = registered(event)

    def offers(name, email):
        with saving():
            actions.transfer(one, email=email, name=name, is_hand_over=True, now=NOON)

    offers("Sam", "sam@example.org")
    link = mailed_link(ANA.email)
    page = client.get(link)
    assert "Het is teruggenomen" in press(client, page, "take-back")
    assert "Het is teruggenomen" in press(client, page, "take-back"), "twice is once"
    offers("Iris", "iris@example.org")
    told = press(client, page, "take-back")
    assert ("Het is teruggenomen" in told, "iris@example.org" in told) == (False, True)
    assert queries.transfer_of(one.contact.id).email == "iris@example.org"
    assert "Het is teruggenomen" in press(client, client.get(link), "take-back")


# -- every door

ON_WHAT = {
    "registrations.accept": "offer",
    "registrations.cancel": "confirmed",
    "registrations.change": "confirmed",
    "registrations.guest_answers": "confirmed",
    "registrations.guest_answers_for": "confirmed",
    "registrations.take_back": "asked",
}
"""The field in which the page says what it was opened with."""
NEITHER = {
    "privacy.erase": "of who does not come any more, there is nothing left to lose",
    "registrations.address": "asks anew: the last address counts, an offer stands in its way",
    "registrations.confirm": "once: it says what it says the second time too",
    "registrations.hand_over": "refused while an offer stands",
    "registrations.leave_party": "once, with a key",
    "registrations.stay_online": "refused for who does not take part online",
}


def own_doors(app):
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.rule.startswith(("/registration/<token>", "/guest/"))
    }


def test_every_door_of_ones_own_says_on_what_it_was_opened_or_why_it_need_not(app):
    assert own_doors(app) == {*ON_WHAT, *NEITHER}


def test_each_page_says_it(client, party, offered):
    link = mailed_link(offered.email)
    pages = [client.get(link), client.get(f"{link}/change")]
    guest, lea = party.guests[0], mailed_link(LEA, "guest")
    contact = f"/registration/{letters.token(party.contact)}"
    with saving():
        actions.transfer(party, email="sam@example.org", name="Sam", is_hand_over=True, now=NOON)
    pages += [client.get(f"{lea}/answers"), client.get(contact)]
    pages += [client.get(f"{contact}/guests/{guest.id}/answers")]
    at = client.application.url_map.bind("localhost")
    found = set()
    for page in pages:
        for form in html.fromstring(page.text).forms:
            where = form.action or page.request.path
            if form.method == "POST":
                name, _values = at.match(where, method="POST")
                found |= {(name, field) for field in form.fields}
    assert {*ON_WHAT.items()} <= found
