"""While somebody types at the desk, the thing moves on: it is sent, withdrawn, called off,
answered, taken or released. The words are kept or shown again, and a sentence says what came of it.
"""

from dataclasses import replace

import pytest
from lxml import html

from events_app.core import clock
from events_app.core.db import saving
from events_app.events import actions as events
from events_app.events.models import Status
from events_app.kits import actions as kits
from events_app.newsletters.models import IssueStatus
from events_app.registrations import actions as registering
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.allotments import make_allotment
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.kits import make_kit
from tests.factories.newsletters import make_issue
from tests.factories.registrations import (
    ANA,
    ids,
    make_form,
    make_options,
    make_question,
    registered,
)  # fmt: skip
from tests.faults.visiting import forms_on
from tests.pages import said

pytestmark = pytest.mark.once

TYPED = "Getypt terwijl een collega verder ging."


def put(thing, **values):
    def done():
        with saving():
            for name, value in values.items():
                setattr(thing, name, value)

    return done


def write(act, *args, **more):
    def done():
        with saving():
            act(*args, **more)

    return done


def issue(status):
    made = make_issue(subject="Lente")
    return f"/desk/newsletters/{made.id}", "preheader", put(made, status=status, sent_at=NOON)


def kit(ends):
    made = make_kit(make_event(summary="Kort."))
    moves = {
        "withdrawn": write(kits.withdraw, made, by=make_staff(), now=NOON),
        "archived": put(made.event, status=Status.ARCHIVED),
    }
    return f"/desk/kits/{made.id}/edit", "lead_nl", moves[ends]


def event(status):
    made = make_event(summary="Kort.", status=Status.PUBLISHED)
    page = f"/desk/events/{made.id}/edit"
    return page, "description_nl", put(made, status=status, revision=made.revision + 1)


def guest(ends):
    """Somebody to invite."""
    made, ambassador = make_event(capacity=5), make_ambassador()
    moves = {
        "called off": write(events.cancel, made, words={}, by=None, now=NOON),
        "stopped": put(ambassador, is_active=False),
        "invited": lambda: make_invitation(made, ambassador, make_guest(email="b@example.org")),
    }
    return f"/desk/invitations/{ambassador.id}/event/{made.id}", "words", moves[ends]


def answered_question(_ends):
    made = make_event(capacity=5)
    asked = make_question(make_form(made, capacity=5))
    page = f"/desk/registrations/{made.id}/questions/{asked.id}"
    answers = {asked.id: "Ja"}
    return page, "label_nl", lambda: registered(made, replace(ANA, answers=answers))


def options_had(_ends):
    made = make_event(capacity=5)
    group = make_options(make_form(made, capacity=5), 3)
    page = f"/desk/registrations/{made.id}/options/{group.id}"
    return page, "help_nl", lambda: registered(made, replace(ANA, options=ids(group, "A")))


def held_places(_ends):
    made = make_event(capacity=5)
    held = make_allotment(made, 2)
    page = f"/desk/registrations/{made.id}/held/{held.id}"
    return page, "name", write(registering.release, held, by=make_staff(), now=clock.now())


CASES = [
    *((issue, status) for status in (IssueStatus.APPROVED, IssueStatus.SENDING)),
    *((kit, ends) for ends in ("withdrawn", "archived")),
    *((event, status) for status in (Status.POSTPONED, Status.CANCELLED, Status.ARCHIVED)),
    *((guest, ends) for ends in ("called off", "stopped", "invited")),
    (answered_question, ""), (options_had, ""), (held_places, ""),
]  # fmt: skip


@pytest.mark.parametrize(("thing", "ends"), CASES)
def test_words_about_what_moved_on_are_kept_or_shown_again_with_a_sentence(desk, thing, ends):
    page, field, moves_on = thing(ends)
    form = next(each for each in forms_on(desk.get(page).text, page)
                if field in {one.name for one in each.fields})  # fmt: skip
    moves_on()
    typed = {"name": "Ben", "email": "b@example.org"} if thing is guest else {}
    data = form.shown(**{**typed, field: TYPED})
    answer = desk.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    if answer.status_code == 303:
        told = desk.get(answer.location)
        assert html.fromstring(told.text).xpath("string(//*[@class='flashes flow'])").strip()
        assert TYPED in desk.get(page).text, "kept"
    else:
        assert answer.status_code in (200, 409, 422)
        assert TYPED in answer.text, "shown again"
        assert html.fromstring(answer.text).xpath(
            "//*[@role='alert']|//*[contains(@class, 'error-summary')]|//*[@class='lead']"
        ), said(answer)
