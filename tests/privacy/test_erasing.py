"""Nothing is left of a person who asked, wherever the house can hold one."""

import json
import re
import sqlite3
import time
from contextlib import closing

import pytest
import sqlalchemy as sa

from events_app.accounts import actions as accounts
from events_app.accounts.models import JournalEntry, Role
from events_app.capacity import queries as capacity
from events_app.contacts import actions as contacts
from events_app.core import tokens
from events_app.core.db import BUSY_SECONDS, Base, db, forget_log, saving, writing
from events_app.delivery import actions as delivery
from events_app.delivery.actions import tidy
from events_app.delivery.models import OutboxMessage, Scope, State, SuppressionReason
from events_app.delivery.queries import is_suppressed
from events_app.invitations import actions as invitations
from events_app.invitations.models import Invitation
from events_app.invitations.rules import CannotInvite
from events_app.newsletters.actions import subscribing
from events_app.privacy import rules
from events_app.privacy.rules import Whose
from events_app.registrations import actions as registrations
from events_app.registrations import queries
from events_app.registrations.actions import erasing
from events_app.registrations.models import Answer, Registration, Status
from tests.conftest import NOON, SERVER, signed_in
from tests.factories.accounts import make_staff
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest
from tests.factories.newsletters import make_issue
from tests.factories.registrations import ANA, MIA, registered, registered_as
from tests.privacy.planting import EMAIL, NAME, found, holds, in_files, plant

PERSONAL = rules.columns()[Whose.PERSON]
UNSAID = {("outbox_message", "calendar"), ("outbox_message", "domain"), ("sending_pause", "detail")}
"""In the file as a fact, in the address, or about our own sending."""


@pytest.fixture
def planted(app, desk):
    return plant(app, desk, is_ambassador=True)


def erase(desk, email=EMAIL):
    return desk.post("/desk/contacts/privacy/erase", data={"email": email})


def everything(desk, email=EMAIL):
    return desk.post("/desk/contacts/privacy/file", data={"email": email})


def test_the_made_up_person_stands_in_every_column_that_can_hold_one(planted):
    assert sorted(set(PERSONAL) - found()) == [], "plant them there: tests/privacy/planting.py"
    assert sorted(found() - set(PERSONAL)) == [], "columns.txt says that nobody stands here"


def test_everything_that_is_found_stands_in_their_file(planted, desk):
    answer = everything(desk)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    said = json.dumps(json.loads(answer.text), ensure_ascii=False)
    unsaid = []
    with db.engine.connect() as connection:
        for table, column in sorted(set(PERSONAL) - UNSAID):
            values = connection.scalars(sa.select(Base.metadata.tables[table].c[column])).all()
            words = [word for value in values for word in leaves(value) if holds(word)]
            unsaid += [(table, column, word) for word in words if shown(word) not in said]
    assert unsaid == []
    assert "/registration/" not in said, "a personal link would open more than this file"


CODES = re.compile(r"[a-z]+(_[a-z]+)*|[a-z]{2,}-[a-z0-9]+")
STANDS = ("status", "state", "came_by")


def standing(value):
    """How things stand, wherever that is said in the file."""
    if isinstance(value, dict):
        yield from (value[name] for name in STANDS if value.get(name))
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from standing(inner)


def test_how_things_stand_is_said_in_words_and_not_in_codes(planted, desk):
    issue = make_issue(subject="Van de bühne")
    with saving():
        issue.source = "n-7kq2m4x"
        for registration in db.session.scalars(sa.select(Registration)):
            registration.source = issue.source
    said = [*standing(json.loads(everything(desk).text))]
    assert len(said) > 15
    assert [each for each in said if CODES.fullmatch(each)] == []
    assert "Nieuwsbrief: Van de bühne" in said


def leaves(value):
    if isinstance(value, dict):
        yield from (leaf for inner in value.values() for leaf in leaves(inner))
    elif isinstance(value, list):  # a letter's slot: kind and value
        yield value[1]
    elif value is not None:
        yield value


