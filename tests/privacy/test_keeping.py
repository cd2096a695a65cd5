"""What has served its time goes by itself, at night."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from events_app.accounts.models import JournalEntry
from events_app.accounts.rules import KEEP_LINES
from events_app.app import COMPONENTS
from events_app.capacity import queries as capacity
from events_app.contacts import actions as contacts
from events_app.contacts import queries as people
from events_app.contacts.models import Membership, Person, Purpose
from events_app.contacts.rules import KEEP_IDLE, KEEP_PROOF
from events_app.core import queue, tokens
from events_app.core.components import holdings
from events_app.core.db import db, saving
from events_app.events.models import Status as EventStatus
from events_app.invitations import actions as invitations
from events_app.invitations.models import Ambassador, Invitation
from events_app.invitations.rules import KEEP_GUESTS
from events_app.newsletters.actions import subscribing
from events_app.newsletters.models import Subscription, SubscriptionRequest
from events_app.newsletters.rules import consent
from events_app.privacy import actions
from events_app.privacy.queries import idle_people
from events_app.registrations import jobs as registrations
from events_app.registrations import queries
from events_app.registrations.actions import erasing
from events_app.registrations.models import Participant, Registration
from events_app.registrations.rules import KEEP_CONFIRMED, KEEP_OTHERS
from tests.conftest import NOON, SERVER, dequeued
from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_invitation, profile
from tests.factories.newsletters import link_of, make_reader
from tests.factories.registrations import ANA, MIA, RUI, make_form, registered
from tests.privacy.planting import EMAIL, found, in_files, plant

HOLDINGS = holdings(COMPONENTS)
LONG = timedelta(days=3 * 365)
NIGHT = ("delivery.sweep", *queue._nightly)


def night(noon, moment):
    """A night at this moment, in as many batches as it takes: the last one changes nothing."""
    noon.set(moment)
    for _batch in range(8):
        with changes() as made:
            for name in NIGHT:
                queue._jobs[name]()
        if not made:
            break
    else:
        pytest.fail(f"each batch of the night changes something again: {made}")
    db.session.expire_all()


@contextmanager
def changes():
    """The statements that change a row meanwhile."""
    made = []

    def note(_connection, cursor, statement, *_):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and cursor.rowcount:
            made.append(statement)

    sa.event.listen(db.engine, "after_cursor_execute", note)
    yield made
    sa.event.remove(db.engine, "after_cursor_execute", note)


def held(model, column="email"):
    return sorted(filter(None, db.session.scalars(sa.select(getattr(model, column)))))


@pytest.fixture
def event(app):
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    registered(event, ANA)
    registered(event, RUI)  # waits, and gets no place
    return event


def test_after_years_nothing_is_left_of_who_has_no_part_any_more(app, desk, noon):
    plant(app, desk, is_ambassador=False)
    _has_no_part_any_more(app)
    assert found()
    night(noon, NOON + LONG)
    night(noon, NOON + LONG + timedelta(days=31))  # letters that could not leave are kept a month
    assert found() == set()
    if not SERVER:
        db.session.remove()
        app.extensions["queue"].tell("privacy.tidy", ())
        for task in dequeued(app):  # a worker empties SQLite's log after each nightly job
            task.execute()
        assert in_files(app) == set()


def _has_no_part_any_more(app):
    person = people.person_by_email(EMAIL)
    subscription = db.session.scalars(sa.select(Subscription)).one()
    assert app.test_client().post(f"/unsubscribe/{link_of(subscription)}").status_code == 200
    with saving():
        db.session.execute(sa.delete(Membership).where(Membership.person_id == person.id))


def test_who_is_still_a_contact_or_a_reader_stays(app, noon):
    make_person("contact@example.org", organisation=make_organisation())
    make_reader("reader@example.org")
    make_ambassador("Noor Demo", "noor@example.org")
    make_person("nothing@example.org")
    night(noon, NOON + LONG)
    assert held(Person) == ["contact@example.org", "noor@example.org", "reader@example.org"]


def test_who_got_no_place_goes_after_a_month_and_who_had_one_after_a_year(event, noon):
    night(noon, event.ends_at + KEEP_OTHERS - timedelta(seconds=1))
    assert held(Participant) == [ANA.email, RUI.email]
    night(noon, event.ends_at + KEEP_OTHERS)
    assert held(Participant) == [ANA.email]
    night(noon, event.ends_at + KEEP_CONFIRMED - timedelta(seconds=1))
    assert held(Participant) == [ANA.email]
    night(noon, event.ends_at + KEEP_CONFIRMED)
    assert held(Participant) == []
    assert capacity.miscounted(limit=9) == []
    assert sum(queries.counts(event.id).values()) == 2


def test_an_event_without_a_date_is_not_over(event, noon):
    with saving():
        event.status, event.changed_at = EventStatus.POSTPONED, event.ends_at
    later = event.ends_at + KEEP_CONFIRMED
    night(noon, later - timedelta(seconds=1))
    assert held(Participant) == [ANA.email, RUI.email]  # who waits hopes for the day to come
    night(noon, later)
    assert held(Participant) == []


def test_wiping_people_goes_on_in_batches(event, noon, monkeypatch):
    for number in range(3):
        registered(make_event(slug=f"more-{number}", capacity=3), MIA)
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    night(noon, event.ends_at + LONG)
    assert held(Participant) == []


def test_a_wiped_registration_opens_no_door_and_breaks_none(event, noon, desk, client):
    ana = db.session.scalars(sa.select(Registration).order_by(Registration.id)).first()
    code = ana.code
    link = f"/registration/{tokens.derived('registration', ana.contact.seed)}"
    assert client.get(link).status_code == 200
    night(noon, event.ends_at + LONG)
    assert client.get(link).status_code == 404
    assert desk.get(f"/desk/registrations/{event.id}/{ana.id}").status_code == 404
    people_page = desk.get(f"/desk/registrations/{event.id}?lang=en").text
    assert people_page.count("wiped") == 2
    assert code not in people_page
    listed = desk.get(f"/desk/registrations/{event.id}/list.csv", buffered=True).text
    assert len(listed.splitlines()) == 3
    assert ANA.name not in listed


def test_a_wiped_registration_gets_no_letter_when_the_event_comes_back(event, noon):
    night(noon, event.ends_at + LONG)
    with saving():
        event.starts_at = event.ends_at = noon.moment + timedelta(days=50)
        event.revision += 1
        event.changed_at = noon.moment
    noon.set(noon.moment + timedelta(hours=1))
    registrations.follow(event.id)
    with saving():
        event.status = EventStatus.CANCELLED
    assert queries.called_off(limit=5) == []


def test_guests_are_known_until_a_month_after_the_event(app, noon):
    event = make_event(capacity=3)
    invitation = make_invitation(event, make_ambassador())
    night(noon, event.ends_at + KEEP_GUESTS - timedelta(seconds=1))
    assert held(Invitation) == ["ben@example.org"]
    night(noon, event.ends_at + KEEP_GUESTS)
    kept = db.session.get(Invitation, invitation.id)
    assert (kept.name, kept.email, kept.organisation, kept.address_source) == ("", "", "", "")
    assert (kept.status, kept.ambassador_id) == ("sent", invitation.ambassador_id)


def test_the_proof_of_consent_stays_two_years_after_it_was_withdrawn(app, noon, client):
    reader = make_reader("reader@example.org")
    assert client.post(f"/unsubscribe/{link_of(reader)}").status_code == 200
    night(noon, NOON + KEEP_PROOF)
    assert len(people.consents(people.person_by_email("reader@example.org"))) == 1
    night(noon, NOON + KEEP_PROOF + timedelta(seconds=1))
    assert held(Person) == []


def test_the_journal_is_kept_two_years(app, desk, noon):
    with saving():
        contacts.add_person(
            contacts.Card(name="Ana", email="ana@example.org", language="nl", phone=""),
            by=desk.staff, now=NOON,
        )  # fmt: skip
    night(noon, NOON + KEEP_LINES)
    assert held(JournalEntry, "verb") == ["contacts.added_person"]
    night(noon, NOON + KEEP_LINES + timedelta(seconds=1))
    assert held(JournalEntry, "verb") == []


def test_a_person_who_gets_a_part_meanwhile_stays(app, noon):
    person = make_person("late@example.org")
    idle = [person.id]
    make_person("x@example.org", organisation=make_organisation())
    with saving():
        db.session.add(Membership(person_id=person.id, organisation_id=1, title=""))
    with saving():
        actions.forget_idle(idle, holdings=HOLDINGS, now=NOON + LONG)
    assert "late@example.org" in held(Person)


@pytest.mark.skipif(not SERVER, reason="SQLite has one writer: nobody is busy with a person then")
def test_a_person_whom_somebody_is_giving_a_part_stays(app, noon):
    """Their row is held by who gives it; the night leaves it to another night."""
    person, organisation = make_person("busy@example.org"), make_organisation()
    make_person("idle@example.org")
    noon.set(NOON + LONG)
    idle = idle_people(noon.moment, holdings=HOLDINGS, limit=9)
    assert len(idle) == 2
    with db.engine.connect() as other:
        other.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update())
        other.execute(
            sa.insert(Membership).values(
                person_id=person.id, organisation_id=organisation.id, title=""
            )
        )
        with saving():
            actions.forget_idle(idle, holdings=HOLDINGS, now=noon.moment)
        other.commit()
    db.session.expire_all()
    assert held(Person) == ["busy@example.org"]


def test_who_loses_the_last_part_is_kept_a_year_from_then(app, desk, noon):
    person = make_person("left@example.org", organisation=make_organisation())
    part = people.memberships(person)[0]
    late = NOON + LONG
    with saving():
        contacts.leave(part, by=desk.staff, now=late)
    night(noon, late + KEEP_IDLE)
    assert held(Person) == ["left@example.org"]
    night(noon, late + KEEP_IDLE + timedelta(seconds=1))
    assert held(Person) == []


def test_an_ambassador_who_stopped_goes_after_a_year(app, noon):
    noor, late = make_ambassador(), NOON + LONG
    make_invitation(make_event(capacity=5, starts_at=late + 2 * KEEP_IDLE), noor)
    with saving():
        contacts.give_consent(
            noor.person, Purpose.SHOWN_AS_AMBASSADOR, wording="Ja", wording_version="1", how="x",
            evidence={}, now=NOON,
        )  # fmt: skip
    night(noon, late)
    with saving():
        invitations.change(noor, profile(is_active=False), by=None, now=NOON)
        db.session.flush()
        db.session.execute(sa.update(JournalEntry).values(at=late))
    night(noon, late + KEEP_IDLE)
    assert held(Person) == ["noor@example.org"]
    night(noon, late + KEEP_IDLE + timedelta(seconds=1))
    assert held(Person) == []
    kept = db.session.scalars(sa.select(Invitation)).one()
    assert (kept.ambassador_id, kept.status, kept.words) == (None, "withdrawn", "")


def test_a_stopped_ambassador_with_another_part_is_a_contact_only(app, noon):
    noor = make_ambassador(is_active=False)
    with saving():
        organisation = make_organisation()
        db.session.add(Membership(person_id=noor.person_id, organisation_id=organisation.id))
    night(noon, NOON + LONG)
    assert held(Person) == ["noor@example.org"]
    assert held(Ambassador, "id") == []


def test_who_confirms_while_the_night_works_is_a_reader(app, client):
    person = make_person("reader@example.org")
    asked = {"name": "", "email": person.email, "language": "nl", "agreed": "y",
             "wording": consent.CURRENT}  # fmt: skip
    assert client.post("/newsletter/", data=asked).status_code in (200, 303)
    is_confirmed, holds_on = threading.Event(), 0.3

    def confirm():
        with app.app_context(), saving():
            request = db.session.scalars(sa.select(SubscriptionRequest)).one()
            subscribing.confirm(request, now=NOON + LONG)
            is_confirmed.set()
            time.sleep(holds_on)

    thread = threading.Thread(target=confirm)
    thread.start()
    assert is_confirmed.wait(5)
    with saving():
        actions.forget_idle([person.id], holdings=HOLDINGS, now=NOON + LONG)
    thread.join()
    db.session.expire_all()
    assert held(Person) == ["reader@example.org"]
    assert held(Subscription, "status") == ["active"]


def test_who_comes_after_somebody_has_nothing_of_theirs(app, desk, noon):
    make_event()
    before = make_person("before@example.org")
    number = before.id
    card = {"name": "Before Demo", "email": before.email, "language": "nl", "phone": ""}
    assert desk.post(f"/desk/contacts/people/{before.id}/edit", data=card).status_code == 303
    night(noon, NOON + KEEP_IDLE + timedelta(days=1))
    assert held(Person) == []
    after = make_person("after@example.org")
    assert after.id != number
    told = desk.post("/desk/contacts/privacy/file", data={"email": after.email}).json
    assert told["journal"] == []
