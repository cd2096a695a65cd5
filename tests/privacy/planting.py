"""One made-up person everywhere that the house can hold somebody, by the doors themselves; and the
search that finds every place where something of them is left.
"""

import io
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import sqlalchemy as sa

from events_app.contacts import queries as contacts
from events_app.core import clock, tokens
from events_app.core.db import Base, db, saving
from events_app.delivery import actions as delivery
from events_app.delivery.models import OutboxMessage, State
from events_app.invitations import actions as invitations
from events_app.invitations import queries as ambassadors
from events_app.newsletters.rules import consent
from events_app.registrations.questions.file.sample import pdf
from tests.factories.contacts import make_organisation
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.newsletters import letters_to
from tests.factories.registrations import (
    MIA,
    RUI,
    mailed_link,
    make_form,
    make_question,
    registered,
)

MARK = "zwaluwstaart"
NAME = "Quirijn Zwaluwstaart"
PHONE = "+31 9 8765 4321"
MARKS = (MARK, "quirijn", PHONE)
EMAIL = "quirijn@zwaluwstaart.example.org"
FORMER = "quirijn.eerst@zwaluwstaart.example.org"
"""What it was before they changed it on their own page."""


def plant(app, desk, *, is_ambassador):
    """The events they take part in, by a word for each."""
    events = _registrations(app.test_client())
    _invitations(app.test_client(), events)
    _newsletter(app.test_client())
    _contacts(desk)
    if is_ambassador:
        _ambassador(desk, events)
    asked = {"name": NAME, "email": EMAIL, "words": f"Weet u wie {MARK} is?"}
    assert app.test_client().post("/contact", data=asked).status_code == 303
    _states()
    return events


def _registrations(browser):
    seated = make_event("Met plaats", slug="seated", capacity=2)
    full = make_event("Vol", slug="full", capacity=1)
    left = make_event("Afgezegd", slug="left", capacity=5)
    invited = make_event("Genodigd", slug="invited", capacity=5)
    form = make_form(seated, capacity=2, guests_max=1)
    question = make_question(form, "Wat wilt u vragen?")
    registered(full, RUI)
    more = {"organisation": f"Bureau {MARK}", "diet": f"geen {MARK}", "access_needs": f"bij {MARK}"}
    poster = make_question(form, "Uw poster?", kind="file")
    sent = io.BytesIO(pdf(f"Van {MARK}")), f"Poster {MARK}.pdf"
    _enter(browser, seated, guest_1=f"Gast {MARK}", **more,
           **{f"question_{question.id}": f"Iets over {MARK}", f"question_{poster.id}": sent},
           )  # fmt: skip
    _enter(browser, full, **more)
    link = _enter(browser, left)
    assert browser.post(f"{link}/cancel", data={"reason": f"Om {MARK}"}).status_code == 303
    registered(seated, MIA)  # waits for what comes free
    _transfers(browser)
    return {"seated": seated, "full": full, "left": left, "invited": invited}


def _transfers(browser):
    """Somebody offers them a place; and the address was another one before."""
    moved = make_event("Verhuisd", slug="moved", capacity=5)
    offer = {"name": NAME, "email": EMAIL}
    registered(moved, RUI)
    link = mailed_link(RUI.email)
    assert browser.post(f"{link}/hand-over", data=offer).status_code == 303
    changed = make_event("Ander adres", slug="changed", capacity=5)
    registered(changed, replace(RUI, name=NAME, email=FORMER))
    link = mailed_link(FORMER)
    assert browser.post(f"{link}/address", data={"email": EMAIL}).status_code == 303
    letter = letters_to(EMAIL)[-1]
    there = next(value for _kind, value in letter.slots.values() if "/transfer/" in value)
    assert browser.post(there.removeprefix("http://localhost")).status_code == 303


def _enter(browser, event, **more):
    data = {"name": NAME, "email": EMAIL, **more}
    told = browser.post(f"/events/{event.slug}/register", data=data)
    assert told.status_code == 303, told.text
    return mailed_link(EMAIL)