def shown(word):
    return json.dumps(word, ensure_ascii=False)[1:-1]


def test_nothing_is_left_in_any_column_of_any_table(planted, desk):
    assert erase(desk).status_code == 303
    assert found() == set()
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL}).text
    assert "Besides an objection we hold nothing" in page
    assert "/desk/contacts/privacy/erase" not in page


@pytest.mark.skipif(bool(SERVER), reason="on PostgreSQL the files are not ours")
def test_nothing_is_left_in_the_files(planted, desk, app):
    forget()
    sent = db.session.scalars(sa.select(Answer.file).where(Answer.file.is_not(None))).one()
    assert {"app.db", sent} <= in_files(app)
    erase(desk)
    forget()
    assert in_files(app) == set()


def forget():
    db.session.remove()
    forget_log()


@pytest.mark.once
@pytest.mark.parametrize(
    ("room", "step", "table"),
    [
        (erasing, "_wipe", "participant"),
        (invitations, "_wipe", "invitation"),
        (invitations, "erase_ambassador", "invitation"),
        (contacts, "erase_people", "membership"),
        (subscribing, "erase_requests", "subscription_request"),
        (tidy, "_wipe", "outbox_message"),
        (accounts, "blank_lines", "journal_entry"),
    ],
)
def test_an_erasure_that_forgets_a_step_is_found(planted, desk, monkeypatch, room, step, table):
    monkeypatch.setattr(room, step, lambda *_, **__: None)  # the erasure is what is tried here
    erase(desk)
    assert table in {name for name, _column in found()}


def test_their_places_go_to_who_waits_and_the_pools_are_right(planted, desk):
    erase(desk)
    mia = db.session.scalars(registered_as(MIA.email)).one()
    assert mia.status is Status.OFFERED
    assert capacity.miscounted(limit=9) == []
    with saving():
        assert registrations.recount(now=NOON) == 0


def test_figures_stay(planted, desk):
    before = {event.id: sum(queries.counts(event.id).values()) for event in planted.values()}
    erase(desk)
    after = {event.id: sum(queries.counts(event.id).values()) for event in planted.values()}
    assert after == before


def test_no_letter_leaves_any_more(planted, desk):
    erase(desk)
    left = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.is_wiped)).all()
    assert len(left) > len(State)
    waiting = {State.READY, State.DEFERRED, State.CLAIMED}
    assert not waiting & {letter.state for letter in left}


def test_an_objection_is_for_ever_and_nobody_is_written_to_twice(planted, desk):
    erase(desk)
    assert is_suppressed(EMAIL, Scope.INVITATION)
    with saving():
        db.session.execute(sa.text("DELETE FROM suppression"))
    other = make_ambassador("Other Demo", "other@example.org")
    with pytest.raises(CannotInvite), saving():
        invitations.invite(planted["invited"], other, make_guest(NAME, EMAIL), now=NOON)
    with saving():  # to another event they can be
        invitations.invite(planted["left"], other, make_guest(NAME, EMAIL), now=NOON)


def test_guests_of_an_ambassador_who_is_erased_keep_their_answer(planted, desk, client):
    erase(desk)
    ben = db.session.scalars(sa.select(Invitation).where(Invitation.name == "Ben Demo")).one()
    assert (ben.ambassador_id, ben.words, ben.status) == (None, "", "withdrawn")
    page = client.get(f"/invitation/{tokens.derived('invitation', ben.seed)}?lang=en")
    assert "has been withdrawn" in page.text
    answer = desk.post(f"/desk/invitations/withdraw/{ben.id}")
    assert (answer.status_code, desk.get(answer.location).status_code) == (303, 200)


def test_the_journal_says_who_erased_and_not_whom(planted, desk):
    erase(desk)
    line = db.session.scalars(
        sa.select(JournalEntry).where(JournalEntry.verb == "privacy.erased")
    ).one()
    assert (line.actor, line.subject_label) == (desk.staff.name, "")
    assert line.after == {"registrations": 4, "invitations": 2, "letters": line.after["letters"]}
    page = desk.get("/desk/accounts/journal?lang=en")
    assert "changed the data of someone who has been wiped" in page.text


