"""Nobody is invited to where they could not say yes; and who was, reads what they can do now."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Event, Ownership
from events_app.events.models import Status as EventStatus
from events_app.invitations.models import Invitation, Status
from events_app.invitations.rules import EventNotOpen
from events_app.registrations.models import Access, RegistrationForm
from events_app.registrations.models import Status as PlaceStatus
from tests.conftest import NOON
from tests.factories.events import SOON, make_event
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.registrations import mailed_link, make_form
from tests.invitations.test_doors import GUEST, link_of, page_of
from tests.pages import shown


@pytest.fixture
def noor(app):
    return make_ambassador()


def set_form(event, **fields):
    make_form(event, capacity=5, **fields)


def set_event(event, **fields):
    with saving():
        kept = db.session.get_one(Event, event.id)
        for name, value in fields.items():
            setattr(kept, name, value)


def without_form(event):
    with saving():
        db.session.execute(delete(RegistrationForm).where(RegistrationForm.event_id == event.id))


def elsewhere(event):
    set_event(event, ownership=Ownership.EXTERNAL, external_url="https://tickets.example.org/7")


def not_yet(event):
    set_form(event, opens_at=SOON - timedelta(days=9, minutes=7))


def closed(event):
    set_form(event, closes_at=NOON - timedelta(minutes=1))


def postponed(event):
    set_event(event, status=EventStatus.POSTPONED)


WAYS = {
    without_form: "Voor deze bijeenkomst kan zich nu niemand aanmelden.",
    elsewhere: "Aanmelden voor deze bijeenkomst kan op een andere site.",
    not_yet: "U kunt zich nog niet aanmelden.",
    closed: "De aanmelding is gesloten.",
}
"""In which nobody can register here, and what is said."""
ways = pytest.mark.parametrize(
    ("becomes", "said"), WAYS.items(), ids=lambda it: getattr(it, "__name__", "")
)


def letters():
    return db.session.scalar(select(func.count(OutboxMessage.id)))


@ways
def test_nobody_is_invited_to_where_nobody_can_register(client, desk, noor, becomes, said):
    event = make_event(capacity=5)
    becomes(event)
    with pytest.raises(EventNotOpen):
        make_invitation(event, noor)
    for answer in (
        client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST),
        client.post(
            f"{page_of(noor)}/list?event={event.id}",
            data={
                "list-people": "Ben Demo; ben@example.org", "list-address_source": "netwerk",
                "list-language": "nl", "list-words": "",
            },
        ),
        desk.post(f"/desk/invitations/{noor.id}/event/{event.id}", data=GUEST),
    ):  # fmt: skip
        assert said in shown(answer)
        assert "ben@example.org" in answer.text, "what was typed stays"
    assert letters() == 0


@ways
def test_the_pages_to_invite_say_why_and_offer_no_form_or_link(client, desk, noor, becomes, said):
    event = make_event(capacity=5)
    make_invitation(event, noor)
    becomes(event)
    own = client.get(f"{page_of(noor)}?event={event.id}")
    assert "ben@example.org" in own.text, "whom they invited stays"
    assert 'id="share-link"' not in own.text
    for answer in (own, desk.get(f"/desk/invitations/{noor.id}/event/{event.id}")):
        assert said in shown(answer)
        assert 'name="email"' not in answer.text
        assert 'name="list-people"' not in answer.text


@ways
def test_who_was_invited_while_it_was_open_reads_what_they_can_do(client, noor, becomes, said):
    event = make_event(capacity=5, contact_email="vragen@example.org")
    invitation = make_invitation(event, noor)
    becomes(event)
    page = client.get(link_of(invitation))
    assert said in shown(page)
    assert "Ja, ik kom" not in page.text
    assert {
        elsewhere: 'href="https://tickets.example.org/7"',
        not_yet: "Dat kan vanaf dinsdag 9 maart 2027 om 12.53 uur.",
    }.get(becomes, "mailto:vragen@example.org") in shown(page).replace("\u2060", "").replace(
        "\u00a0", " "
    )
    assert "Nee, ik kom niet" in page.text
    assert client.post(f"{link_of(invitation)}/decline").status_code == 303
    assert db.session.get(Invitation, invitation.id).status is Status.DECLINED
    assert "Nee, ik kom niet" not in client.get(link_of(invitation)).text


def test_without_an_address_for_questions_the_ambassador_answers(client, noor):
    event = make_event(capacity=5)
    invitation = make_invitation(event, noor)
    closed(event)
    assert "Vraag het aan Noor Demo" in shown(client.get(link_of(invitation)))


def test_an_event_without_a_date_is_not_over(client, noor, noon):
    event = make_event(capacity=5)
    invitation = make_invitation(event, noor)
    postponed(event)
    noon.set(SOON + timedelta(minutes=1, seconds=0.3))
    page = shown(client.get(link_of(invitation)))
    assert "uitgesteld" in page
    assert "voorbij" not in page


def test_only_events_with_registration_here_are_offered_and_an_open_one_first(client, desk, noor):
    for number, becomes in enumerate((without_form, elsewhere, closed)):
        becomes(make_event(f"Dicht {number}", capacity=5, starts_at=SOON - timedelta(days=number)))
    make_event("Laatste", capacity=5, starts_at=SOON + timedelta(days=3))
    page = client.get(page_of(noor)).text
    assert "<h2>Laatste</h2>" in page
    assert "Dicht 2" in page
    for answer in (page, desk.get("/desk/invitations/").text):
        assert "Dicht 0" not in answer
        assert "Dicht 1" not in answer


def test_an_invitation_from_a_page_that_was_open_goes_to_the_event_on_it_or_to_none(client, noor):
    event, other = make_event(capacity=5), make_event("Een andere", capacity=5)
    set_event(event, status=EventStatus.CANCELLED)
    answer = client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    assert answer.status_code == 409
    assert "gaat niet door" in answer.text
    assert db.session.scalar(select(func.count(Invitation.id))) == 0
    set_event(other, status=EventStatus.DRAFT)
    for key in (other.id, 0, "", 10**30):
        assert client.post(f"{page_of(noor)}/invite?event={key}", data=GUEST).status_code == 404


@pytest.mark.parametrize("access", [Access.INVITATION, Access.UNLISTED])
def test_where_not_everybody_can_register_there_is_no_link_to_share(client, noor, access):
    event = make_event(capacity=5)
    set_form(event, access=access)
    page = client.get(page_of(noor)).text
    assert 'id="share-link"' not in page
    assert "Deel uw link" not in page or "geen link" in page
    assert "Ja, ik kom" in client.get(link_of(make_invitation(event, noor))).text


def test_who_said_yes_and_cancelled_can_still_come(client, noor):
    """By the same link, also where nobody else can register."""
    event = make_event(capacity=2)
    set_form(event, access=Access.INVITATION)
    invitation = make_invitation(event, noor)
    page = link_of(invitation)
    assert client.post(f"{page}/accept", data=GUEST).status_code == 303
    assert f"{page}/accept" not in client.get(page).text
    assert client.post(f"{mailed_link(GUEST['email'])}/cancel").status_code == 303
    db.session.expire_all()
    text = shown(client.get(page))
    assert "en u komt niet meer" in text
    assert "U bent nog steeds welkom." in text
    assert f"{page}/accept" in text
    assert client.post(f"{page}/accept", data=GUEST).status_code == 303
    db.session.expire_all()
    assert invitation.registration.status is PlaceStatus.CONFIRMED


def test_a_no_or_a_withdrawal_from_an_older_page_says_how_it_stands(client, desk, noor):
    invitation = make_invitation(make_event(capacity=2), noor)
    page = link_of(invitation)
    client.post(f"{page}/accept", data=GUEST)
    at_the_desk = f"/desk/invitations/{noor.id}/event/{invitation.event_id}"
    for browser, path, leads_to in (
        (client, f"{page}/decline", page),
        (client, f"{page_of(noor).partition('?')[0]}/withdraw/{invitation.id}", page_of(noor)),
        (desk, f"/desk/invitations/withdraw/{invitation.id}", at_the_desk),
    ):
        answer = browser.post(path, follow_redirects=True)
        assert answer.request.path == leads_to.partition("?")[0]
        assert "eze uitnodiging is al beantwoord of ingetrokken." in answer.text
    db.session.expire_all()
    assert invitation.registration.status is PlaceStatus.CONFIRMED


def test_who_said_yes_reads_on_the_invitation_what_became_of_the_event(client, noor):
    event = make_event(capacity=2)
    page = link_of(make_invitation(event, noor))
    client.post(f"{page}/accept", data=GUEST)
    postponed(event)
    text = shown(client.get(page))
    assert "Deze bijeenkomst is uitgesteld" in text
    assert "18 maart 2027" not in text
    set_event(event, status=EventStatus.CANCELLED)
    text = shown(client.get(page))
    assert "Deze bijeenkomst gaat niet door" in text
    assert "u komt niet meer" not in text
