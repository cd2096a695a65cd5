import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select, update

from events_app.contacts.actions import erase_people
from events_app.contacts.models import LinkWish
from events_app.core import clock, tokens
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode
from events_app.invitations.models import Ambassador, Invitation, Status
from events_app.registrations.models import Registration
from events_app.registrations.models import Status as Place
from events_app.registrations.rules import Applicant
from tests.conftest import dealt, run_all_now
from tests.factories.events import make_event, make_venue
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.registrations import make_form, registered


@pytest.fixture
def event(app):
    return make_event(capacity=5)


@pytest.fixture
def noor(event):
    return make_ambassador()


def page_of(ambassador):
    return "/ambassador/" + tokens.derived("ambassador", ambassador.seed)


def link_of(invitation):
    return "/invitation/" + tokens.derived("invitation", invitation.seed)


GUEST = {
    "name": "Ben Demo", "email": "ben@example.org", "organisation": "ROC Voorbeeld",
    "words": "Kom vooral.", "address_source": "regionaal netwerk", "language": "nl",
}  # fmt: skip


def test_an_ambassador_invites_from_their_own_page(client, event, noor):
    answer = client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    assert answer.status_code == 303
    assert "ben@example.org" in client.get(answer.location).text


def test_looking_at_an_invitation_changes_nothing(client, event, noor):
    invitation = make_invitation(event, noor)
    for method in (client.get, client.head):
        assert method(link_of(invitation)).status_code == 200
    assert db.session.get(Invitation, invitation.id).status is Status.SENT


def test_an_online_event_has_no_venue_on_any_page(client, noor):
    event = make_event(
        capacity=5, attendance_mode=AttendanceMode.ONLINE, venue=make_venue("De Hal", "Delft")
    )
    page = client.get(link_of(make_invitation(event, noor))).text
    assert "Online" in page
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == "ben@example.org")
    ).one()
    assert letter.slots["place"] == ["text", "Online"]
    assert "De Hal" not in page
    assert "Delft" not in client.get(f"{page_of(noor)}?event={event.id}").text


def test_declining_takes_one_click_and_can_be_repeated(client, event, noor):
    invitation = make_invitation(event, noor)
    for _ in range(2):
        assert client.post(f"{link_of(invitation)}/decline").status_code == 303
    db.session.refresh(invitation)
    assert invitation.status is Status.DECLINED


def test_accepting_leads_to_a_filled_in_form_that_takes_a_place(client, event, noor):
    invitation = make_invitation(event, noor)
    page = client.get(f"{link_of(invitation)}/accept").text
    assert 'value="Ben Demo"' in page
    assert 'value="ben@example.org"' in page
    data = {"name": "Ben Demo", "email": "ben@example.org", "organisation": "ROC Voorbeeld"}
    answer = client.post(f"{link_of(invitation)}/accept", data=data)
    assert answer.status_code == 303
    registration = db.session.scalars(select(Registration)).one()
    assert registration.source == "invitation"
    assert registration.claim.pool.taken == 1
    db.session.refresh(invitation)
    assert invitation.status is Status.ACCEPTED


@pytest.mark.parametrize("path", ["", "/accept"])
def test_a_foreign_or_altered_link_opens_nothing(client, event, noor, path):
    good = link_of(make_invitation(event, noor))
    last = "A" if good[-1] != "A" else "B"
    for link in (
        good[:-1] + last,
        page_of(noor).replace("ambassador", "invitation"),
        "/invitation/x",
    ):
        assert client.get(link + path).status_code == 404


def test_the_pages_are_nobodys_to_keep(client, event, noor):
    for link in (page_of(noor), link_of(make_invitation(event, noor))):
        headers = client.get(link).headers
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]


