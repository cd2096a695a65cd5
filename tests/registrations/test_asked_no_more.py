"""What an open page sends for a question or options that are gone, or that can be changed no more,
is refused in words, and the rest stays; the desk reads first which answers go.
"""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import delete, select

from events_app.capacity.models import Pool
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import Answer, AskedOf, Option, OptionGroup, Question
from events_app.registrations.rules import Changes, NotAsked
from tests.confirming import confirm, mark_in
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    has,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    make_question,
    registered,
    registered_as,
)
from tests.pages import said
from tests.registrations.test_options import words
from tests.registrations.test_transfers import ask, button, offer, post_to

GONE = "Iets wat u hebt ingevuld of gekozen, wordt niet meer gevraagd"
CLOSED = "Uw keuzes kunt u niet meer veranderen."
HANS = "hans@example.org"


@pytest.fixture
def event(app):
    event = make_event(capacity=5, slug="avond")
    make_form(event, capacity=5, guests_max=1)
    return event


@pytest.fixture
def form(event):
    return queries.form_of(event.id)


def filled(page, **typed):
    """What a browser sends of the largest form on this page, with this typed in it."""
    form = max(html.fromstring(page.text).xpath("//form"), key=lambda form: len(form.inputs))
    values = [(name, value) for name, value in form.form_values() if name not in typed]
    values += [
        (name, each)
        for name, value in typed.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    sent = {}
    for name, value in values:
        sent.setdefault(name, []).append(value)
    return sent


def close(event):
    make_form(event, capacity=5, guests_max=1, closes_at=clock.now() - timedelta(minutes=1))


def remove(form, one):
    take_out = actions.remove_question if isinstance(one, Question) else actions.remove_options
    with saving():
        take_out(queries.form_of(form.event_id), one, by=make_staff(), now=clock.now())


@pytest.fixture(params=["question", "options"])
def goes(request, form):
    """A question or a group that goes: the name of its field, and what somebody wants of it."""
    make_question(form, "Blijft?")
    if request.param == "question":
        one = make_question(form, "Gaat?")
        return one, f"question_{one.id}", "Zuid"
    one = make_options(form, 3, 3)
    return one, f"options_{one.id}", str(one.options[0].id)


def test_who_registers_reads_that_it_is_gone_and_sends_the_rest(client, form, goes):
    one, name, wanted = goes
    path = "/events/avond/register"
    page = client.get(path)
    sent = filled(page, name="Ana", email=ANA.email, organisation="Demo bv", **{name: wanted})
    remove(form, one)
    answer = client.post(path, data=sent)
    assert answer.status_code == 409
    assert GONE in said(answer)
    assert "Demo bv" in answer.text
    assert db.session.scalars(registered_as(ANA.email)).all() == []
    assert client.post(path, data=filled(answer)).status_code == 303


def test_who_filled_in_nothing_there_is_not_bothered(client, form, goes):
    one, _name, _wanted = goes
    path = "/events/avond/register"
    sent = filled(client.get(path), name="Ana", email=ANA.email)
    remove(form, one)
    assert client.post(path, data=sent).status_code == 303


def test_on_the_own_page_too(client, event, form, goes):
    one, name, wanted = goes
    registered(event, ANA)
    path = f"{mailed_link(ANA.email)}/change"
    sent = filled(client.get(path), organisation="Demo bv", **{name: wanted})
    remove(form, one)
    answer = client.post(path, data=sent)
    assert (answer.status_code, GONE in said(answer), "Demo bv" in answer.text) == (409, True, True)
    assert client.post(path, data=filled(answer)).status_code == 303
    assert db.session.scalars(registered_as(ANA.email)).one().contact.organisation == "Demo bv"


def test_who_takes_over_a_place_too(client, event, form):
    question = make_question(form, "Gaat?")
    registered(event, ANA)
    offer(client, mailed_link(ANA.email))
    path = button("sam@example.org")
    sent = filled(client.get(path), organisation="Demo bv", **{f"question_{question.id}": "Zuid"})
    remove(form, question)
    answer = client.post(path, data=sent)
    assert (answer.status_code, GONE in said(answer), "Demo bv" in answer.text) == (409, True, True)
    assert client.post(path, data=filled(answer)).status_code == 303


def party(event):
    """With a guest who has a page."""
    made = make_applicant(1, guests=("Hans",), guest_addresses=(HANS,))
    one = registered(event, made)
    jobs.tell_guests()
    return one


@pytest.mark.parametrize("others", [0, 1])
def test_a_guest_too_also_of_the_last_question(client, event, form, others):
    question = make_question(form, "Gaat?", asked_of=AskedOf.EVERYONE)
    for _turn in range(others):
        make_question(form, "Blijft?", asked_of=AskedOf.EVERYONE)
    party(event)
    path = f"{mailed_link(HANS, 'guest')}/answers"
    sent = filled(client.get(path), **{f"question_{question.id}": "Uit het zuiden"})
    remove(form, question)
    answer = client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, GONE in said(answer)) == (409, True)
    assert ("Uit het zuiden" in answer.text) is (others == 0), "to copy, where no form is left"


