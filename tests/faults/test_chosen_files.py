"""A file that somebody chose in a form which is not saved as it is stays chosen, or the page says
that it must be chosen again.
"""

import io
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.contacts.models import Organisation
from events_app.core.db import db
from events_app.events.models import Event, Status
from events_app.newsletters import jobs
from events_app.newsletters.models import Issue
from tests.conftest import NOON
from tests.contacts.test_desk import png
from tests.events.test_desk import typed
from tests.factories.contacts import make_organisation
from tests.factories.events import make_event
from tests.factories.newsletters import make_issue
from tests.faults.visiting import endpoint, every_form_on, forms_sent

TRIED = {
    "events_desk.new", "events_desk.edit", "newsletters_desk.edit", "contacts_desk.logo",
}  # fmt: skip

SENT = {"registrations.register", "registrations.change", "invitations.accept"}
"""What people send with an answer: tried in tests/registrations/test_sent_files.py."""


def chosen(colour="#2d83e0"):
    return io.BytesIO(png(colour)), "chosen.png"


def form_on(page, path, with_field):
    (form,) = [
        each for each in every_form_on(page, path) if with_field in {f.name for f in each.fields}
    ]
    return form


@pytest.mark.once
def test_every_form_with_a_file_is_tried_here(house):
    found = {
        endpoint(house, form) for _visitor, form in forms_sent(house)
        if "file" in {each.kind for each in form.fields}
    }  # fmt: skip
    assert found - {"site_desk.style_sent"} == TRIED | SENT


def test_a_picture_of_a_newsletter_stays_chosen_while_a_mistake_is_put_right(desk, client):
    issue = make_issue(blocks=[{"kind": "picture", "key": "1"}])
    path = f"/desk/newsletters/{issue.id}"
    form = form_on(desk.get(path).text, path, "b1-upload")
    first = desk.post(path, data=form.shown(subject="x" * 400, **{"b1-upload": chosen()}))
    assert stored(issue)["picture"] == ""
    assert "/newsletter/pictures/" in first.text, "the page shows it"
    again = form_on(first.text, path, "b1-upload")
    assert desk.post(path, data=again.shown(subject="Short")).status_code == 303
    assert client.get(f"/newsletter/pictures/{stored(issue)['picture']}").status_code == 200


def test_a_picture_of_a_newsletter_that_went_meanwhile_is_told_of(desk, noon):
    issue = make_issue(blocks=[{"kind": "picture", "key": "1"}])
    path = f"/desk/newsletters/{issue.id}"
    form = form_on(desk.get(path).text, path, "b1-upload")
    first = desk.post(path, data=form.shown(subject="x" * 400, **{"b1-upload": chosen()}))
    noon.set(NOON + timedelta(days=3))
    jobs.tidy()
    again = form_on(first.text, path, "b1-upload").shown(subject="Short")
    told = desk.post(path + "?lang=en", data=again)
    assert (told.status_code, "no longer there. Choose it again" in told.text) == (422, True)
    last = form_on(told.text, path, "b1-upload").shown(**{"b1-upload": chosen()})
    assert desk.post(path, data=last).status_code == 303
    assert stored(issue)["picture"]


def stored(issue):
    db.session.expire_all()
    [block] = db.session.get(Issue, issue.id).blocks
    return {"picture": ""} | block


@pytest.mark.parametrize("is_new", [True, False])
def test_a_cover_that_was_chosen_in_a_page_open_for_days_is_told_of(desk, is_new, monkeypatch):
    event = None if is_new else make_event(status=Status.DRAFT)
    path = "/desk/events/new" if is_new else f"/desk/events/{event.id}/edit"
    first = desk.post(path, data=typed(title_nl="", cover=chosen(), cover_alt_nl="Zaal"))
    again = form_on(first.text, path, "cover").shown(title_nl="Avond")
    now = time.time() + 3 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: now)
    told = desk.post(path + "?lang=en", data=again)
    assert told.status_code == 200
    assert "no longer there. Choose it again" in told.text
    last = form_on(told.text, path, "cover").shown(cover=chosen())
    assert desk.post(path, data=last).status_code == 303
    db.session.expire_all()
    assert db.session.scalars(select(Event.cover_key)).one()


@pytest.mark.parametrize(("good", "bad"), [("light", "dark"), ("dark", "light")])
def test_a_logo_beside_one_that_is_refused_is_told_of(desk, good, bad):
    found = make_organisation()
    path = f"/desk/contacts/organisations/{found.id}/logo?lang=en"
    data = {good: chosen(), bad: (io.BytesIO(b"no picture"), "x.png")}
    told = desk.post(path, data=data)
    assert told.status_code == 422
    assert "Nothing is wrong with this one, but it is not saved yet. Choose it again." in told.text
    db.session.expire_all()
    logo = db.session.get(Organisation, found.id)
    assert (logo.logo_key, logo.logo_dark_key) == (None, None)