def test_a_list_says_what_became_of_each_line(client, event, noor):
    pasted = "Ana; ana@example.org; ROC\nno address\nBen; ben@example.org"
    make_invitation(event, noor)
    answer = client.post(
        f"{page_of(noor)}/list?event={event.id}",
        data={"list-people": pasted, "list-address_source": "netwerk", "list-language": "nl"},
    )
    assert "no address</strong>" in answer.text
    kept = re.search(r"<textarea[^>]*list-people[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)[1]
    assert "ana@example.org" not in kept
    assert "ben@example.org" in kept
    assert "no address" in kept


@pytest.mark.parametrize(
    ("line", "why"),
    dealt(
        [
            ("a.bare@example.org; b.bare@example.org; c.bare@example.org", "meer dan een adres"),
            ("a.comma@example.org, b.comma@example.org", "meer dan een adres"),
            ("Jan Demo <jan@example.org>; Piet Demo <piet@example.org>", "meer dan een adres"),
            ("a.space@example.org b.space@example.org", "meer dan een adres"),
            ("Jan\tde Vries\tjan@example.org\tROC Noord", "naam; adres; organisatie"),
            ("ROC Noord;Jan Demo;jan@example.org", "naam; adres; organisatie"),
            ("Jan Demo; jan@", "geen e-mailadres"),
        ]
    ),
)
def test_a_line_that_can_be_read_in_two_ways_is_not_sent_and_stays_as_typed(
    client, event, noor, line, why
):
    data = {"list-people": f"{line}\nAns; ans@example.org", "list-address_source": "netwerk",
            "list-language": "nl"}  # fmt: skip
    page = client.post(f"{page_of(noor)}/list?event={event.id}", data=data).text
    assert why in page
    (field,) = html.fromstring(page).xpath("//textarea[@name='list-people']/text()")
    assert field.strip() == line
    assert [i.email for i in db.session.scalars(select(Invitation))] == ["ans@example.org"]


def test_of_a_long_list_the_first_are_sent_and_the_rest_stays_in_the_field(client):
    event, noor = make_event(capacity=500), make_ambassador(quota=300)
    typed = [f"Gast {n}; gast{n}@example.org; ROC" for n in range(1, 121)]
    data = {"list-people": "\n".join(typed), "list-address_source": "netwerk",
            "list-language": "nl"}  # fmt: skip
    address = f"{page_of(noor)}/list?event={event.id}"
    assert "Wij versturen er 100 tegelijk" in client.get(page_of(noor)).text
    page = client.post(address, data=data).text
    assert "100 uitnodigingen zijn onderweg." in page
    assert "20 regels staan nog in het veld" in page
    (left,) = html.fromstring(page).xpath("//textarea[@name='list-people']/text()")
    assert left.split("\n") == ["", *typed[100:]] or left.strip().splitlines() == typed[100:]
    assert client.post(address, data={**data, "list-people": left}).status_code == 303
    invited = [i.email for i in db.session.scalars(select(Invitation).order_by(Invitation.id))]
    assert invited == [f"gast{n}@example.org" for n in range(1, 121)]


def test_once_all_invitations_are_used_it_is_said_once_for_all_lines(client):
    event, noor = make_event(capacity=500), make_ambassador(quota=3)
    typed = [f"Gast {n}; gast{n}@example.org; ROC" for n in range(1, 121)]
    data = {"list-people": "\n".join(["no address", *typed]), "list-address_source": "netwerk",
            "list-language": "nl"}  # fmt: skip
    page = client.post(f"{page_of(noor)}/list?event={event.id}", data=data).text
    assert "3 uitnodigingen zijn onderweg." in page
    assert page.count("U hebt alle 3 uitnodigingen voor deze bijeenkomst gebruikt.") == 1
    assert "no address</strong>" in page
    assert "En nog 91 regels." in page
    assert "Verstuur nu de rest" not in page, "there is nothing left to send them with"
    (left,) = html.fromstring(page).xpath("//textarea[@name='list-people']/text()")
    assert left.strip().splitlines() == ["no address", *typed[3:]]


SAID = {
    Place.PENDING: "Nog niet bevestigd", Place.CONFIRMED: "Komt",
    Place.WAITLISTED: "Op de wachtlijst",
    Place.OFFERED: "Plaats aangeboden", Place.CANCELLED: "Komt niet meer",
    Place.REJECTED: "Niet toegekend", Place.EXPIRED: "Plaats vervallen",
}  # fmt: skip


def figure(page, name):
    found = html.fromstring(page).xpath(f"//dt[.='{name}']/following-sibling::dd[1]/text()")
    return int(found[0])


@pytest.mark.parametrize("place", dealt(list(Place)))
def test_only_a_guest_with_a_place_is_coming(client, desk, event, noor, place):
    invitation = make_invitation(event, noor)
    with saving():
        made = registered(event, Applicant(name="Ben Demo", email="ben@example.org"))
        invitation.status, invitation.registration = Status.ACCEPTED, made
        made.status = place
    page = client.get(page_of(noor)).text
    at_desk = desk.get(f"/desk/invitations/{noor.id}/event/{event.id}").text
    for each in (page, at_desk):
        cells = html.fromstring(each).xpath("//td[@data-label='Antwoord']//text()")
        assert "".join(cells).strip() == SAID[place]
    counted = [figure(page, name) for name in ("Komt", "Op de wachtlijst", "Komt niet")]
    waits = place in (Place.PENDING, Place.WAITLISTED, Place.OFFERED)
    comes = place is Place.CONFIRMED
    assert counted == [comes, waits, not comes and not waits]
    row = html.fromstring(desk.get("/desk/invitations/").text).xpath("//td[@class='number']")
    by_name = {cell.get("data-label"): cell.text for cell in row}
    names = ("Komt", "Op de wachtlijst", "Komt niet")
    assert [int(by_name[name]) for name in names] == counted
    guest = client.get(link_of(invitation)).text
    assert ("U hebt ja gezegd</strong>" in guest) is comes


def test_a_full_event_says_before_inviting_that_the_guest_will_wait(client, desk, noor):
    event = make_event("Vol", capacity=1)
    registered(event)
    page = client.get(f"{page_of(noor)}?event={event.id}").text
    assert "Wie u nu uitnodigt, komt op de wachtlijst." in page
    assert "komt op de wachtlijst" in desk.get(f"/desk/invitations/{noor.id}/event/{event.id}").text
    client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    invitation = db.session.scalars(select(Invitation)).one()
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == "ben@example.org")
    ).one()
    assert "Alle plaatsen zijn op dit moment bezet." in letter.body.text
    assert "komt u op de wachtlijst" in client.get(link_of(invitation)).text
    assert "Wachtlijst" in client.get(f"{link_of(invitation)}/accept").text


