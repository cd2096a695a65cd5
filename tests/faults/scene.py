"""A house with somebody in every room, and everybody who may come to its doors.

A new kind of row: put its key in `Scene.at`, by the name that the addresses in doors.txt use.
A new kind of personal link: add who holds it to `Scene.visitors`.
"""

import io
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from PIL import Image
from sqlalchemy import select, update

from events_app.accounts import actions as accounts
from events_app.accounts.models import Role
from events_app.contacts import actions as contacts
from events_app.core import clock, tokens
from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery import actions as delivery
from events_app.delivery import rules
from events_app.delivery.models import OutboxMessage, PauseReason, State
from events_app.events import actions as events
from events_app.events.models import EventPartner, PartnerRole, Status
from events_app.invitations import actions as ambassadors
from events_app.invitations.models import Invitation
from events_app.kits import on_demand, queries
from events_app.newsletters.actions import subscribing, writing
from events_app.newsletters.models import IssueStatus
from events_app.newsletters.rules import Wish, consent
from events_app.registrations import actions as registering
from events_app.registrations import jobs, letters
from events_app.registrations import queries as registrations
from events_app.registrations.models import Answer, AskedOf, Participant, VisibleTo
from events_app.registrations.questions import KINDS, answered
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import NOON, signed_in
from tests.delivery.conftest import enqueued
from tests.factories.accounts import make_staff
from tests.factories.allotments import make_allotment, terms
from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import local, make_event, make_series, make_venue, theme
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.kits import make_kit
from tests.factories.newsletters import event_block, link_of, make_issue, make_reader
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    ids,
    mailed_link,
    make_form,
    make_options,
    make_question,
    registered,
    registered_as,
)

MADE_UP = "AAAAAAAAAAAAAAAAAAAAAA"
"""Looks like a token and is nobody's."""
COMPANION = "gijs@example.org"
ROLES = ("door", "editor", "organiser", "owner")
"""Each may what those before it may."""


@dataclass
class Visitor:
    name: str
    kind: str
    """What they are at a door: a role, or the holder of a kind of link."""
    token: str = MADE_UP
    """Of their own personal link."""
    session: str = ""
    """What their browser keeps."""

    def at(self, app):
        """A browser of theirs; what happens in it does not last."""
        browser = app.test_client()
        if self.session:
            browser.set_cookie(app.config["SESSION_COOKIE_NAME"], self.session)
        return browser

    def ask(self, app, address, method="GET", **more):
        return self.at(app).open(address, method=method, buffered=True, **more)


@dataclass
class Scene:
    app: object
    folder: object
    database: str
    at: dict = field(default_factory=dict)
    """What stands in the addresses of doors.txt, by name."""
    visitors: list = field(default_factory=list)
    pages: list = field(default_factory=list)
    """What stands behind its doors (visiting.py)."""

    def path(self, address, visitor=None):
        return address.format(**self.at, token=visitor.token if visitor else MADE_UP)

    def visitor(self, name):
        return next(each for each in self.visitors if each.name == name)

    def holder(self, who):
        """Who gets the furthest through a door that is open to `who`: the first of several."""
        kinds = who.split("+")
        wanted = "owner" if {*ROLES, "everyone"} & {*kinds} else kinds[0]
        return next((each for each in self.visitors if each.kind == wanted), self.visitors[0])


@contextmanager
def at_noon(monkeypatch_context):
    """For what is made once for many tests; the clock of a single test is `noon`."""
    with monkeypatch_context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        yield


