"""The page after registering: the same for every address; nobody learns who is registered."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode
from events_app.registrations import jobs
from events_app.registrations.models import Access, Registration
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.registrations import (
    mailed_link,
    make_applicant,
    make_form,
    pool_of,
    registered,
)
from tests.pages import said as words_of

KNOWN, NEW = "anna1@example.org", "berta@example.org"
NOW = NOON + timedelta(minutes=7, seconds=11, microseconds=123_457)
PERSONAL = ("/registration/", ".ics", "HCT-")


def address(event):
    return f"/events/{event.slug}/register"


def kinds():
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def sent(browser, event, email, network="192.0.2.1", **more):
    typed = {"name": "Anna Demo", "email": email, **more}
    return browser.post(address(event), data=typed, environ_overrides={"REMOTE_ADDR": network})


def told(app, event, email, **more):
    """All that a browser of somebody hears, but for the address that they typed themselves."""
    browser = app.test_client()
    answer = sent(browser, event, email, **more)
    page = browser.get(answer.headers.get("Location", address(event)))
    with browser.session_transaction() as session:
        kept = repr({**session, "csrf_token": "-"}).replace(email, "-")
    return [*heard(answer, email), *heard(page, email), kept]


def heard(answer, email):
    left_out = {"Set-Cookie", "Date"}
    headers = sorted((name, v) for name, v in answer.headers.items() if name not in left_out)
    return [answer.status_code, headers, answer.text.replace(email, "-")]


def with_room():
    return make_event(capacity=20)


def with_one_place():
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    return event


def full_with_a_line():
    event = make_event(capacity=0)
    make_form(event, capacity=0)
    return event


def full():
    event = make_event(capacity=1)
    make_form(event, capacity=1, has_waiting_list=False)
    return event


def by_invitation():
    event = make_event(capacity=5)
    make_form(event, capacity=5)
    return event


@pytest.fixture
def at_odds(noon):
    noon.set(NOW)


@pytest.mark.parametrize(
    ("made", "before"),
    dealt([with_room, full_with_a_line, full, with_one_place], [0, 9, 10, 20]),
)
def test_a_known_address_hears_what_a_new_one_hears(app, at_odds, made, before):
    """Also when a party is too large, and beyond the tenth registration of a network."""
    event, other = made(), make_event(capacity=100)
    registered(event, make_applicant(1, email=KNOWN))
    if made is with_one_place:
        make_form(event, capacity=2)  # one is left for both of them
    networks = "192.0.2.7", "192.0.2.8"
    for number in range(before * 2):
        email, network = f"other{number}@example.org", networks[number % 2]
        assert sent(app.test_client(), other, email, network).status_code == 303
    known, fresh = (
        told(app, event, email, network=network)
        for email, network in zip((KNOWN, NEW), networks, strict=True)
    )
    assert known == fresh


def test_a_party_that_is_too_large_is_told_the_same_for_every_address(app, at_odds):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=3)
    registered(event, make_applicant(1, email=KNOWN))
    guests = {"guest_1": "Gast A", "guest_2": "Gast B"}
    assert told(app, event, KNOWN, **guests) == told(app, event, NEW, **guests)


NO_PLACE = "Er is nu geen plaats vrij"
BEFORE = "U hebt dit al eerder verstuurd"


@pytest.mark.once
@pytest.mark.parametrize("is_known", [False, True])
def test_who_may_have_the_last_place_is_not_told_that_there_is_none(client, at_odds, is_known):
    """Going back and sending again, also with an address that was registered before."""
    event = with_one_place()
    if is_known:
        registered(event, make_applicant(1, email=NEW))
        make_form(event, capacity=2)

    def page(email):
        return words_of(client.get(sent(client, event, email).location))

    assert "Er is plaats voor u" in page(NEW)
    if is_known:
        sent(client.application.test_client(), event, "cas@example.org")  # takes what was left
    for _again in range(2):
        again = page(NEW)
        assert (BEFORE in again, NO_PLACE in again) == (True, False)
        assert "hoe uw aanmelding ervoor staat" in again
    other = page("dirk@example.org")
    assert (BEFORE in other, NO_PLACE in other) == (False, True)
    assert NO_PLACE in page("dirk@example.org"), "in line from the first"


@pytest.mark.parametrize("capacity", [9, 1])
def test_a_guest_with_an_invitation_learns_no_more(app, at_odds, capacity):
    """Neither from the answer nor from the own page afterwards, with room or a line."""
    event, noor = make_event(capacity=capacity), make_ambassador()
    make_form(event, capacity=capacity, access=Access.INVITATION)
    registered(event, make_applicant(1, email=KNOWN), is_invited=True)
    said = []
    for number, email in enumerate((KNOWN, NEW)):
        invitation = make_invitation(event, noor, make_guest("Gast", f"g{number}@example.org"))
        link = invitation_link(invitation)
        browser = app.test_client()
        answer = browser.post(f"{link}/accept", data={"name": "Anna Demo", "email": email})
        db.session.expire_all()  # as in another process
        page, back = browser.get(answer.location), browser.get(link)
        (own_page,) = html.fromstring(back.text).xpath("//article")
        own_words = " ".join(own_page.text_content().split())
        said.append([*heard(answer, email), *heard(page, email), own_words])
    assert said[0] == said[1]
    assert "U hebt ja gezegd" in own_words


def invitation_link(invitation):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == invitation.email)
    letter = db.session.scalars(wanted).one()
    link = next(v for _kind, v in letter.slots.values() if "/invitation/" in v)
    return re.search(r"/invitation/[^/?]+", link)[0]


def with_few_left():
    event = make_event(capacity=40)
    make_form(event, capacity=4, over_allowance=0)
    return event


def with_fewer_than_ten():
    event = make_event(capacity=9)
    make_form(event, capacity=9)
    return event


def in_a_hall_and_online():
    event = make_event(capacity=30, attendance_mode=AttendanceMode.MIXED)
    make_form(event, capacity=30)
    return event


def full_but_open_online():
    event = make_event(capacity=1, attendance_mode=AttendanceMode.MIXED)
    make_form(event, capacity=1, has_waiting_list=False)
    return event


def open_until_a_day():
    event = make_event(capacity=25)
    make_form(event, capacity=25, closes_at=NOW + timedelta(days=1))
    return event


PAGES = (
    "/events/{0.slug}", "/events/{0.slug}/register", "/events/{0.slug}/register/received",
    "/events/{0.slug}.ics", "/events/", "/events/?q=stage", "/", "/events.ics", "/events.atom",
)  # fmt: skip
STATES = (
    with_room, full_with_a_line, full, with_few_left, with_fewer_than_ten, in_a_hall_and_online,
    full_but_open_online, open_until_a_day,
)  # fmt: skip


@pytest.mark.parametrize("made", dealt(STATES))
def test_no_page_of_an_event_tells_afterwards_whether_the_address_was_new(app, at_odds, made):
    """Nobody else is about: what another browser gets after a known and after a new address, to
    the byte and with all headers.
    """
    event = made()
    registered(event, make_applicant(1, email=KNOWN))
    seen = []
    for email in (None, KNOWN, NEW):
        if email:
            sent(app.test_client(), event, email, attends="hall")
        watcher = app.test_client()
        answers = [watcher.get(page.format(event)) for page in PAGES]
        seen.append([heard(answer, NEW) for answer in answers])
        assert {answer.status_code for answer in answers} <= {200, 304}
    assert token_free(seen[0]) == token_free(seen[1]) == token_free(seen[2])


def token_free(seen):
    """A form carries the token of its own reader."""
    return [
        [status, headers, re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)]
        for status, headers, page in seen
    ]


def test_what_is_left_is_told_in_tens(app, at_odds):
    """The negative control: where the words change, the pages do."""
    event = make_event(capacity=21)
    make_form(event, capacity=21)
    watcher = app.test_client()
    for number, words in ((1, "nog minstens 20"), (2, "nog minstens 10")):
        sent(app.test_client(), event, f"gast{number}@example.org")
        for page in PAGES[:2]:
            assert words in watcher.get(page.format(event)).text


@pytest.mark.parametrize("made", [with_room, full_with_a_line])
def test_a_known_address_takes_as_many_statements(app, at_odds, statements, made):
    event, counted = made(), []
    registered(event, make_applicant(1, email=KNOWN))
    for email in ("warm@example.org", KNOWN, NEW):
        browser = app.test_client()
        statements.clear()
        sent(browser, event, email, diet="vegan")
        counted.append(len(statements))
    assert 0 <= counted[1] - counted[2] <= 4, counted  # more of them, and lighter ones


def test_the_page_shows_what_was_typed_and_nothing_personal(client, at_odds):
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=2)
    answer = sent(client, event, "ana@exmaple.org", guest_1="Gast A")
    page = client.get(answer.location)
    found = html.fromstring(page.text)
    words = " ".join(found.xpath("string(//main)").split())
    for said in ("Anna Demo", "ana@exmaple.org", "Er is plaats voor 2 personen",
                 "Op de Bühne", "donderdag 18 maart 2027", f"/events/{event.slug}"):  # fmt: skip
        assert said in words
    assert not any(each in page.text for each in PERSONAL)
    assert "exmaple" not in answer.location
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Anna" not in found.findtext(".//title")


def test_what_was_typed_is_for_that_browser_that_event_and_an_hour(app, client, noon):
    noon.set(NOW)
    event, other = make_event(capacity=5), make_event(capacity=5)
    there = sent(client, event, NEW).location
    assert NEW in client.get(there).text
    assert NEW in client.get(there).text, "also when it is loaded again"
    assert NEW not in app.test_client().get(there).text
    assert NEW not in client.get(f"{address(other)}/received").text
    noon.set(NOW + timedelta(hours=1))
    assert NEW not in client.get(there).text


def test_the_owner_of_a_known_address_hears_of_it_once_a_day(client, noon):
    event = make_event(capacity=5)
    registered(event, make_applicant(1, email=KNOWN))
    for hours in (1, 2, 3, 30):
        noon.set(NOW + timedelta(hours=hours))
        sent(client, event, KNOWN)
        jobs.remind()
        jobs.remind()
    assert kinds() == ["registrations/confirmed", *["registrations/already"] * 2]
    letter = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert letter.to_email == KNOWN


def test_who_has_left_meanwhile_hears_nothing(client, at_odds):
    event = make_event(capacity=5)
    known = registered(event, make_applicant(1, email=KNOWN))
    sent(client, event, KNOWN)
    client.post(f"{mailed_link(known.email)}/cancel")
    jobs.remind()
    assert "registrations/already" not in kinds()


def test_a_known_address_takes_no_place(client, at_odds):
    event = make_event(capacity=5)
    known = registered(event, make_applicant(1, email=KNOWN))
    for _ in range(3):
        sent(client, event, KNOWN)
    db.session.expire_all()
    assert known.claim.pool.taken == 1
    assert len(db.session.scalars(select(Registration)).all()) == 1


@pytest.mark.parametrize(("left", "button"), [(1, "Kom alleen"), (2, "Kom met 1 gast")])
def test_a_party_larger_than_what_is_left_chooses(app, client, at_odds, left, button):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=3)
    with saving():
        pool_of(event).taken = 3 - left
    typed = {"guest_1": "Gast A", "guest_2": "Gast B", "organisation": "Demo bv"}
    answer = sent(client, event, NEW, **typed)
    assert answer.status_code == 409
    assert f"{left} plaats" in answer.text
    assert "u vraagt er 3" in answer.text
    assert button in answer.text
    assert "Wacht op 3 plaatsen" in answer.text
    found = html.fromstring(answer.text)
    assert found.xpath("//input[@name='guest_2']/@value") == ["Gast B"]
    assert found.xpath("//input[@name='organisation']/@value") == ["Demo bv"]
    assert not db.session.scalars(select(Registration)).all()
    assert kinds() == []
    fewer, wait = found.xpath("//button[@name='party']/@value")
    assert sent(client, event, NEW, **typed, party=fewer).status_code == 303
    assert sent(app.test_client(), event, KNOWN, **typed, party=wait).status_code == 303
    made = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    assert [(each.status.value, each.party_size) for each in made] == [
        ("confirmed", left), ("waitlisted", 3),
    ]  # fmt: skip
    names = [person.name for person in made[0].participants]
    assert names == ["Anna Demo", "Gast A"][:left]


def test_without_a_line_a_party_chooses_to_be_smaller(client, at_odds):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=3, has_waiting_list=False)
    answer = sent(client, event, NEW, guest_1="Gast A", guest_2="Gast B")
    assert answer.status_code == 409
    assert "Kom met 1 gast" in answer.text
    assert "Wacht op" not in answer.text


def test_an_invited_party_chooses_too(client, at_odds):
    event, noor = make_event(capacity=2), make_ambassador()
    make_form(event, capacity=2, guests_max=3)
    invitation = make_invitation(event, noor)
    link = f"{invitation_link(invitation)}/accept"
    typed = {"name": "Anna", "email": NEW, "guest_1": "Gast A", "guest_2": "Gast B"}
    answer = client.post(link, data=typed)
    assert answer.status_code == 409
    assert "Kom met 1 gast" in answer.text
    assert client.post(link, data={**typed, "party": "2"}).status_code == 303


@pytest.mark.parametrize("party", ["0", "-1", "99", "x", "9" * 400, "²", ""])
def test_a_forged_choice_takes_no_more_than_the_names(client, at_odds, party):
    event = make_event(capacity=9)
    make_form(event, capacity=9, guests_max=2)
    sent(client, event, NEW, guest_1="Gast A", party=party)
    made = db.session.scalars(select(Registration)).one()
    assert made.party_size == len(made.participants) <= 2
