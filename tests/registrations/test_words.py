"""What letters and pages say of places is true for who reads it, however they take part."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.core import catalogues
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import Registration, Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event
from tests.factories.registrations import mailed_link, make_applicant, make_form, pool_of, taken

NOW = NOON + timedelta(minutes=7, seconds=9, microseconds=310_077)
LINE = re.compile(r"\bin line\b|\bin de rij\b", re.IGNORECASE)
PROMISE = re.compile(
    r"go(es)? to (someone else|the next)|went to|someone else can have"
    r"|(gaat|ging) (meteen )?naar (iemand|de volgende)|zodat iemand anders|doorgegeven",
    re.IGNORECASE,
)
FREES = "zodat uw plaats vrijkomt voor iemand anders"


def sentences():
    """Each in English and in Dutch."""
    for path in sorted(catalogues.FOLDER.glob("*.po")):
        for message in catalogues.read(path):
            for said in (message.id, message.string):
                yield from (said,) if isinstance(said, str) else said


def test_the_waiting_list_has_one_name_on_all_pages_and_in_all_letters():
    assert [each for each in sentences() if LINE.search(each)] == []


def test_nobody_is_told_that_their_place_goes_to_somebody_who_may_not_be_there():
    assert [each for each in sentences() if PROMISE.search(each)] == []


@pytest.fixture
def everybody(app, noon):
    """One of each standing, at an event in a hall and online. The place in the hall that is held
    stands at the end of the day.
    """
    noon.set(NOW)
    event = make_event(capacity=2, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=2)
    stands = {
        "hall": {},
        "online": {"is_online": True},
        "held": {"must_confirm": True},
        "held online": {"is_online": True, "must_confirm": True},
        "waiting": {},
        "held waiting": {"must_confirm": True},
    }
    made = {}
    for number, (name, how) in enumerate(stands.items()):
        who = make_applicant(number, is_online=how.get("is_online", False))
        with saving():
            ended = actions.register(form, who, now=NOW, must_confirm="must_confirm" in how)
        made[name] = ended.registration.id
    return event, made


def last_letters(made):
    """The words of the last letter to each."""
    db.session.expire_all()
    said = {}
    for name, key in made.items():
        registration = db.session.get(Registration, key)
        wanted = select(OutboxMessage).where(OutboxMessage.to_email == registration.email)
        last = db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()
        said[name] = last.kind.rpartition("/")[2], last.body.text, last.body.html
    return said


def moved(event, **values):
    with saving():
        for name, value in values.items():
            setattr(event, name, value)
        event.revision += 1
    jobs.find_changes()


def test_only_who_has_a_place_in_the_hall_reads_that_it_comes_free(everybody, noon):
    event, made = everybody
    before = last_letters(made)
    assert {name: kind for name, (kind, *_said) in before.items()} == {
        "hall": "confirmed", "online": "confirmed", "held": "to_confirm",
        "held online": "to_confirm", "waiting": "waiting", "held waiting": "to_confirm",
    }  # fmt: skip
    moved(event, starts_at=SOON + timedelta(hours=1), ends_at=SOON + timedelta(hours=3))
    after = last_letters(made)
    assert {kind for kind, *_said in after.values()} == {"changed"}
    for name, (_kind, *bodies) in {**after, "first": before["hall"]}.items():
        has_place = name in ("hall", "held", "first")
        for body in bodies:
            assert (FREES in " ".join(body.split())) is has_place, name
            assert ("Ga dan van de wachtlijst af" in body) is name.endswith("waiting"), name
    assert all(FREES not in " ".join(body.split()) for body in before["online"][1:])


def test_who_has_a_place_held_reads_of_a_postponement_until_when(everybody, client):
    event, made = everybody
    moved(event, status=EventStatus.POSTPONED)
    said = last_letters(made)
    assert {kind for kind, *_said in said.values()} == {"postponed"}
    for name, (_kind, *bodies) in said.items():
        for body in bodies:
            is_held = name in ("held", "held online")
            assert ("Wij houden uw plaats nog vast tot:" in body) is is_held, name
            in_line = "Wij houden een plek op de wachtlijst voor u vast tot:"
            assert (in_line in body) is (name == "held waiting"), name
            assert ("U houdt uw plaats." in body) is (name in ("hall", "online")), name
            assert ("U houdt uw plek op de wachtlijst." in body) is (name == "waiting"), name


HELD = {
    "held": Status.CONFIRMED,
    "held online": Status.CONFIRMED,
    "held waiting": Status.WAITLISTED,
}


@pytest.mark.parametrize(("name", "becomes"), HELD.items())
def test_what_is_held_at_a_postponed_event_is_kept_by_its_button(everybody, client, name, becomes):
    event, made = everybody
    registration = db.session.get(Registration, made[name])
    page = mailed_link(registration.email)
    moved(event, status=EventStatus.POSTPONED)
    shown = client.get(page).text
    assert "Mijn aanmelding bevestigen" in shown or f"{page}/confirm" in shown
    client.post(f"{page}/confirm")
    db.session.expire_all()
    registration = db.session.get(Registration, made[name])
    assert (registration.status, registration.confirm_by) == (becomes, None)
    with saving():
        assert actions.recount(now=NOW) == 0
    assert queries.unconfirmed(NOW + timedelta(days=2), limit=9) != []
    assert taken(event) == 2


def test_a_party_that_waits_is_not_told_that_all_places_are_taken(client, noon):
    """One place is free, and somebody alone could have it."""
    noon.set(NOW)
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=2)
    with saving():
        pool_of(event).taken = 1
    typed = {"name": "Ana", "email": "ana@example.org", "guest_1": "Rui", "party": "wait"}
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    page = client.get(answer.location).text
    letter = db.session.scalars(select(OutboxMessage)).one()
    own_page = client.get(mailed_link("ana@example.org")).text
    assert letter.kind == "registrations/waiting"
    for said in (page, letter.body.text, letter.body.html, own_page):
        assert "Alle plaatsen zijn bezet" not in said
    assert "Er zijn nu geen 2 plaatsen vrij" in page
    assert "Er zijn nu geen 2 plaatsen voor u vrij." in letter.body.text