def test_an_event_with_places_says_how_many_and_its_letter_says_nothing_of_a_line(
    client, event, noor
):
    registered(event)
    assert "Er zijn nog 4 plaatsen vrij." in client.get(page_of(noor)).text
    client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == "ben@example.org")
    ).one()
    assert "bezet" not in letter.body.text


def test_nobody_is_invited_to_a_full_event_without_a_waiting_list(client, noor):
    event = make_event("Vol", capacity=1)
    make_form(event, capacity=1, has_waiting_list=False)
    registered(event)
    page = client.get(f"{page_of(noor)}?event={event.id}").text
    assert "U kunt nu niemand uitnodigen." in page
    answer = client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    assert answer.status_code == 409
    assert "er is geen wachtlijst" in answer.text
    assert "Kom vooral." in answer.text
    assert db.session.scalars(select(Invitation)).all() == []


def test_asking_for_the_link_tells_nobody_who_is_an_ambassador(app, client, noor, statements):
    """Neither by words nor by the clock: the same statements, and the letter is a job's work."""
    seen = set()
    for email in ("noor@example.org", "nobody@example.org", "Noor@Example.org"):
        del statements[:]
        seen.add((client.post("/ambassador", data={"email": email}).text, tuple(statements)))
    assert len(seen) == 1
    assert not db.session.scalars(select(OutboxMessage)).all()
    db.session.rollback()
    run_all_now(app)
    assert [m.to_email for m in db.session.scalars(select(OutboxMessage))] == ["noor@example.org"]


def test_a_wish_of_yesterday_is_dropped(app, client, noor):
    """The worker was away; nobody waits for the link any more."""
    client.post("/ambassador", data={"email": "noor@example.org"})
    with saving():
        db.session.execute(update(LinkWish).values(asked_at=clock.now() - timedelta(days=1)))
    run_all_now(app)
    assert not db.session.scalars(select(OutboxMessage)).all()
    assert not db.session.scalars(select(LinkWish)).all()


def test_who_is_erased_leaves_no_wish(app, client, noor):
    client.post("/ambassador", data={"email": "noor@example.org"})
    with saving():
        erase_people([noor.person_id])
    assert not db.session.scalars(select(LinkWish)).all()


def test_an_ambassador_who_left_gets_no_link(app, client, noor):
    with saving():
        noor.is_active = False
    client.post("/ambassador", data={"email": "noor@example.org"})
    run_all_now(app)
    assert not db.session.scalars(select(OutboxMessage)).all()