def picture(width=32, height=20):
    made = io.BytesIO()
    drawn = Image.new("RGB", (width, height), "#ffffff")
    drawn.paste("#c2185b", (width // 4, height // 4, width // 2, height // 2))
    drawn.save(made, "PNG")
    return made.getvalue()


def furnish(scene):
    """In an app context; leaves no session open."""
    app = scene.app
    _events(scene)
    staff = {role: signed_in(app, Role(role)) for role in ROLES}
    _contacts(scene, staff["owner"].staff)
    with saving():
        entry = accounts.link_for_owner("owner@example.org", now=NOON)
    ana, ana_token = _attendee(scene)
    rui = db.session.scalars(registered_as(RUI.email)).one()
    successor = _successor(db.session.scalars(registered_as(ANA.email)).one(), scene.at["_plain"])
    noor, other = make_ambassador(), make_ambassador("Other Demo", "other@example.org")
    event = scene.at["_event"]
    invitation = make_invitation(event, noor)
    make_invitation(event, other, make_guest("Cas Demo", "cas@example.org"))
    with saving():
        mine = terms(3, other.person.label)
        ambassadors.hold_places(scene.at["_plain"], other, mine, by=None, now=NOON)
    held = make_allotment(scene.at["_plain"], 2)
    scene.at |= {"ambassador": noor.id, "invitation": invitation.id, "held": held.id}
    _kits(scene)
    reader = make_reader("reader@example.org", themes=("energie",))
    _newsletters(scene, staff["organiser"].staff)
    asker = _asker()
    _letters(scene)
    held = {
        "attendee": ("attendee", ana_token),
        "other attendee": ("attendee", tokens.derived("registration", rui.contact.seed)),
        "companion": ("companion", mailed_link(COMPANION, "guest").rpartition("/")[2]),
        "successor": ("successor", successor),
        "guest": ("guest", tokens.derived("invitation", invitation.seed)),
        "reader": ("reader", link_of(reader)),
        "asker": ("asker", asker),
        "ambassador": ("ambassador", tokens.derived("ambassador", noor.seed)),
        "other ambassador": ("ambassador", tokens.derived("ambassador", other.seed)),
        "partner": ("partner", tokens.derived("partner", scene.at["_partner"].seed)),
        "colleague": ("colleague", entry),
    }
    scene.visitors = [
        Visitor("visitor", "visitor"),
        *(Visitor(name, kind, token) for name, (kind, token) in held.items()),
        *(Visitor(role, role, session=_session(browser)) for role, browser in staff.items()),
    ]
    scene.visitor("attendee").session = _session(ana)
    for name in [name for name in scene.at if name.startswith("_")]:
        del scene.at[name]  # rows of a session that ends here
    db.session.remove()


def _session(browser):
    return browser.get_cookie("session").value


def _events(scene):
    cover = events.keep_cover(picture(640, 400))
    venue = make_venue(access_note=local("Er is een lift."), route_note=local("Bus 3."))
    series = make_series()
    words = {
        "summary": "Wat wij leerden.", "description": "Een *middag* op de planken.",
        "audience": "Wie leert en werkt.", "cover_alt": "Een zaal vol mensen.",
    }  # fmt: skip
    event = make_event(
        "Op de Bühne Energie", slug="energie", capacity=3, venue=venue, series=series, edition=1,
        cover_key=cover.key, cover_width=cover.width, cover_height=cover.height,
        cover_webp=cover.webp, cover_credit="Demo Foto", **words,
    )  # fmt: skip
    plain = make_event("Op de Bühne Water", slug="water", venue=venue, series=series, capacity=12)
    draft = make_event("Nog niet klaar", slug="draft", status=Status.DRAFT, venue=venue, **words)
    form = make_form(event, capacity=3, guests_max=2)
    at_the_door = {"text", "file"}
    asked = {
        kind: make_question(
            form, f"Vraag {kind}", kind=kind,
            visible_to=VisibleTo.DOOR if kind in at_the_door else VisibleTo.ORGANISERS,
            asked_of=AskedOf.EVERYONE if kind == "text" else AskedOf.CONTACT,
        )
        for kind in KINDS
    }  # fmt: skip
    answers = {
        question.id: answered(question, KINDS[kind].sample().sent, now=NOON)
        for kind, question in asked.items()
    }
    free = make_options(form, 3, None, label="Wandeling", help={"nl": "Buiten."})
    had = make_options(form, 9, 9, label="Werkplaats", visible_to=VisibleTo.DOOR)
    wanted = replace(RUI, guests=("Gijs Gast",), guest_addresses=(COMPANION,), answers=answers,
                     options=ids(had, "A"))  # fmt: skip
    rui = registered(event, wanted)
    jobs.tell_guests()
    with saving():
        registering.answer(rui.guests[0], {asked["text"].id: "Zuid"}, by=rui.guests[0], now=NOON)
    scene.at |= {
        "_event": event, "event": event.id, "slug": event.slug, "plain": plain.id, "_plain": plain,
        "draft": draft.id, "draft_slug": draft.slug, "series": series.id,
        "series_slug": series.slug, "venue": venue.id,
        "question": asked["choice"].id, "kind": "consent", "options": free.id,
        "_poster": asked["file"], "answer": _answer(rui, asked["file"]),
        "cover": cover.key[:12], "registration": rui.id, "guest": _guest(rui),
        "own_guest": _guest(rui), "guest_answer": rui.guests[0].answers[0].id,
        "theme": theme("energie").id,
    }  # fmt: skip


def _answer(registration, question):
    wanted = select(Answer.id).where(
        Answer.participant_id == registration.contact.id, Answer.question_id == question.id
    )
    return db.session.scalars(wanted).one()


def _guest(registration):
    wanted = select(Participant.id).where(
        Participant.registration_id == registration.id, ~Participant.is_contact
    )
    return db.session.scalars(wanted).one()


def _contacts(scene, owner):
    logo, _colour = contacts.keep_logo(picture(240, 120))
    partner = make_organisation("Techniekfonds Delta", is_partner=True, logo_key=logo,
                                website="https://delta.example.org/")  # fmt: skip
    make_organisation("ROC Voorbeeld")
    person = make_person("pim@example.org", name="Pim Demo", organisation=partner, title="Lid")
    colleague, closed = make_staff(), make_staff("closed@example.org", is_active=False)
    with saving():
        scene.at["_event"].partners.append(
            EventPartner(organisation=partner, role=PartnerRole.CO_HOST, position=0)
        )
        accounts.note("accounts.edited", colleague, colleague.name, by=owner, now=NOON,
                      before={"name": "Eerder"}, after={"name": colleague.name})  # fmt: skip
    scene.at |= {
        "_partner": partner, "partner": partner.id, "logo": logo[:16], "person": person.id,
        "membership": db.session.scalars(select(contacts.Membership.id)).first(),
        "colleague": colleague.id, "closed": closed.id,
    }  # fmt: skip


def _kits(scene):
    """A kit that is drawn for everyone who will look at it: looking then changes nothing."""
    event, partner = scene.at["_event"], scene.at["_partner"]
    kit = make_kit(event)
    version = queries.last_version(kit)
    for organisation in (None, partner):
        items = on_demand.items(on_demand.request_for(kit, version, organisation, "nl"))
    on_demand.card(event, "nl")
    for path in ("/cards/home.png", f"/series/{scene.at['series_slug']}/card.png"):
        assert scene.app.test_client().get(path).status_code == 200
    scene.at |= {
        "kit": kit.id, "kit_code": kit.code, "short": queries.links(kit, partner)["link"],
        "kit_file": next(item.path for item in items if item.file.role == "text/x"),
    }  # fmt: skip


def _attendee(scene):
    """Registers as people do, so that the browser keeps what it keeps."""
    browser = scene.app.test_client()
    poster = scene.at["_poster"]
    told = browser.post(
        f"/events/{scene.at['slug']}/register",
        data={"name": ANA.name, "email": ANA.email,
              f"question_{poster.id}": (io.BytesIO(pdf("Poster")), "Poster.pdf")},
    )  # fmt: skip
    assert told.status_code == 303, told.text
    ana = db.session.scalars(registered_as(ANA.email)).one()
    scene.at["own_answer"] = _answer(ana, poster)
    return browser, mailed_link(ANA.email).rpartition("/")[2]


def _successor(ana, water):
    """Who was offered a place. Ana wants another address."""
    giver = registered(water, MIA)
    with saving():
        registering.transfer(ana, email="new@example.org", is_hand_over=False, now=NOON)
        registering.transfer(
            giver, email="sam@example.org", name="Sam Demo", is_hand_over=True, now=NOON
        )
    return letters.transfer_token(registrations.transfer_of(giver.contact.id))


def _newsletters(scene, organiser):
    event = scene.at["_event"]
    shown = writing.developed(picture(64, 40))
    with saving():
        writing.show_to_all(shown, now=NOON)
    blocks = [
        {"kind": "heading", "key": "1", "words": "Dit voorjaar"},
        {"kind": "text", "key": "2", "words": "Er is **nieuws**."},
        event_block(event, key="3", note="Kom kijken."),
        {"kind": "quote", "key": "4", "words": "Zo leer je.", "name": "Demo", "role": "docent"},
        {"kind": "picture", "key": "5", "picture": shown.key, "alt": "Een zaal", "caption": "Daar",
         "credit": "Demo"},
        {"kind": "action", "key": "6", "words": "Doe mee.", "label": "Schrijf ons",
         "link": "https://example.org/"},
    ]  # fmt: skip
    issues = {
        "issue": {"blocks": blocks},
        "approved": {"status": IssueStatus.APPROVED, "content_hash": "0" * 64,
                     "approved_by": db.session.merge(organiser), "approved_at": NOON},
        "sent": {"blocks": blocks, "status": IssueStatus.DONE, "sent_at": NOON,
                 "events": {}, "letter": {"subject": "x", "text": "x", "html": "x"},
                 "counts": {"selected": 1, "inserted": 1, "left_out": {}}},
        "sending": {"status": IssueStatus.SENDING, "sent_at": NOON,
                    "counts": {"selected": 0, "inserted": 0, "left_out": {}}},
        "paused": {"status": IssueStatus.PAUSED, "sent_at": NOON,
                   "counts": {"selected": 0, "inserted": 0, "left_out": {}}},
    }  # fmt: skip
    made = {name: make_issue(slug=name, **more) for name, more in issues.items()}
    scene.at |= {name: issue.id for name, issue in made.items()}
    scene.at |= {"sent_slug": made["sent"].slug, "shown": shown.key}
    assert scene.app.test_client().get("/newsletter/sent/card.png").status_code == 200


def _asker():
    wish = Wish(email="asker@example.org", name="Demo Asker", language="nl", themes=(),
                wording_version=consent.CURRENT, page="/newsletter/")  # fmt: skip
    with saving():
        subscribing.ask(wish, visitor="127.0.0.1", now=NOON)
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == wish.email)
    ).one()
    link = next(value for kind, value in letter.slots.values() if "/confirm/" in value)
    return link.partition("?")[0].rpartition("/")[2]


def _letters(scene):
    with saving():
        accounts.ask_for_link("owner@example.org", browser="x", client="x", known=frozenset(),
                              now=NOON)  # fmt: skip
    with saving():
        accounts.mail_links(now=NOON)
    found = db.session.execute(select(OutboxMessage.kind, OutboxMessage.id)).all()
    keys = dict(found)
    _in_doubt(scene)
    scene.at |= {
        "letter": keys["registrations/confirmed"], "key_letter": keys["accounts/sign_in"],
    }  # fmt: skip
    assert db.session.scalar(select(Invitation.id).where(Invitation.id == scene.at["invitation"]))


def _in_doubt(scene):
    """Letters that wait for somebody's decision, and what stands still until somebody says so."""
    campaign = f"issue:{scene.at['paused']}"
    enqueued("doubt1@example.org", "doubt2@example.org", campaign=campaign, stream=Stream.BULK)
    enqueued("doubt3@example.org", "refused@example.org")
    states = {"doubt": State.UNCERTAIN, "refused": State.FAILED}
    with saving():
        for name, state in states.items():
            db.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.to_email.startswith(name))
                .values(state=state, changed_at=NOON)
            )
        delivery.pause(rules.campaign_subject(campaign), PauseReason.BLOCKED, now=NOON)
