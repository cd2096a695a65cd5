"""Who unsubscribed, objected or withdrew a consent after a backup was made is written to no more
when it is put back.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.accounts.models import Role
from events_app.backups.archive import BackupError
from events_app.contacts import actions as contacts
from events_app.contacts.models import Consent, Person, Purpose
from events_app.contacts.queries import person_by_email
from events_app.core import clock, erasures, tokens
from events_app.core.db import db, saving
from events_app.core.erasures import LineKind
from events_app.delivery.models import Scope, SendingPause, State
from events_app.delivery.queries import is_suppressed
from events_app.events.queries import by_slug
from events_app.invitations.queries import INVITATION
from events_app.newsletters.models import Subscription
from tests.backups.test_backups import rewritten
from tests.backups.test_erased import SOON, event, owner, typed
from tests.conftest import NOON, dealt, signed_in
from tests.factories.contacts import make_person
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.newsletters import approved_issue, letters_to, link_of, make_reader
from tests.newsletters.test_sending import send

ANA, BO, BEN = "ana@example.org", "bo@example.org", "ben@example.org"
LATER, MUCH_LATER = timedelta(minutes=3.3), timedelta(hours=1)


def live_in(house):
    """Two readers have an issue that waits."""
    with house.open() as app:
        for email in (ANA, BO):
            make_reader(email)
        browser = signed_in(app, Role.OWNER)
        send(browser, approved_issue(browser.staff))


def restored(houses, house, file, **more):
    other = houses("second")
    house.put_back_into(other)
    return other, other.restore(file, now=NOON + MUCH_LATER, **more)


def readers():
    active = select(Subscription).where(Subscription.status == "active")
    return sorted(each.person.email for each in db.session.scalars(active))


def ended():
    wanted = select(Consent).where(Consent.withdrawn_at.is_not(None))
    return sorted(
        (each.person.email, each.purpose, each.withdrawn_at) for each in db.session.scalars(wanted)
    )


def subscription():
    wanted = select(Subscription).join(Person).order_by(Subscription.id)
    return db.session.scalars(wanted).first()


def at_desk(app, page, **data):
    there = f"/desk/contacts/people/{subscription().person_id}/{page}"
    assert signed_in(app, Role.ORGANISER).post(there, data=data).status_code == 303


def by_own_link(app):
    gone = app.test_client().post(f"/unsubscribe/{link_of(subscription())}")
    assert gone.status_code == 200


def under_another_address(app):
    at_desk(app, "edit", name="Ana", email="anders@example.org", language="nl", phone="")
    by_own_link(app)


def by_the_desk(app):
    at_desk(app, "consents/newsletter/withdraw")


@pytest.mark.parametrize("leave", dealt([by_own_link, under_another_address, by_the_desk]))
def test_who_left_since_is_no_reader_and_gets_nothing_that_waited(
    houses, house, target, leave, noon
):
    live_in(house)
    file = house.backup(target)
    noon.set(NOON + LATER)
    with house.open() as app:
        leave(app)
    other, done = restored(houses, house, file)
    assert (done.withdrawn, done.is_blind) == (1, False)
    with other.open():
        assert readers() == [BO]
        assert ended() == [(ANA, Purpose.NEWSLETTER, NOON + LATER)]
        states = [letters_to(email)[-1].state for email in (ANA, BO)]
        assert states == [State.CANCELLED, State.UNCERTAIN]


def test_who_left_before_the_backup_and_came_again_stays_a_reader(houses, house, target, noon):
    live_in(house)
    with house.open() as app:
        by_own_link(app)
        noon.set(NOON + LATER)
        with saving():
            again = subscription()
            again.status, again.ended_at = "active", None
            agree(again.person, Purpose.NEWSLETTER)
    file = house.backup(target, now=NOON + 2 * LATER)
    other, done = restored(houses, house, file)
    assert done.withdrawn == 0
    with other.open():
        assert readers() == [ANA, BO]


def test_every_consent_that_was_withdrawn_is_withdrawn_again_and_no_other(
    houses, house, target, noon
):
    with house.open():
        by = owner()
        for email in (ANA, BO):
            person = make_person(email)
            with saving():
                for purpose in (Purpose.PHOTO, Purpose.SHOWN_AS_AMBASSADOR):
                    agree(person, purpose)
    file = house.backup(target)
    noon.set(NOON + LATER)
    with house.open(), saving():
        ana = person_by_email(ANA)
        contacts.withdraw_at_desk(ana, Purpose.PHOTO, by=by, now=clock.now())
    other, done = restored(houses, house, file)
    assert done.withdrawn == 1
    with other.open():
        assert ended() == [(ANA, Purpose.PHOTO, NOON + LATER)]


def agree(person, purpose):
    contacts.give_consent(
        person, purpose, wording="Yes", wording_version="1", how="for a test", evidence={},
        now=clock.now(),
    )  # fmt: skip


def objecting(app, *, times=1):
    """Ben is invited, and wants none of it ever again."""
    noor = make_ambassador()
    made = make_invitation(by_slug("avond", public=False), noor, make_guest("Ben Demo", BEN))
    link = tokens.derived(INVITATION, made.seed)
    for _ in range(times):
        assert app.test_client().post(f"/invitation/{link}/object").status_code == 303


def test_who_objected_since_is_barred_again_though_the_backup_does_not_know_them(
    houses, house, target, noon
):
    with house.open():
        owner()
        event("avond", SOON)
    file = house.backup(target)
    noon.set(NOON + LATER)
    with house.open() as app:
        objecting(app)
    other, done = restored(houses, house, file)
    assert done.withdrawn == 1
    with other.open():
        assert is_suppressed(BEN, Scope.INVITATION)
        assert not is_suppressed(BEN, Scope.BULK)


@pytest.mark.once
def test_what_was_asked_under_another_secret_key_needs_it_unless_it_is_an_objection(
    houses, house, target, noon
):
    live_in(house)
    with house.open():
        event("avond", SOON)
    file = house.backup(target)
    noon.set(NOON + LATER)
    house.environ["SECRET_KEY"] = newer = "another-key-of-more-than-thirty-characters"
    with house.open() as app:
        objecting(app)
        noon.set(NOON + 2 * LATER)
        by_the_desk(app)
    del house.environ["SECRET_KEY"]
    with pytest.raises(BackupError, match=r"requests \(1\), .* written to no more, .* ERASED_KEYS"):
        restored(houses, house, file)
    said = typed(houses("third"), "restore", file, "--without-erasures")
    assert "Who unsubscribed, objected or withdrew" in said
    fourth = houses("fourth")
    house.put_back_into(fourth)
    said = typed(fourth, "restore", file, ERASED_KEYS=newer)
    assert "because people asked since: 2." in said
    assert "Who unsubscribed, objected or withdrew" not in said


@pytest.mark.once
def test_the_lines_name_nobody_and_asking_twice_writes_one(house):
    live_in(house)
    with house.open() as app:
        event("avond", SOON)
        objecting(app, times=2)
        by_own_link(app)
        by_the_desk(app)
    kinds = [line.kind for line in erasures.lines(house.folder)]
    assert sorted(kinds) == [LineKind.OBJECTED, LineKind.WITHDRAWN]
    (path,) = (house.folder / "erased").iterdir()
    assert not re.search(r"(?i)\bana\b|\bben\b|@", path.read_text())


@pytest.mark.once
def test_nobody_is_told_unsubscribed_when_it_cannot_be_written_down(house):
    live_in(house)
    (house.folder / "erased").write_text("in the way")
    with house.open() as app:
        told = app.test_client().post(f"/unsubscribe/{link_of(subscription())}?lang=en")
        assert (told.status_code, "Nothing was changed" in told.text) == (503, True)
        db.session.expire_all()
        assert readers() == [ANA, BO]


@pytest.mark.once
@pytest.mark.parametrize("words", ["withdrawn 0011", "objected invitation:00f"])
def test_a_torn_line_of_theirs_is_left_out(houses, house, target, words):
    live_in(house)
    file = house.backup(target)
    with (house.folder / "erased" / f"{NOON:%Y-%m}").open("a") as list_:
        list_.write(f"2027-01-14T11:05:00+00:00 {words}")
    _other, done = restored(houses, house, file)
    assert done.withdrawn == 0


@pytest.mark.once
def test_after_a_backup_of_a_former_version_a_person_has_to_enter_them(houses, house, target):
    """Its list had those only who were wiped."""
    live_in(house)
    file = house.backup(target)
    rewritten(file, lambda _members, words: words.update(format=1))
    other, done = restored(houses, house, file)
    assert done.is_blind
    with other.open() as app:
        reasons = set(db.session.scalars(select(SendingPause.reason)))
        assert reasons == {"restored_blind"}
        page = signed_in(app, Role.ORGANISER).get("/desk/delivery/?lang=en").text
        assert "who unsubscribed or objected since then is not known" in page