def _invitations(browser, events):
    noor, guest = make_ambassador(), make_guest(
        NAME, EMAIL, organisation=f"Bureau {MARK}", words=f"Beste {MARK}, kom!",
        address_source=f"de lijst van {MARK}",
    )  # fmt: skip
    make_invitation(events["invited"], noor, guest)
    objected = make_invitation(make_event("Bezwaar", slug="objected", capacity=5), noor, guest)
    link = f"/invitation/{tokens.derived('invitation', objected.seed)}"
    assert browser.post(f"{link}/object").status_code == 303


def _newsletter(browser):
    data = {"name": NAME, "email": EMAIL, "language": "nl", "agreed": "y",
            "wording": consent.CURRENT}  # fmt: skip
    for _twice in range(2):  # the second one is never confirmed
        assert browser.post("/newsletter/", data=data).status_code in (200, 303)
    letter = letters_to(EMAIL)[-1]
    link = next(value for _kind, value in letter.slots.values() if "/confirm/" in value)
    assert browser.post(link.removeprefix("http://localhost")).status_code in (200, 303)


def _contacts(desk):
    person = contacts.person_by_email(EMAIL)
    organisation = make_organisation("Demo Fonds")
    page = f"/desk/contacts/people/{person.id}"
    for path, data in (
        ("edit", {"name": f"{NAME} jr.", "email": EMAIL, "language": "nl", "phone": PHONE}),
        ("edit", {"name": NAME, "email": EMAIL, "language": "nl", "phone": PHONE}),
        ("organisations", {"organisation": organisation.id, "title": f"Hoofd {MARK}"}),
    ):
        assert desk.post(f"{page}/{path}", data=data).status_code == 303


def _ambassador(desk, events):
    data = {"name": NAME, "email": EMAIL, "language": "nl", "title_nl": f"Baas van {MARK}",
            "quota": "5", "is_active": "y", "is_public": "y"}  # fmt: skip
    assert desk.post("/desk/invitations/new", data=data).status_code == 303
    known = ambassadors.ambassador_of(contacts.person_by_email(EMAIL).id)
    guest = make_guest("Ben Demo", "ben@example.org", words=f"Groet, {MARK}",
                       address_source=f"kennis van {MARK}")  # fmt: skip
    with saving():
        invitations.invite(events["invited"], known, guest, now=clock.now())


def _states():
    """The outbox as it is found some day: a letter in every state, and what servers answered."""
    now, states = clock.now(), cycle(State)
    ids = db.session.scalars(sa.select(OutboxMessage.id).order_by(OutboxMessage.id)).all()
    assert len(ids) >= len(State)
    with saving():
        for id, state in zip(ids, states, strict=False):
            is_held = state in (State.CLAIMED, State.ATTEMPTING)
            db.session.execute(
                sa.update(OutboxMessage)
                .where(OutboxMessage.id == id)
                .values(state=state, owner="worker" if is_held else None,
                        lease_until=now + timedelta(minutes=5) if is_held else None,
                        last_answer="450 4.2.1 is busy: " + OutboxMessage.to_email)
            )  # fmt: skip
        delivery.pause("domain:zwaluw.example.org", now=now, detail=f"421 <{EMAIL}>",
                       until=now + timedelta(minutes=10))  # fmt: skip


def found():
    """Table and column of every place where something of them still stands."""
    db.session.rollback()
    places = set()
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                places |= {(table.name, name) for name, value in row.items() if holds(value)}
    return places


def holds(value):
    if isinstance(value, bytes):
        value = value.decode("latin-1").replace("\r\n ", "")
    return any(mark in str(value).lower() for mark in MARKS)


def in_files(app):
    """The files of the instance folder that hold something of them, the database among them."""
    files = [path for path in Path(app.config["INSTANCE"]).rglob("*") if path.is_file()]
    assert "app.db" in {path.name for path in files}
    return {path.name for path in files if holds(path.read_bytes())}
