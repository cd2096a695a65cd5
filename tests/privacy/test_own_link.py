"""Who holds the link of a registration can have it wiped, once nobody counts on them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from lxml import html

from events_app.capacity import queries as capacity
from events_app.core import tokens
from events_app.core.db import db, saving
from events_app.delivery import rules
from events_app.delivery.models import OutboxMessage, State
from events_app.events.models import Event
from events_app.invitations import actions as invitations
from events_app.invitations.models import Invitation
from events_app.invitations.rules import CannotInvite
from events_app.registrations import actions as registrations
from events_app.registrations import queries
from events_app.registrations.models import Participant
from tests.conftest import NOON, SERVER
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.registrations import ANA, RUI, make_form, registered, registered_as
from tests.privacy.planting import EMAIL, NAME, in_files


@pytest.fixture
def ana(app):
    return registered(make_event(capacity=2))


def link(registration):
    return f"/registration/{tokens.derived('registration', registration.contact.seed)}"


def left():
    db.session.expire_all()
    wanted = sa.select(Participant.email).where(Participant.email != "")
    return list(db.session.scalars(wanted))


def test_before_the_event_one_cancels_first(ana, client):
    path = link(ana)
    assert "Wipe my data" not in client.get(f"{path}?lang=en").text
    assert client.post(f"{path}/erase").status_code == 409
    assert client.post(f"{path}/cancel").status_code == 303
    assert "Wipe my data" in client.get(f"{path}?lang=en").text
    told = client.post(f"{path}/erase?lang=en", follow_redirects=True)
    assert "Your data is wiped</h1>" in told.text
    assert left() == []
    assert client.get(path).status_code == 404
    assert capacity.miscounted(limit=9) == []


def test_pressed_twice_it_reads_that_it_is_done(ana, client):
    """On the same page, and on another one that was open."""
    path = link(ana)
    client.post(f"{path}/cancel")
    shown, other = (
        dict(form.form_values())
        for form in [
            html.fromstring(client.get(path).text).xpath(f"//form[@action='{path}/erase']")[0]
            for _page in range(2)
        ]
    )
    first, second = (client.post(f"{path}/erase", data=shown) for _press in range(2))
    assert (first.status_code, first.location) == (303, "/privacy/erased")
    assert (second.status_code, second.location) == (303, "/privacy/erased")
    assert "U hebt twee keer gedrukt. Het is één keer gebeurd." in client.get(second.location).text
    third = client.post(f"{path}/erase", data=other)
    assert third.status_code == 404
    assert "Hebt u uw gegevens eerder laten wissen? Dan is dat gedaan." in third.text


def test_after_the_event_it_takes_one_press(ana, client, noon):
    path = link(ana)
    noon.set(ana.event.ends_at + timedelta(seconds=1))
    assert client.post(f"{path}/erase").status_code == 303
    assert left() == []


def test_its_letters_go_and_those_of_another_registration_stay(ana, client, noon):
    other = registered(make_event(slug="other", capacity=2), ANA)
    path = link(ana)
    client.post(f"{path}/cancel")
    client.post(f"{path}/erase")
    kept = db.session.scalars(sa.select(OutboxMessage).where(~OutboxMessage.is_wiped)).all()
    assert [letter.dedupe_key for letter in kept] == [f"registration:{other.id}:confirmed:v1"]
    assert left() == [ANA.email]


def test_how_they_were_invited_goes_too(app, client):
    invitation = make_invitation(make_event(capacity=2), make_ambassador())
    with saving():
        invitations.accept(invitation, ANA, now=NOON)
    made = invitation.registration
    with saving():
        registrations.give_up(made, now=NOON)
    assert client.post(f"{link(made)}/erase").status_code == 303
    assert db.session.scalars(sa.select(Invitation.name)).one() == ""
    letters = db.session.scalars(sa.select(OutboxMessage)).all()
    assert [letter.kind for letter in letters if not letter.is_wiped] == []
    db.session.expire_all()
    other = make_ambassador("Other Demo", "other@example.org")
    with pytest.raises(CannotInvite):
        make_invitation(db.session.get(Event, made.event_id), other)


def test_after_the_event_no_mark_of_them_stays(app, client, noon):
    invitation = make_invitation(make_event(capacity=2), make_ambassador())
    with saving():
        invitations.accept(invitation, ANA, now=NOON)
    made = invitation.registration
    noon.set(made.event.ends_at + timedelta(seconds=1))
    assert client.post(f"{link(made)}/erase").status_code == 303
    assert db.session.scalars(sa.select(Invitation.email)).one() == ""


def test_an_ambassador_sees_that_a_guest_is_wiped(app, client):
    noor = make_ambassador()
    invitation = make_invitation(make_event(capacity=2), noor)
    with saving():
        invitations.erase_guest(invitation.email, now=NOON)
    page = client.get(f"/ambassador/{tokens.derived('ambassador', noor.seed)}?lang=en").text
    assert "wiped" in page
    assert db.session.scalars(sa.select(Invitation.email)).one() not in page


@pytest.mark.skipif(bool(SERVER), reason="the log is a file of SQLite's")
def test_the_files_forget_with_it(app, client):
    made = registered(make_event(capacity=2), replace(ANA, name=NAME, email=EMAIL))
    path = link(made)
    client.post(f"{path}/cancel")
    db.session.remove()
    assert in_files(app)
    assert client.post(f"{path}/erase").status_code == 303
    assert in_files(app) == set()


# -- who was brought along has no link, and asks a colleague


@pytest.fixture
def party(app):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=1)
    made = registered(event, replace(ANA, guests=("Gijs Gast",)))
    registered(event, RUI)  # waits
    return made


def wipe_guest(desk, party, key=None):
    key = key or party.participants[1].id
    path = f"/desk/registrations/{party.event_id}/{party.id}"
    assert "Wipe Gijs Gast" in desk.get(f"{path}?lang=en").text
    answer = desk.post(f"{path}/guests/{key}/erase")
    db.session.expire_all()
    return answer


def places():
    return {holds(letter.slots) for letter in db.session.scalars(sa.select(OutboxMessage))}


def holds(slots):
    return "Gijs Gast" in str(slots)


def test_the_place_of_a_guest_who_is_wiped_comes_free(party, desk):
    party = queries.by_id(party.id, event_id=party.event_id)
    assert wipe_guest(desk, party).status_code == 303
    kept = queries.by_id(party.id, event_id=party.event_id)
    assert (kept.party_size, [one.name for one in kept.participants]) == (1, [ANA.name])
    rui = db.session.scalars(registered_as(RUI.email)).one()
    assert rui.status == "offered"
    assert capacity.miscounted(limit=9) == []
    assert places() == {False}


@pytest.mark.parametrize("state", rules.UNSENT)
def test_a_letter_that_waits_leaves_without_the_guest(party, desk, state):
    party = queries.by_id(party.id, event_id=party.event_id)
    set_letter(party, state)
    assert wipe_guest(desk, party).status_code == 303
    letter = letter_of(party)
    assert (letter.is_wiped, letter.owner, letter.to_email) == (False, None, ANA.email)
    assert letter.state == (State.DEFERRED if state is State.DEFERRED else State.READY)
    assert letter.slots["party"] == ["text", ANA.name]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.KEPT, State.FAILED])
def test_a_letter_that_has_left_is_wiped(party, desk, state):
    party = queries.by_id(party.id, event_id=party.event_id)
    set_letter(party, state)
    assert wipe_guest(desk, party).status_code == 303
    assert letter_of(party).is_wiped


def set_letter(party, state):
    is_held = state is State.CLAIMED
    with saving():
        letter = letter_of(party)
        letter.state, letter.owner = state, "worker" if is_held else None
        letter.lease_until = NOON if is_held else None


def letter_of(party):
    key = f"registration:{party.id}:confirmed:v1"
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.dedupe_key == key)).one()


@pytest.mark.skipif(bool(SERVER), reason="the log is a file of SQLite's")
def test_the_files_forget_the_guest(app, desk):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=1)
    made = registered(event, replace(ANA, guests=(NAME,)))
    path = f"/desk/registrations/{event.id}/{made.id}/guests/{made.participants[1].id}/erase"
    db.session.remove()
    assert in_files(app)
    assert desk.post(path).status_code == 303
    assert in_files(app) == set()


def test_a_guest_of_what_was_counts_on_without_a_name(party, desk, noon, client):
    party = queries.by_id(party.id, event_id=party.event_id)
    noon.set(party.event.ends_at + timedelta(days=1))
    assert wipe_guest(desk, party).status_code == 303
    kept = queries.by_id(party.id, event_id=party.event_id)
    assert (kept.party_size, [one.name for one in kept.participants]) == (2, [ANA.name, ""])
    assert client.get(link(kept)).status_code == 200
    assert desk.get(f"/desk/registrations/{kept.event_id}/{kept.id}").status_code == 200


def test_who_registered_is_no_guest(party, desk):
    party = queries.by_id(party.id, event_id=party.event_id)
    assert wipe_guest(desk, party, party.participants[0].id).status_code == 404