def test_words_of_an_ambassador_are_text_never_markup(client, event, noor):
    bad = dict(GUEST, words="<script>alert(1)</script>", name='"><img src=x onerror=alert(1)>')
    client.post(f"{page_of(noor)}/invite?event={event.id}", data=bad)
    invitation = db.session.scalars(select(Invitation)).one()
    for page in (link_of(invitation), page_of(noor)):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_desk_appoints_and_mails_the_link(desk, event):
    data = {
        "name": "Noor Demo",
        "email": "noor@example.org",
        "language": "nl",
        "quota": "5",
        "is_active": "y",
    }
    assert desk.post("/desk/invitations/new", data=data).status_code == 303
    ambassador = db.session.scalars(select(Ambassador)).one()
    assert ambassador.quota == 5
    assert db.session.scalars(select(OutboxMessage)).one().kind == "invitations/ambassador_link"
    assert "Noor Demo" in desk.get("/desk/invitations/").text


def test_a_refused_invitation_keeps_what_was_typed(client, event, noor):
    make_invitation(event, noor)
    answer = client.post(f"{page_of(noor)}/invite?event={event.id}", data=GUEST)
    assert answer.status_code == 409
    assert "Kom vooral." in answer.text


def test_a_few_events_are_tabs_and_more_are_a_list_to_choose_from(client, desk, event, noor):
    second = make_event("De tweede", capacity=5)
    for browser, path in ((client, page_of(noor)), (desk, "/desk/invitations/")):
        page = browser.get(f"{path}?event={second.id}").text
        assert re.search(
            r'class="tabs".*aria-current="page">De tweede · 18 mrt 2027, 13.00<', page, re.DOTALL
        )
        assert '<select class="input" id="event"' not in page
    for number in range(4):
        make_event(f"Nog een {number}", capacity=5)
    for browser, path in ((client, page_of(noor)), (desk, "/desk/invitations/")):
        page = browser.get(f"{path}?event={second.id}").text
        assert 'class="tabs"' not in page
        assert f'<option value="{second.id}" selected>De tweede · 18 mrt 2027, 13.00<' in page
        assert f'method="get" action="{path}"' in page or f'action="{path}" method="get"' in page


def test_making_an_ambassador_of_one_who_is_leaves_that_one_as_it_was(desk, noor):
    typed = {
        "name": "Ander", "email": "Noor@Example.org", "language": "nl", "quota": "3",
        "title_nl": "Anders", "is_active": "y",
    }  # fmt: skip
    answer = desk.post("/desk/invitations/new", data=typed)
    assert answer.status_code == 409
    assert "Dit is het adres van Noor Demo" in answer.text
    assert 'value="Ander"' in answer.text
    db.session.expire_all()
    kept = db.session.scalars(select(Ambassador)).one()
    assert (kept.quota, kept.title, kept.person.name) == (20, noor.title, "Noor Demo")


def test_who_stopped_is_brought_back(desk, noor):
    with saving():
        db.session.execute(update(Ambassador).values(is_active=False))
    typed = {
        "name": "Noor Demo", "email": "noor@example.org", "language": "nl", "quota": "3",
        "title_nl": "Anders", "is_active": "y",
    }  # fmt: skip
    assert desk.post("/desk/invitations/new", data=typed).status_code == 303
    db.session.expire_all()
    kept = db.session.scalars(select(Ambassador)).one()
    assert (kept.quota, kept.is_active) == (3, True)


def test_two_ambassadors_of_one_name_are_told_apart_at_the_desk(desk, event):
    for number in range(2):
        new = {"name": "Sam Gelijk", "email": f"sam{number}@example.org", "language": "nl"}
        new |= {"quota": "5", "is_active": "y"}
        assert desk.post("/desk/invitations/new", data=new).status_code == 303
    made = db.session.scalars(select(Ambassador).order_by(Ambassador.id)).all()
    pages = [desk.get(f"/desk/invitations/{one.id}/event/{event.id}").text for one in made]
    for number, page in enumerate(pages):
        assert f"sam{number}@example.org" in html.fromstring(page).xpath("string(//main)")
    journal = html.fromstring(desk.get("/desk/accounts/journal").text).xpath("string(//main)")
    for number in range(2):
        assert f"Sam Gelijk · sam{number}@example.org ambassadeur" in " ".join(journal.split())
