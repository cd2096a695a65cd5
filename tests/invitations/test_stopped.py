"""An ambassador who has stopped, or is about to: what goes on is said, and one press ends it."""

import pytest
from lxml import html
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.events.models import Event, Status
from events_app.invitations import actions
from events_app.invitations.models import Invitation
from events_app.registrations.models import Allotment
from tests.conftest import NOON
from tests.factories.allotments import terms
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation, profile
from tests.invitations.test_doors import GUEST, page_of


@pytest.fixture
def event(app):
    return make_event(capacity=3)


@pytest.fixture
def noor(event):
    ambassador = make_ambassador()
    with saving():
        actions.hold_places(event, ambassador, terms(2, "Noor Demo"), by=None, now=NOON)
    make_invitation(event, ambassador)
    return ambassador


def stop(ambassador):
    with saving():
        actions.change(ambassador, profile(is_active=False), by=None, now=NOON)


def words(page):
    return " ".join(html.fromstring(page.text).text_content().split())


def press(desk, page, label):
    """The button of this name."""
    [form] = html.fromstring(page.text).xpath(f"//form[.//button[contains(., '{label}')]]")
    return desk.post(form.get("action"), data=dict(form.form_values()))


def test_stopping_says_what_goes_on_before_and_after_and_one_press_ends_it(desk, event, noor):
    edit = f"/desk/invitations/{noor.id}?lang=en"
    before = words(desk.get(edit))
    assert "What goes on when this ambassador stops" in before
    assert "2 places are held for their guests until" in before
    assert "one invitation without an answer; who has it can still say yes." in before
    form = html.fromstring(desk.get(edit).text).xpath("//form[.//input[@name='is_active']]")[0]
    form.fields["is_active"] = None
    answer = desk.post(edit, data=dict(form.form_values()))
    assert answer.location.partition("?")[0] == f"/desk/invitations/{noor.id}"
    page = desk.get(edit)
    assert "Noor Demo has stopped as an ambassador on" in words(page)
    assert "2 places are held for their guests until" in words(page)
    assert "Mail the link again" not in words(page)
    assert press(desk, page, "Release these places").status_code == 303
    [held] = db.session.scalars(select(Allotment).execution_options(populate_existing=True))
    assert held.released_at == NOON
    assert "are held for their guests" not in words(desk.get(edit))


@pytest.mark.parametrize("state", Status)
def test_only_where_a_yes_can_be_said_is_it_said_to_be_possible(desk, event, noor, state):
    with saving():
        db.session.get_one(Event, event.id).status = state
    said = words(desk.get(f"/desk/invitations/{noor.id}?lang=en"))
    can_say_yes = state is Status.PUBLISHED
    assert ("who has it can still say yes" in said) is can_say_yes
    assert "2 places are held for their guests until" in said, "as long as they are"


def test_today_offers_to_release_what_is_held_for_nobody(desk, event, noor):
    said = "holds 2 free places until"
    assert said not in words(desk.get("/desk/?lang=en"))
    stop(noor)
    page = desk.get("/desk/?lang=en")
    assert said in words(page)
    assert "Noor Demo, who has stopped as an ambassador" in words(page)
    assert press(desk, page, "Release now").status_code == 303
    assert said not in words(desk.get("/desk/?lang=en"))


def test_the_desk_invites_nobody_in_a_name_that_has_stopped_and_loses_no_words(desk, event, noor):
    page = f"/desk/invitations/{noor.id}/event/{event.id}"
    opened = words(desk.get(f"{page}?lang=en"))
    assert "Send the invitation" in opened
    stop(noor)
    shown = words(desk.get(f"{page}?lang=en"))
    assert "has stopped as an ambassador on" in shown
    assert "Let them start again" in shown
    assert "Send the invitation" not in shown
    assert "Hold places for their guests" not in shown
    answer = desk.post(
        f"{page}?lang=en", data=GUEST | {"email": "cas@example.org", "words": "Mijn woorden."}
    )
    assert answer.status_code == 409
    assert "This ambassador has stopped" in words(answer)
    assert "Mijn woorden." in answer.text
    assert db.session.query(Invitation).count() == 1


def test_their_own_page_keeps_what_they_typed_meanwhile(client, event, noor):
    stop(noor)
    typed = GUEST | {"email": "cas@example.org", "words": "Mijn woorden."}
    answer = client.post(f"{page_of(noor)}/invite?event={event.id}&lang=en", data=typed)
    assert answer.status_code == 409
    assert "Mijn woorden." in answer.text


def test_nothing_is_held_for_who_has_stopped(desk, event, noor):
    other = make_event("Ander", slug="ander", capacity=3)
    stop(noor)
    asked = {"places": "2", "release_at": "2027-02-01T17:00"}
    answer = desk.post(f"/desk/invitations/{noor.id}/event/{other.id}/hold?lang=en", data=asked)
    assert answer.status_code == 422
    assert "This ambassador has stopped" in words(answer)


def test_who_wipes_reads_that_places_are_released(desk, event, noor):
    make_invitation(event, noor, make_guest("Cas Demo", "cas@example.org"))
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": "noor@example.org"})
    assert "2 places that are held for their guests are released." in words(page)
    press(desk, page, "Wipe it for good")
    [held] = db.session.scalars(select(Allotment).execution_options(populate_existing=True))
    assert held.released_at == NOON
