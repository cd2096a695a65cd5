"""Every letter of the house, brought about as in life, sent over a real line and read back."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from lxml import html
from sqlalchemy import select

from events_app.accounts import actions as accounts
from events_app.accounts.models import Role
from events_app.accounts.rules import Colleague
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.core.letters import kinds
from events_app.delivery import jobs as delivery
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode
from events_app.invitations import actions as invitations
from events_app.newsletters import jobs as newsletters
from events_app.newsletters.actions import sending
from events_app.newsletters.models import IssueStatus
from events_app.newsletters.rules import consent
from events_app.registrations import actions, jobs
from tests.conftest import dequeued, signed_in
from tests.delivery.mail_server import MailServer
from tests.factories.accounts import make_staff
from tests.factories.contacts import make_person
from tests.factories.events import local, make_event
from tests.factories.invitations import make_ambassador, make_guest
from tests.factories.kits import make_kit, make_partner, page_of, publish
from tests.factories.newsletters import approved_issue, event_block, make_reader, mark_of
from tests.factories.registrations import ANA, RUI, mailed_link, make_form, registered

TO_US = {"site/contact"}
"""Always in Dutch: to the organisers."""
UNFILLED = re.compile(r"zq[a-z0-9]+qz|\{\{|\}\}|\{%|%\(\w+\)s|\bNone\b|\bLazyString\b")
WORDS = {"nl": r"\b(u|uw|het|een|niet|wij)\b", "en": r"\b(you|your|the|a|not|we)\b"}
ACTS = {}


def act(kind):
    """The function brings the letter about in a language; it gives the browser of who reads it."""

    def noted(function):
        ACTS[kind] = function
        return function

    return noted


class House:
    def __init__(self, app, noon, language):
        self.app, self.noon, self.language = app, noon, language
        self.owner = make_staff("owner@example.org", name="Olga Demo", role=Role.OWNER)
        title = {"nl": "Op de Bühne Energie", "en": "On Stage Energy"}
        self.event = make_event(title, capacity=1, slug="energie", summary=local("Kort."))

    def registered(self, who=ANA):
        return registered(self.event, replace(who, language=self.language))

    def post(self, address, browser=None, **data):
        browser = browser or self.app.test_client()
        answer = browser.post(f"{address}?lang={self.language}", data=data)
        assert answer.status_code in (200, 303), answer.text
        return browser

    def later(self, **more):
        self.noon.set(clock.now() + timedelta(**more))

    def move(self):
        self.event.starts_at += timedelta(hours=3)
        self.event.ends_at += timedelta(hours=3)
        self.event.revision += 1
        self.event.changed_at = clock.now()

    def work(self):
        """All jobs that were kicked, the sending too."""
        while tasks := dequeued(self.app):
            for task in tasks:
                task.execute()
        delivery.drain_transactional()
        delivery.drain_bulk()


# -- how each comes about


@act("registrations/confirmed")
def _confirmed(house):
    house.post("/events/energie/register", name=ANA.name, email=ANA.email)


@act("registrations/waiting")
def _waiting(house):
    registered(house.event, RUI)
    house.post("/events/energie/register", name=ANA.name, email=ANA.email)


@act("registrations/to_confirm")
def _to_confirm(house):
    make_form(house.event, capacity=20)
    for number in range(12):
        house.post("/events/energie/register", name="Gast", email=f"gast{number}@example.org")


@act("registrations/already")
def _already(house):
    for _ in range(2):
        house.post("/events/energie/register", name=ANA.name, email=ANA.email)
    jobs.remind()


@act("registrations/offered")
def _offered(house):
    rui = registered(house.event, RUI)
    house.registered()
    with saving():
        actions.give_up(rui, now=clock.now())


@act("registrations/expired")
def _expired(house):
    _offered(house)
    house.later(days=5)
    jobs.expire()


@act("registrations/cancelled")
def _cancelled(house):
    ana = house.registered()
    with saving():
        actions.give_up(ana, now=clock.now())


@act("registrations/changed")
def _changed(house):
    house.registered()
    with saving():
        house.move()
    house.later(hours=2)
    jobs.find_changes()


@act("registrations/postponed")
def _postponed(house):
    house.registered()
    with saving():
        events.postpone(house.event, words=local("De zaal is dicht."), by=None, now=clock.now())
    house.later(hours=2)
    jobs.find_changes()


@act("registrations/event_cancelled")
def _event_cancelled(house):
    house.registered()
    with saving():
        words = {"nl": "De zaal is dicht.", "en": "The hall is closed."}
        events.cancel(house.event, words=words, by=None, now=clock.now())
    house.later(hours=2)
    jobs.find_changes()


SAM, NEW, LEA = "sam@example.org", "nieuw@example.org", "lea@example.org"


@act("registrations/new_address")
def _new_address(house):
    house.registered()
    house.post(f"{mailed_link(ANA.email)}/address", email=NEW)


@act("registrations/address_changed")
def _address_changed(house):
    _new_address(house)
    house.post(mailed_link(NEW, "transfer"))


@act("registrations/hand_over")
def _hand_over(house):
    house.registered()
    house.post(f"{mailed_link(ANA.email)}/hand-over", name="Sam Demo", email=SAM)


@act("registrations/handed_over")
def _handed_over(house):
    _hand_over(house)
    house.post(mailed_link(SAM, "transfer"), name="Sam Demo")


@act("registrations/hand_over_declined")
def _hand_over_declined(house):
    _hand_over(house)
    house.post(f"{mailed_link(SAM, 'transfer')}/decline")


@act("registrations/guest")
def _guest(house):
    make_form(house.event, capacity=2, guests_max=1)
    house.registered(replace(ANA, guests=("Lea Demo",), guest_addresses=(LEA,)))
    jobs.tell_guests()


@act("registrations/guest_cancelled")
def _guest_cancelled(house):
    _guest(house)
    house.post(f"{mailed_link(ANA.email)}/cancel")


@act("registrations/guest_left")
def _guest_left(house):
    _guest(house)
    house.post(f"{mailed_link(LEA, 'guest')}/leave")


@act("accounts/invited")
def _invited(house):
    colleague = Colleague(
        name="Demo Nieuw", email="new@example.org", role=Role.EDITOR, language=house.language
    )
    with saving():
        accounts.invite(colleague, by=house.owner, now=clock.now())


@act("accounts/sign_in")
def _sign_in(house):
    make_staff("ed@example.org", language=house.language)
    return house.post("/sign-in", email="ed@example.org")


@act("delivery/trial")
def _trial(house):
    return house.post("/desk/delivery/trial", signed_in(house.app, Role.ORGANISER))


@act("site/contact")
def _contact(house):
    house.post("/contact", name="Demo Vraag", email="vraag@example.org", words="Is er een lift?")


@act("invitations/invitation")
def _invitation(house):
    guest = make_guest(language=house.language, words="Kom je ook?")
    noor = make_ambassador()
    with saving():
        invitations.invite(house.event, noor, guest, now=clock.now())


@act("invitations/ambassador_link")
def _ambassador_link(house):
    make_ambassador(language=house.language)
    house.post("/ambassador", email="noor@example.org")


@act("kits/partner_link")
def _partner_link(house):
    make_person("lid@example.org", organisation=make_partner(people=()), language=house.language)
    house.post("/partner", email="lid@example.org")


@act("kits/new_version")
def _new_version(house):
    partner = make_partner(people=())
    make_person("lid@example.org", organisation=partner, language=house.language)
    kit = make_kit(house.event)
    taken = house.app.test_client().get(f"{page_of(partner)}/kits/{kit.code}/v1.zip")
    assert taken.status_code == 200
    with saving():
        house.move()
    publish(kit)


@act("newsletters/confirm_subscription")
def _confirm_subscription(house):
    wish = {"email": "lezer@example.org", "name": "Demo", "language": house.language}
    house.post("/newsletter/", **wish, agreed="y", wording=consent.CURRENT)


@act("newsletters/already_subscribed")
def _already_subscribed(house):
    make_reader("lezer@example.org", language=house.language)
    _confirm_subscription(house)


@act("newsletters/welcome")
def _welcome(house):
    _confirm_subscription(house)
    asked = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    [link] = [v for kind, v in asked.slots.values() if kind == "url" and "confirm" in v]
    house.post(urlsplit(link).path)


@act("newsletters/held")
def _held(house):
    approver = make_staff("org@example.org", role=Role.ORGANISER, language=house.language)
    make_reader()
    issue = approved_issue(approver, blocks=[event_block(house.event)])
    with saving():
        issue.status, issue.send_at = IssueStatus.SCHEDULED, clock.now() + timedelta(hours=1)
        house.event.title = {"nl": "Anders"}
        house.move()
    newsletters.sweep()


@act("newsletters/issue")
def _issue(house):
    make_reader(language=house.language)
    seen = mark_of(house.event, house.language)
    blocks = [{"kind": "heading", "key": "1", "words": "Dit voorjaar"},
              event_block(house.event, key="2", note="", seen=seen)]  # fmt: skip
    issue = approved_issue(house.owner, language=house.language, blocks=blocks)
    with saving():
        sending.send(issue, by=house.owner, now=clock.now())


@act("registrations/hall_offered")
def _hall_offered(house):
    with saving():
        house.event.attendance_mode = AttendanceMode.MIXED
    rui = registered(house.event, RUI)
    house.registered(replace(ANA, is_online=True, waits_for_hall=True))
    with saving():
        actions.give_up(rui, now=clock.now())


@act("registrations/hall_expired")
def _hall_expired(house):
    _hall_offered(house)
    house.later(days=5)
    jobs.expire()


# -- read back


@pytest.fixture
def server(app):
    made = MailServer()
    app.config["SMTP_URL"] = made.url()
    yield made
    made.close()


def test_every_letter_is_brought_about_here():
    assert set(kinds()) - ACTS.keys() == set()


@pytest.mark.once
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", kinds())
def test_a_letter_arrives_whole_and_its_links_open(app, noon, server, kind, language):
    house = House(app, noon, language)
    reader = ACTS[kind](house) or app.test_client()
    house.work()
    db.session.rollback()
    wanted = select(OutboxMessage).where(OutboxMessage.kind == kind)
    row = db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()
    assert row, "the act writes no such letter"
    [mail] = [each.mail for each in server.received if each.mail["Message-ID"] == row.message_id]
    spoken = "nl" if kind in TO_US else language
    words, page = (mail.get_body((part,)).get_content() for part in ("plain", "html"))
    root = html.fromstring(page)
    assert mail["To"].addresses[0].addr_spec == row.to_email
    assert mail["Subject"].strip()
    assert root.get("lang") == row.language == spoken
    for read in (str(mail["Subject"]), words, page):
        assert UNFILLED.search(read) is None, UNFILLED.search(read)
    for read in (words, root.text_content()):
        assert re.search(WORDS[spoken], read, re.IGNORECASE)
    links = {a.get("href") for a in root.iter("a")} | set(re.findall(r"https?://\S+", words))
    ours = {link.rstrip(".,)") for link in links if link and link.startswith("http://localhost")}
    assert ours or kind in TO_US
    for link in sorted(ours):
        answer = reader.get(link.removeprefix("http://localhost"))
        assert answer.status_code in (200, 303), (link, answer.status_code)
        if answer.status_code == 303:
            assert answer.location.startswith("/sign-in"), link
