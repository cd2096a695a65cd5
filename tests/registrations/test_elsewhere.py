"""Registration is not opened here for an event that takes it on another site."""

from sqlalchemy import func, select

from events_app.core.db import db, saving
from events_app.events.models import Event, Ownership
from events_app.registrations.models import RegistrationForm
from tests.factories.events import make_event

SETTINGS = {
    "size": "10", "guests_max": "0", "offer_hours": "48", "access": "open",
    "needs_wipe_after_days": "14",
}  # fmt: skip


def goes_elsewhere(event):
    with saving():
        kept = db.session.get_one(Event, event.id)
        kept.ownership, kept.external_url = Ownership.EXTERNAL, "https://tickets.example.org/7"


def page_of(event):
    return f"/desk/registrations/{event.id}/settings"


def forms():
    return db.session.scalar(select(func.count(RegistrationForm.id)))


def test_the_desk_offers_no_form_for_it(desk):
    event = make_event()
    goes_elsewhere(event)
    page = desk.get(page_of(event)).text
    assert "kan op een andere site" in page
    assert 'name="size"' not in page
    assert "op de site" not in page.replace("op een andere site", "")


def test_a_page_that_was_open_makes_none_and_keeps_what_was_typed(desk):
    event = make_event()
    goes_elsewhere(event)
    answer = desk.post(page_of(event), data={**SETTINGS, "size": "37"})
    assert answer.status_code == 422
    assert 'value="37"' in answer.text
    assert forms() == 0


def test_what_was_registered_before_is_still_looked_after(desk):
    event = make_event(capacity=5)
    goes_elsewhere(event)
    page = desk.get(page_of(event)).text
    assert "kan op een andere site" in page
    assert 'name="size"' in page
    assert "Bekijk het formulier" not in page
