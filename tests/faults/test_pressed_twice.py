"""Buttons of the desk that turn one state into another, pressed twice: double click, two tabs, two
colleagues. The second press ends where the first one did, with a sentence, and does nothing more.

What makes or removes something is in test_twice.py, and what is typed in test_stale.py.
"""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.accounts.models import JournalEntry
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import Status
from events_app.newsletters.actions import sending
from events_app.newsletters.models import IssueStatus
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.events import make_event, theme
from tests.factories.kits import make_kit
from tests.factories.newsletters import approved_issue, make_issue, make_reader
from tests.factories.registrations import ANA, RUI, make_form, registered
from tests.faults.test_twice import MAKING, ONCE_BY_THEMSELVES, REMOVING, TWICE
from tests.faults.visiting import every_form_on

pytestmark = pytest.mark.once


def event(status, **more):
    def made():
        return f"/desk/events/{make_event(status=status, **more).id}"

    return made


def postponed():
    made = make_event(summary="Wat.")
    with saving():
        events.postpone(made, words={"nl": "Later."}, by=None, now=NOON)
    return f"/desk/events/{made.id}"


def moved():
    """Letters about it wait."""
    made = make_event(capacity=3)
    registered(made, ANA)
    with saving():
        told = events.telling.rules.announced(made)
        made.starts_at += timedelta(hours=1)
        events.telling.follow(made, told, now=NOON)
    return f"/desk/events/{made.id}"


def issue(status):
    def made():
        return f"/desk/newsletters/{make_issue(status=status, sent_at=NOON).id}/report"

    return made


def approved(**more):
    def made():
        make_reader("reader@example.org")
        found = approved_issue(make_staff())
        if more:
            with saving():
                sending.schedule(found, by=make_staff("b@example.org"), now=NOON, **more)
        return f"/desk/newsletters/{found.id}/check"

    return made


def colleague(*, is_active):
    def made():
        member = make_staff("closed@example.org", is_active=is_active)
        return f"/desk/accounts/colleagues/{member.id}"

    return made


def sector(*, is_active):
    def made():
        found = theme("energie")
        with saving():
            found.is_active = is_active
        return f"/desk/themes/{found.id}"

    return made


def waiting():
    made = make_event(capacity=1)
    make_form(made, capacity=1)
    registered(made, ANA)
    return f"/desk/registrations/{made.id}/{registered(made, RUI).id}"


def consenting():
    person = make_reader("reader@example.org").person
    return f"/desk/contacts/people/{person.id}"


def kit():
    return f"/desk/kits/{make_kit(make_event()).id}"


OVER = NOON - timedelta(days=9)
BUTTONS = {
    "events_desk.publish": event(Status.DRAFT, summary="Wat."),
    "site_desk.go_on": postponed,
    "events_desk.finish": event(Status.PUBLISHED, starts_at=OVER),
    "events_desk.archive": event(Status.DONE, starts_at=OVER),
    "registrations_desk.tell": moved,
    "registrations_desk.promote": waiting,
    "newsletters_desk.take_back": approved(),
    "newsletters_desk.send": approved(),
    "newsletters_desk.schedule": approved(),
    "newsletters_desk.unschedule": approved(at=NOON + timedelta(days=1)),
    "newsletters_desk.pause": issue(IssueStatus.SENDING),
    "newsletters_desk.resume": issue(IssueStatus.PAUSED),
    "newsletters_desk.cancel": issue(IssueStatus.SENDING),
    "accounts_desk.close_access": colleague(is_active=True),
    "accounts_desk.give_access_again": colleague(is_active=False),
    "themes_desk.retire": sector(is_active=True),
    "themes_desk.offer_again": sector(is_active=False),
    "kits_desk.withdraw": kit,
    "people_desk.withdraw": consenting,
}
"""Where each stands."""
TYPED = {"send_at": "2027-02-01T09:00"}


def done():
    db.session.expire_all()
    lines = db.session.scalar(select(func.count()).select_from(JournalEntry))
    return lines, db.session.scalar(select(func.count()).select_from(OutboxMessage))


def button(app, page, path, endpoint):
    at = app.url_map.bind("localhost")
    [form] = {
        form.action: form
        for form in every_form_on(page.text, path)
        if form.method == "POST" and at.match(form.action.partition("?")[0], "POST")[0] == endpoint
    }.values()
    return form


