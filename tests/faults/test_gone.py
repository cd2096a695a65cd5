"""What a colleague has open is removed: the page says so, and gives back what was typed."""

from dataclasses import replace

import pytest
from lxml import html
from sqlalchemy import func, select, update

from events_app.contacts import actions
from events_app.contacts.models import Membership
from events_app.core.db import db, saving
from events_app.events.models import Event
from events_app.newsletters.models import Issue
from events_app.registrations.models import Participant, Question
from tests.conftest import NOON
from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import make_event
from tests.factories.newsletters import make_issue
from tests.factories.registrations import ANA, make_form, make_question, registered
from tests.faults.visiting import every_form_on, forms_on

pytestmark = pytest.mark.once

TYPED = "Een lange zin die niemand nog eens wil typen, met <b> en & erin."


def question():
    event = make_event(capacity=4, summary="Kort.")
    page = f"/desk/registrations/{event.id}/questions/{make_question(make_form(event)).id}"
    return page, f"{page}/remove", "purpose_nl"


def issue():
    page = f"/desk/newsletters/{make_issue(subject='Lente').id}"
    return page, f"{page}/throw-away", "preheader"


def draft():
    page = f"/desk/events/{make_event('Concept', status='draft', summary='Kort.').id}"
    return f"{page}/edit", f"{page}/remove", "description_nl"


def opened(desk, page):
    return next(form for form in forms_on(desk.get(page).text, page) if form.action == page)


@pytest.mark.parametrize("thing", [question, issue, draft])
def test_a_form_of_what_is_gone_says_so_and_gives_back_what_was_typed(desk, thing):
    page, removal, field = thing()
    data = opened(desk, page).shown(**{field: TYPED})
    assert desk.post(removal).status_code == 303
    answer = desk.post(page, data=data)
    assert answer.status_code == 404
    assert "Dit is er niet meer" in answer.text
    shown = html.fromstring(answer.text).xpath("//p[@class='copy-text']/text()")
    assert TYPED in shown
    assert not [words for words in shown if words == data["opened"]]


def test_other_pages_that_are_not_there_say_nothing_of_a_colleague(client, desk):
    for browser, data in ((client, {"opened": TYPED}), (desk, {"title_nl": TYPED})):
        answer = browser.post("/desk/events/999999/edit", data=data)
        assert TYPED not in answer.text
        assert "collega" not in answer.text


def member():
    person = make_person()
    with saving():
        actions.join(person, make_organisation(), title="Docent", by=None, now=NOON)
    page = f"/desk/contacts/people/{person.id}"
    return page, "/leave"


def guest():
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=1)
    ana = registered(event, replace(ANA, guests=("Gast Een",)))
    return f"/desk/registrations/{ana.event_id}/{ana.id}", "/erase"


def removing(thing):
    """The page with the button, and how its address ends."""
    page, *more = thing()
    page = page.removesuffix("/edit")
    return page, more[0] if len(more) == 1 else more[0].rpartition("/")[2]


def button(desk, page, ending):
    forms = every_form_on(desk.get(page).text, page)
    return next(form for form in forms if form.action.endswith(ending))


REMOVALS = {
    question: lambda: {"label": {"nl": "Anders"}},
    issue: lambda: {"version": Issue.version + 1},
    draft: lambda: {"revision": Event.revision + 1},
    member: lambda: {"title": "Lector"},
    guest: lambda: {"name": "Gast Twee"},
}
"""What a colleague changes meanwhile; on SQLite it may be another row with the same number."""
TABLES = {question: Question, issue: Issue, draft: Event, member: Membership, guest: Participant}


def left(thing):
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(TABLES[thing]))


@pytest.mark.parametrize("thing", REMOVALS)
def test_what_is_removed_is_removed_once_and_nobody_who_presses_twice_reads_of_a_mistake(
    desk, thing
):
    form = button(desk, *removing(thing))
    before = left(thing)
    answers = [desk.post(form.action, data=form.shown()) for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert left(thing) == before - 1
    assert (
        "U hebt twee keer gedrukt. Het is één keer gebeurd." in desk.get(answers[1].location).text
    )


@pytest.mark.parametrize("thing", REMOVALS)
def test_an_old_page_removes_nothing_that_its_reader_has_not_seen(desk, thing):
    page, ending = removing(thing)
    form = button(desk, page, ending)
    before = left(thing)
    with saving():
        db.session.execute(update(TABLES[thing]).values(**REMOVALS[thing]()))
    answer = desk.post(form.action, data=form.shown())
    assert answer.status_code == 303
    assert "Wat er volgt, is veranderd terwijl u keek." in desk.get(answer.location).text
    assert left(thing) == before
    again = button(desk, page, ending)
    assert desk.post(again.action, data=again.shown()).status_code == 303
    assert left(thing) == before - 1