def test_the_journal_says_who_took_a_file_and_not_of_whom(planted, desk):
    everything(desk)
    line = db.session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (line.verb, line.subject_label) == ("privacy.taken_along", "")


@pytest.mark.skipif(bool(SERVER), reason="the log is a file of SQLite's")
def test_a_log_that_a_writer_holds_is_emptied_another_time(app):
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with writing():
            forget_log()  # as after a request that wrote
        other.execute("ROLLBACK")


@pytest.mark.skipif(bool(SERVER), reason="the log is a file of SQLite's")
def test_a_log_that_a_reader_holds_is_not_waited_for(planted):
    """Who waits for the end of a long list keeps every writer out meanwhile."""
    planted["left"].title = {"nl": "Anders"}
    db.session.commit()
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        before = time.monotonic()
        forget_log()
        assert time.monotonic() - before < BUSY_SECONDS / 2
        reader.execute("ROLLBACK")


def test_others_keep_everything(planted, desk):
    ana = registered(planted["left"], ANA)
    erase(desk)
    db.session.expire_all()
    kept = queries.by_id(ana.id, event_id=planted["left"].id)
    assert (kept.name, kept.participants[0].name) == (ANA.name, ANA.name)


def test_before_wiping_the_desk_shows_what_follows(planted, desk):
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL.upper()}).text
    for words in (
        "Met plaats · 18 Mar 2027, 13:00: 2 places come free",
        "Vol · 18 Mar 2027, 13:00: they leave the waiting list",
        "They leave the contacts",
        "1 other registration counts on", "2 invitations to them are wiped",
        "They are no ambassador any more. 1 invitation without an answer is withdrawn",
        "no longer a contact of Demo Fonds", "stays, as a fingerprint", "do not leave",
    ):  # fmt: skip
        assert words in " ".join(page.split()), words


def test_a_bounce_is_no_objection_and_can_be_wiped(app, desk):
    with saving():
        delivery.suppress(EMAIL, Scope.ALL, SuppressionReason.BOUNCED, now=NOON)
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL}).text
    assert "stays, as a fingerprint" not in page
    assert "Wipe it for good" in page
    erase(desk)
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL}).text
    assert "We hold nothing on this address" in page


def test_who_is_erased_may_come_again(planted, desk, client):
    erase(desk)
    again = {"name": NAME, "email": EMAIL}
    path = f"/events/{planted['left'].slug}/register"
    assert client.post(path, data=again).status_code == 303
    assert erase(desk).status_code == 303
    assert client.post(path, data=again).status_code == 303


def test_a_text_of_a_colleague_that_holds_the_address_is_pointed_out(app, desk):
    make_event(contact_email=EMAIL, description=f"Vragen? Mail {EMAIL}.")
    make_person(EMAIL)
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL}).text
    assert "Colleagues wrote this address in a text" in page
    assert "<li>Events: 1</li>" in page


def test_a_colleague_is_not_wiped_here(app, desk):
    make_staff(EMAIL)
    answer = erase(desk)
    assert answer.status_code == 409
    assert (
        "under Colleagues"
        in desk.post("/desk/contacts/privacy/?lang=en", data={"email": EMAIL}).text
    )


def test_an_address_that_is_none_is_asked_for_again(app, desk):
    for path in ("", "file", "erase"):
        answer = desk.post(f"/desk/contacts/privacy/{path}", data={"email": "nobody"})
        assert answer.status_code == 422
        assert "error-summary" in answer.text


@pytest.mark.parametrize("role", [Role.DOOR, Role.EDITOR])
def test_only_organisers_come_here(app, role):
    browser = signed_in(app, role)
    assert browser.get("/desk/contacts/privacy/").status_code == 403
    for path in ("", "file", "erase"):
        assert (
            browser.post(f"/desk/contacts/privacy/{path}", data={"email": EMAIL}).status_code == 403
        )
