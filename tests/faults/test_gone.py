"""What a colleague has open is removed: the page says so, and gives back what was typed."""

import pytest
from lxml import html

from tests.factories.events import make_event
from tests.factories.newsletters import make_issue
from tests.factories.registrations import make_form, make_question
from tests.faults.visiting import forms_on

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
    assert "Een collega heeft dit verwijderd terwijl u het open had" in answer.text
    shown = html.fromstring(answer.text).xpath("//p[@class='copy-text']/text()")
    assert TYPED in shown
    assert not [words for words in shown if words == data["opened"]]


def test_other_pages_that_are_not_there_say_nothing_of_a_colleague(client, desk):
    for browser, data in ((client, {"opened": TYPED}), (desk, {"title_nl": TYPED})):
        answer = browser.post("/desk/events/999999/edit", data=data)
        assert TYPED not in answer.text
        assert "collega" not in answer.text