def gone_meanwhile(group):
    """As by another process, after this one has read the form."""
    pools = [option.pool_id for option in group.options]
    db.session.commit()
    with db.engine.begin() as connection:
        connection.execute(delete(Option).where(Option.group_id == group.id))
        connection.execute(delete(OptionGroup).where(OptionGroup.id == group.id))
        connection.execute(delete(Pool).where(Pool.id.in_(pools)))


def test_options_that_go_in_that_very_moment_are_refused_too(event, form):
    group = make_options(form, 3, 3)
    wanted = ids(group, "A")
    ana = registered(event, ANA)
    gone_meanwhile(group)
    with pytest.raises(NotAsked), saving():
        actions.register(form, make_applicant(1, options=wanted), now=clock.now())
    with saving():
        actions.register(form, make_applicant(1), now=clock.now())
    with pytest.raises(NotAsked), saving():
        actions.change(ana, Changes(name=ana.name, guests=(), options=wanted), now=clock.now())


# -- options while the form is closed


@pytest.mark.parametrize(
    ("wanted", "status"), [("A", 303), ("AB", 409), ("B", 409), ("", 409)],
    ids=["the same", "one more", "another", "none"],
)  # fmt: skip
def test_after_closing_a_choice_that_would_change_is_refused_in_words(
    client, event, form, wanted, status
):
    group = make_options(form, 3, 3)
    ana = registered(event, make_applicant(1, options=ids(group, "A")))
    path = f"{mailed_link(ana.email)}/change"
    page, name = client.get(path), f"options_{group.id}"
    nothing = [value for key, value in filled(page).items() if key == name]
    chosen = [str(id) for id in ids(group, wanted)]
    sent = filled(page, organisation="Demo bv", **{name: [*chosen, ""]})
    assert "" in nothing[0], "a page without a tick says so"
    close(event)
    answer = client.post(path, data=sent)
    assert answer.status_code == status
    assert has(ana) == "A"
    if status == 409:
        assert CLOSED in said(answer)
        assert "Demo bv" in answer.text
        assert client.post(path, data=filled(answer)).status_code == 303
    assert has(ana) == "A"


def test_who_had_one_choice_alone_and_closes_is_refused_too(client, event, form):
    group = make_options(form, 3, 3, choose_most=1)
    ana = registered(event, make_applicant(1, options=ids(group, "A")))
    path = f"{mailed_link(ana.email)}/change"
    sent = filled(client.get(path), **{f"options_{group.id}": str(group.options[1].id)})
    close(event)
    assert client.post(path, data=sent).status_code == 409
    assert has(ana) == "A"


# -- who gets a place from the line chooses until the event begins


@pytest.fixture
def line(client, event, form):
    """Rui waits, and gets a place after registration has closed."""
    make_options(form, 3, 3)
    make_form(event, capacity=1, guests_max=1)
    ana, rui = registered(event, ANA), registered(event, RUI)
    make_form(event, capacity=1, closes_at=clock.now() + timedelta(hours=1))
    return ana, rui


def letter(email):
    return words(post_to(email)[-1])


@pytest.mark.parametrize("way", ["offer", "desk"])
def test_who_gets_a_place_after_closing_chooses_as_the_letter_says(
    client, desk, event, form, noon, line, way
):
    ana, rui = line
    noon.set(clock.now() + timedelta(hours=2))
    if way == "offer":
        with saving():
            actions.give_up(ana, now=clock.now())
        assert client.post(f"{mailed_link(RUI.email)}/accept").status_code == 303
    else:
        make_form(event, capacity=2)
        desk.post(f"/desk/registrations/{event.id}/{rui.id}/promote")
    assert "Tot de bijeenkomst begint, kunt u op uw eigen pagina nog kiezen: Werkplaats." in letter(
        RUI.email
    )
    [group] = queries.form_of(event.id).option_groups
    path = f"{mailed_link(RUI.email)}/change"
    sent = filled(client.get(path), **{f"options_{group.id}": str(group.options[0].id)})
    assert client.post(path, data=sent).status_code == 303
    assert has(rui) == "A"
    noon.set(event.starts_at)
    assert f"options_{group.id}" not in client.get(path).text