@pytest.mark.parametrize("endpoint", BUTTONS)
def test_a_button_that_is_pressed_twice_ends_where_the_first_press_did(app, desk, endpoint):
    path = BUTTONS[endpoint]()
    form = button(app, desk.get(path), path, endpoint)
    data = form.shown(**{name: value for name, value in TYPED.items() if "schedule" in form.action})
    first = desk.post(form.action, data=data)
    assert first.status_code == 303, first.text
    shown = desk.get(first.location)  # takes its sentence
    assert shown.status_code == 200
    before = done()
    second = desk.post(form.action, data=data)
    assert (second.status_code, second.location) == (303, first.location), second.text
    assert said(desk.get(second.location)), "a sentence"
    assert done() == before


def said(page):
    return html.fromstring(page.text).xpath("string(//*[@role='status'])").strip()


WORDS = {
    "site_desk.search_for", "site_desk.search_results", "site_desk.style_sent",
    "site_desk.style_preview", "accounts_desk.colleague", "accounts_desk.me",
    "contacts_desk.edit_organisation", "contacts_desk.logo", "people_desk.edit", "themes_desk.edit",
    "events_desk.edit", "venues_desk.venue", "venues_desk.series", "registrations_desk.allotment",
    "registrations_desk.settings", "registrations_desk.question", "registrations_desk.options",
    "privacy_desk.look", "privacy_desk.file", "privacy_desk.erase", "invitations_desk.edit",
    "newsletters_desk.edit", "newsletters_desk.preview",
}  # fmt: skip
"""Forms with words, choices or a file: what they save twice is the same (test_stale.py)."""
AGAIN = {
    "registrations_desk.move_question": "a place further",
    "registrations_desk.move_options": "a place further",
    "themes_desk.move": "a place further",
    "accounts_desk.sign_out_everywhere": "ends what began meanwhile too",
    "kits_desk.publish": "a sentence says that nothing is new",
}
"""Each press is meant."""


def test_every_door_of_the_desk_that_takes_a_press_is_known(app):
    doors = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.rule.startswith("/desk")
    }
    assert doors == {*BUTTONS, *REMOVED, *MAKING, *REMOVING, *TWICE, *WORDS, *AGAIN} & doors
    assert {*BUTTONS, *WORDS, *AGAIN} <= doors


OF_THEIR_OWN = {
    "accounts.enter": "accounts/, in one browser",
    "newsletters.unsubscribe": "newsletters/test_subscribing.py: mail programs want no redirect",
    "privacy.erase": "privacy/test_own_link.py: nobody in the scene may",
    "registrations.accept": "registrations/test_changed_elsewhere.py: nobody in the scene may",
    "registrations.stay_online": "registrations/test_changed_elsewhere.py: nobody in the scene may",
    "registrations.confirm": "registrations/test_confirming.py: nobody in the scene may",
    "registrations.change": "registrations/test_changed_elsewhere.py: a page with a mark",
    "registrations.guest_answers_for": "registrations/test_changed_elsewhere.py: the same",
}
"""Pressed twice in tests of their own."""


def test_every_public_door_that_takes_a_press_is_known(app):
    doors = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.rule.startswith("/desk")
    }
    met = {*MAKING, *REMOVING, *TWICE, *ONCE_BY_THEMSELVES}
    assert doors - met == OF_THEIR_OWN.keys()


REMOVED = {
    "accounts_desk.remove": (colleague(is_active=False), "De collega is verwijderd."),
    "site_desk.remove_event": (event(Status.DRAFT), "Het concept is weg."),
}


@pytest.mark.parametrize("endpoint", REMOVED)
def test_what_was_removed_is_not_missed_at_the_second_press(app, desk, endpoint):
    made, words = REMOVED[endpoint]
    path = made()
    form = button(app, desk.get(path), path, endpoint)
    there = path.rpartition("/")[0]
    for sentence in (words, "U hebt twee keer gedrukt. Het is één keer gebeurd."):
        answer = desk.post(form.action, data=form.shown())
        assert (answer.status_code, answer.location.rstrip("/")) == (303, there)
        assert sentence in said(desk.get(answer.location))


def test_a_page_of_letters_in_doubt_leads_on_where_they_are_settled(desk):
    """A reload, say."""
    answer = desk.get("/desk/delivery/uncertain?campaign=issue:1")
    assert (answer.status_code, answer.location) == (303, "/desk/delivery/")
    assert "intussen veranderd" in said(desk.get(answer.location))
