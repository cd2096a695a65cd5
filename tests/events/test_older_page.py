"""A button of an event on a page that was open while a colleague did something else with it: their
work stays, and the answer says what became of the event.
"""

from datetime import timedelta
from html import unescape

import pytest

from events_app.core.db import db, saving
from events_app.events.models import Event, Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event
from tests.faults.visiting import every_form_on

pytestmark = pytest.mark.once

TYPED = "De spreker is ziek."
OPENED = {
    "publish": Status.DRAFT, "remove": Status.DRAFT, "postpone": Status.PUBLISHED,
    "cancel": Status.PUBLISHED, "finish": Status.PUBLISHED, "go-on": Status.POSTPONED,
    "archive": Status.DONE,
}  # fmt: skip
"""How it stood when the page was opened."""
BECOMES = {
    "publish": Status.PUBLISHED, "postpone": Status.POSTPONED, "cancel": Status.CANCELLED,
    "finish": Status.DONE, "go-on": Status.PUBLISHED, "archive": Status.ARCHIVED,
}  # fmt: skip
STANDS = {
    Status.DRAFT: "is een concept.",
    Status.PUBLISHED: "is openbaar en gaat door zoals het hier staat.",
    Status.POSTPONED: "is intussen uitgesteld.",
    Status.CANCELLED: "is intussen afgelast.",
    Status.DONE: "is intussen afgesloten.",
    Status.ARCHIVED: "is intussen naar het archief gegaan.",
}
OTHERWISE = {
    ("cancel", Status.POSTPONED): "Wat er volgt, is veranderd terwijl u keek",
}
"""It can still be done, and something else follows from it."""


def opened(desk, act, event):
    page = f"/desk/events/{event.id}"
    page += f"/{act}" if act in ("postpone", "cancel") else ""
    forms = every_form_on(desk.get(page).text, page)
    return next(form for form in forms if form.action.partition("?")[0].endswith(f"/{act}"))


def pressed(desk, act, later):
    """The words of the page where it ends, and the event as it stands then."""
    over = act in ("finish", "archive")
    event = make_event(status=OPENED[act], summary="Wat.",
                       starts_at=NOON - timedelta(days=9) if over else SOON)  # fmt: skip
    form = opened(desk, act, event)
    with saving():
        event.status, event.published_at = later, NOON
        event.cancel_note = {"nl": "De zaal is dicht."}
    answer = desk.post(form.action, data=form.shown(words_nl=TYPED))
    if answer.status_code == 303:
        answer = desk.get(answer.location)
        assert answer.status_code == 200
    db.session.expire_all()
    return unescape(answer.text), db.session.get(Event, event.id)


@pytest.mark.parametrize(
    ("act", "later"),
    [(act, later) for act in OPENED for later in Status
     if later not in (OPENED[act], BECOMES.get(act))
     and (act, later) not in {("archive", Status.CANCELLED), ("archive", Status.DRAFT)}],
)  # fmt: skip
def test_the_work_of_a_colleague_stays_and_is_said(desk, act, later):
    words, event = pressed(desk, act, later)
    assert (event.status, event.cancel_note) == (later, {"nl": "De zaal is dicht."})
    expected = OTHERWISE.get((act, later), f"Er is niets gedaan: deze bijeenkomst {STANDS[later]}")
    assert expected in words


def test_what_was_typed_to_put_it_off_can_become_why_it_is_called_off(desk):
    words, event = pressed(desk, "postpone", Status.CANCELLED)
    assert TYPED in words
    page = f"/desk/events/{event.id}/cancel"
    [form] = [one for one in every_form_on(words, page) if one.action.endswith("/cancel")]
    assert desk.post(form.action, data=form.shown()).status_code == 303
    db.session.expire_all()
    assert (event.status, event.cancel_note["nl"]) == (Status.CANCELLED, TYPED)