def test_who_had_a_place_before_is_not_told_to_choose_after_closing(client, event, form, noon):
    make_options(form, 3, 3)
    ana = registered(event, ANA)
    assert "Zolang de aanmelding open is" in letter(ANA.email)
    close(event)
    ask(client, mailed_link(ANA.email), "ana.nieuw@example.org")
    client.post(button("ana.nieuw@example.org"))
    assert "kiezen" not in letter("ana.nieuw@example.org")
    assert has(ana) == ""


# -- the desk


def test_the_desk_reads_how_many_answers_of_guests_go_before_it_asks_the_contact_alone(
    desk, event, form
):
    question = make_question(form, "Maat?", asked_of=AskedOf.EVERYONE)
    for number in (1, 2):
        one = registered(event, make_applicant(number, guests=(f"Gast {number}",)))
        with saving():
            actions.change(
                one, Changes(name=one.name, guests=(f"Gast {number}",), answers={question.id: "M"}),
                now=clock.now(),
            )  # fmt: skip
            actions.answer(one.guests[0], {question.id: "S"}, by=one.contact, now=clock.now())
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    sent = filled(desk.get(path), asked_of="contact")
    answer = desk.post(path, data=sent)
    assert "2 antwoorden van gasten worden verwijderd." in said(answer)
    assert question_now(question).asked_of is AskedOf.EVERYONE
    assert len(db.session.scalars(select(Answer)).all()) == 4
    desk.post(path, data={**sent, "confirmed": mark_in(answer)})
    assert question_now(question).asked_of is AskedOf.CONTACT
    kept = db.session.scalars(select(Answer)).all()
    assert [each.value for each in kept] == ["M", "M"]


def question_now(question):
    db.session.expire_all()
    return db.session.get_one(Question, question.id)


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("diet", "2 mensen gaven dieetwensen op. Die worden gewist."),
        ("access_needs", "2 mensen gaven op wat ze nodig hebben om mee te doen. Dat wordt gewist."),
    ],
)
def test_the_desk_reads_how_many_told_a_need_before_it_asks_no_more(
    client, desk, event, need, words
):
    """What they told goes then and there; no later save drops it without a word."""
    told = {"diet": "Geen noten", "access_needs": "Een tolk"}
    parties = [registered(event, make_applicant(number, **told)) for number in (1, 2)]
    registered(event, make_applicant(3))
    path = f"/desk/registrations/{event.id}/settings"
    sent = filled(desk.get(path))
    sent.pop(f"asks_{need}")

    def kept():
        db.session.expire_all()
        return [(one.contact.diet, one.contact.access_needs) for one in parties]

    answer = desk.post(path, data=sent)
    assert words in said(answer)
    assert ("gaven dieetwensen" in said(answer)) is (need == "diet")
    assert kept() == [("Geen noten", "Een tolk")] * 2, "nothing is saved yet"
    assert desk.post(path, data={**sent, "confirmed": mark_in(answer)}).status_code == 303
    left = told | {need: ""}
    assert kept() == [(left["diet"], left["access_needs"])] * 2
    own = f"{mailed_link(parties[0].email)}/change"
    assert client.post(own, data=filled(client.get(own), organisation="bv")).status_code == 303
    assert kept() == [(left["diet"], left["access_needs"])] * 2
    assert mark_in(desk.post(path, data=sent)) is None, "said once"


def test_a_need_that_nobody_told_goes_without_a_question(desk, event):
    registered(event, ANA)
    path = f"/desk/registrations/{event.id}/settings"
    sent = filled(desk.get(path))
    sent.pop("asks_diet")
    assert desk.post(path, data=sent).status_code == 303


def test_other_changes_of_a_question_ask_nothing(desk, event, form):
    question = make_question(form, "Maat?", asked_of=AskedOf.EVERYONE)
    party(event)
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    assert confirm(desk, path, filled(desk.get(path), label_nl="Welke maat?")).status_code == 303
    answer = desk.post(path, data=filled(desk.get(path), asked_of="contact"))
    assert answer.status_code == 303, "no guest has answered"
