"""Who asked to be forgotten after a backup was made is forgotten again when it is put back."""

import os
import re
import resource
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from config import from_environment
from events_app.accounts import actions as accounts
from events_app.accounts import queries as members
from events_app.accounts.actions import seat_owner
from events_app.accounts.models import Role, StaffMember
from events_app.accounts.rules import Colleague
from events_app.app import COMPONENTS
from events_app.backups import making
from events_app.backups.__main__ import main
from events_app.backups.archive import BackupError
from events_app.capacity.models import Pool
from events_app.contacts import queries as contacts
from events_app.core import clock, erasures, files, occupancy
from events_app.core.components import holdings
from events_app.core.db import db, saving
from events_app.core.erasures import LineKind, NotWritten
from events_app.core.occupancy import Occupied
from events_app.delivery.models import OutboxMessage
from events_app.delivery.rules import UNSENT
from events_app.events import queries as events
from events_app.invitations import actions as invitations
from events_app.privacy import actions as privacy
from events_app.privacy import jobs, queries
from events_app.registrations import actions as registrations
from events_app.registrations import jobs as registration_jobs
from events_app.registrations import queries as registered_queries
from events_app.registrations.models import Participant, Registration, Transfer
from tests.conftest import NOON, dealt, signed_in
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.newsletters import letters_to, make_reader
from tests.factories.registrations import (
    ANA,
    MIA,
    mailed_link,
    make_form,
    registered,
    registered_as,
)
from tests.privacy.planting import EMAIL, NAME, PHONE, found, plant

HOLDINGS = holdings(COMPONENTS)
PAST, SOON = timedelta(days=-3, seconds=0.7), timedelta(days=30, seconds=0.7)


def owner():
    with saving():
        return seat_owner("owner@example.org", name="Olga Demo", now=clock.now())


def event(slug, when):
    made = make_event(slug, slug=slug, capacity=9, starts_at=NOON + when)
    make_form(made, capacity=9, guests_max=2)
    return made


def by_address(ana):
    """At the desk, by the address."""
    with saving():
        naming = queries.naming(ana.email)
        privacy.erase(ana.email, holdings=HOLDINGS, naming=naming, by=owner(), now=clock.now())


def by_own_link(ana):
    with saving():
        registrations.give_up(registered_queries.reloaded(ana.id), now=clock.now())
    with saving():
        privacy.erase_registration(registered_queries.reloaded(ana.id), now=clock.now())


def of_a_guest(ana):
    guest = next(one for one in ana.participants if not one.is_contact)
    with saving():
        registrations.erase_guest(ana, guest.id, by=owner(), now=clock.now())


def names():
    return sorted(db.session.scalars(select(Participant.name).where(Participant.name != "")))


def typed(house, *words, **environ):
    """What `./run` says to these words."""
    said = CliRunner(env=house.environ | environ).invoke(main, list(map(str, words)))
    assert said.exit_code == 0, said.output
    return said.output


DOORS = [
    (by_address, [MIA.name]),
    (by_own_link, [MIA.name]),
    (of_a_guest, [ANA.name, MIA.name]),
]


def live_in(house):
    with house.open():
        owner()
        avond = event("avond", SOON)
        registered(avond, replace(ANA, guests=("Gerda Gast",)))
        registered(avond, MIA)


def ana():
    return db.session.scalars(registered_as(ANA.email)).one()


@pytest.mark.parametrize(("erase", "left"), dealt(DOORS))
def test_whoever_was_wiped_since_is_wiped_again(houses, house, target, erase, left, noon):
    live_in(house)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        erase(ana())
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1
    with other.open():
        assert names() == left
        coming = select(func.sum(Registration.party_size)).where(Registration.status == "confirmed")
        assert db.session.scalar(select(func.sum(Pool.taken))) == db.session.scalar(coming)


@pytest.mark.once
@pytest.mark.parametrize(("erase", "left"), DOORS)
def test_who_was_wiped_while_another_secret_key_was_in_use_does_not_come_back(
    houses, house, target, erase, left, noon
):
    live_in(house)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    house.environ["SECRET_KEY"] = newer = "another-key-of-more-than-thirty-characters"
    with house.open():
        erase(ana())
    del house.environ["SECRET_KEY"]
    other = houses("second")
    house.put_back_into(other)
    with pytest.raises(BackupError, match=r"requests \(1\), to be wiped .* ERASED_KEYS"):
        other.restore(file, now=NOON + timedelta(hours=1))
    said = typed(other, "restore", file, ERASED_KEYS=f"nokey {newer}")
    assert "Wiped again, because they asked since: 1." in said
    with other.open():
        assert names() == left


@pytest.mark.once
def test_lines_of_a_former_version_do_not_say_their_key_and_are_read(houses, house, target, noon):
    live_in(house)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        by_address(ana())
    for path in (house.folder / "erased").iterdir():
        lines = (" ".join(line.split()[:3]) for line in path.read_text().splitlines())
        path.write_text("\n".join(lines) + "\n")
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1


@pytest.mark.once
@pytest.mark.parametrize(("was", "became"), [("Gerda Gats", "Gerda Gast"), (ANA.name, ANA.name)])
def test_a_guest_is_known_again_whatever_the_name_was(houses, house, target, was, became, noon):
    """In the backup with a slip of the pen, or with the name of who brought them."""
    with house.open():
        owner()
        registered(event("avond", SOON), replace(ANA, guests=(was, "Cas Gast")))
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        guest = next(one for one in ana().participants if not one.is_contact)
        with saving():
            guest.name = became
        with saving():
            registrations.erase_guest(ana(), guest.id, by=owner(), now=clock.now())
        left = names()
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1
    with other.open():
        assert names() == left == sorted([ANA.name, "Cas Gast"])


def test_a_colleague_who_was_wiped_has_no_seat_again(houses, house, target, noon):
    with house.open():
        by = owner()
        with saving():
            colleague = Colleague(
                name="Wil Demo", email="wil@example.org", role=Role.ORGANISER, language="nl"
            )
            invited = accounts.invite(colleague, by=by, now=clock.now())
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        with saving():
            wil, by = members.member(invited.id), owner()
            accounts.close_access(wil, by=by, now=clock.now())
            accounts.remove(wil, by=by, now=clock.now())
        with saving():
            naming = queries.naming(wil.email)
            privacy.erase(wil.email, holdings=HOLDINGS, naming=naming, by=owner(), now=clock.now())
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1
    with other.open():
        assert [member.email for member in members.members()] == ["owner@example.org"]
        assert not queries.everything_on("wil@example.org", HOLDINGS).data["letters"]


@pytest.mark.once
@pytest.mark.parametrize(("erase", "_left"), DOORS)
def test_each_way_of_wiping_is_written_down_and_names_nobody(house, erase, _left, noon):
    live_in(house)
    with house.open():
        erase(ana())
    lines = list(erasures.lines(house.folder))
    assert {(line.at, line.kind is LineKind.BACKUP) for line in lines} == {(NOON, False)}
    (path,) = (house.folder / "erased").iterdir()
    assert not re.search(r"(?i)ana|gerda|@", path.read_text().replace("address", ""))
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.once
def test_who_came_back_after_being_wiped_stays(houses, house, target, noon):
    """Wiped before the backup, registered again since: that is in the backup, and stays."""
    live_in(house)
    with house.open():
        by_address(ana())
        noon.set(NOON + timedelta(minutes=3.3))
        registered(event("later", SOON), ANA)
    file = house.backup(target, now=NOON + timedelta(minutes=9.1))
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 0
    with other.open():
        assert ANA.name in names()


A_MONTH_AND_MORE = timedelta(days=33)
HOURS = timedelta(hours=3)


@pytest.mark.parametrize(
    ("by", "wrong_at_backup"), dealt([HOURS, A_MONTH_AND_MORE, 300 * HOURS], [False, True])
)
def test_who_was_wiped_behind_a_backup_is_wiped_again_whatever_the_clock_said(
    houses, house, target, by, wrong_at_backup, noon
):
    """Set back between backup and wiping, or set right after it was ahead at the backup. A wipe of
    long before stands in between by its time, and counts for nothing.
    """
    live_in(house)
    erasures.append(
        house.folder, erasures.Line(NOON + by / 2, LineKind.ADDRESS, mark_of(house, MIA))
    )
    file = house.backup(target, now=NOON + by if wrong_at_backup else NOON)
    noon.set(NOON if wrong_at_backup else NOON - by)
    with house.open():
        by_address(ana())
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1
    with other.open():
        assert names() == [MIA.name]


def mark_of(house, person):
    with house.open():
        return erasures.mark(LineKind.ADDRESS, person.email)


@pytest.mark.once
def test_who_was_being_wiped_while_the_backup_was_made_is_wiped_again(houses, house, target):
    """The line stands before that of the backup, the commit came after."""
    live_in(house)
    erasures.append(house.folder, erasures.Line(NOON, LineKind.ADDRESS, mark_of(house, ANA)))
    file = house.backup(target, now=NOON + timedelta(seconds=59.4))
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1


@pytest.mark.once
def test_a_clock_that_was_behind_does_not_cut_the_list_short(house, noon):
    """The night drops whole months: a line of today must not stand in one of long ago."""
    with house.open():
        erasures.note(LineKind.ADDRESS, "a@example.org", now=NOON)
        erasures.note(LineKind.ADDRESS, "b@example.org", now=NOON - timedelta(days=2000))
        erasures.forget(before=NOON - timedelta(days=35))
        marks = [line.mark for line in erasures.lines(house.folder)]
        assert marks == [erasures.mark(LineKind.ADDRESS, f"{x}@example.org") for x in "ab"]


def test_everything_of_the_address_goes_again(houses, house, target, noon):
    """Wherever the house can hold somebody, also where the address stands only among words."""
    with house.open() as app:
        plant(app, signed_in(app, Role.OWNER), is_ambassador=True)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        with saving():
            privacy.erase(
                EMAIL, holdings=HOLDINGS, naming=queries.naming(EMAIL), by=owner(), now=clock.now()
            )
        gone = found()
    other = houses("second")
    house.put_back_into(other)
    other.restore(file, now=NOON + timedelta(hours=1))
    with other.open():
        assert found() == gone


# -- under another address than in the backup


NEW, SAM = "nieuw@zwaluwstaart.example.org", "sam@example.org"


def corrected_at_the_desk(app):
    """By a colleague: of whoever is in the contacts, a reader and an ambassador besides."""
    person = contacts.person_by_email(EMAIL)
    card = {"name": NAME, "email": NEW, "language": "nl", "phone": PHONE}
    page = f"/desk/contacts/people/{person.id}/edit"
    assert signed_in(app, Role.ORGANISER).post(page, data=card).status_code == 303


def changed_by_own_link(app):
    posted(app, f"{mailed_link(EMAIL)}/address", email=NEW)
    posted(app, mailed_link(NEW, "transfer"))


def handed_over(app):
    posted(app, f"{mailed_link(EMAIL)}/hand-over", name="Sam Demo", email=SAM)
    posted(app, mailed_link(SAM, "transfer"), name="Sam Demo")


def changed_and_handed_over(app):
    changed_by_own_link(app)
    posted(app, f"{mailed_link(NEW)}/hand-over", name="Sam Demo", email=SAM)
    posted(app, mailed_link(SAM, "transfer"), name="Sam Demo")


def posted(app, page, **data):
    assert app.test_client().post(page, data=data).status_code == 303


def is_in_contacts():
    make_person(EMAIL, name=NAME, phone=PHONE)


def reads():
    make_reader(EMAIL, name=NAME)


def is_ambassador():
    event("avond", SOON)
    noor = make_ambassador(NAME, EMAIL)
    ben = make_guest("Ben Demo", "ben@example.org")
    make_invitation(events.by_slug("avond", public=False), noor, ben)
    with saving():
        invitations.send_link(noor, now=clock.now())


def comes():
    registered(event("avond", SOON), replace(ANA, name=NAME, email=EMAIL))


FORMER = [
    (is_in_contacts, corrected_at_the_desk, NEW),
    (reads, corrected_at_the_desk, NEW),
    (is_ambassador, corrected_at_the_desk, NEW),
    (comes, changed_by_own_link, NEW),
    (comes, handed_over, EMAIL),
    (comes, changed_and_handed_over, NEW),
]


@pytest.mark.parametrize(("begin", "move", "address"), dealt(FORMER))
def test_who_had_another_address_in_the_backup_is_wiped_again(
    houses, house, target, begin, move, address, noon
):
    """The letters of then go too, before and after the restore."""
    with house.open():
        owner()
        begin()
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open() as app:
        move(app)
        wiped(address)
        assert found() == set()
    other = houses("second")
    house.put_back_into(other)
    other.restore(file, now=NOON + timedelta(hours=1))
    with other.open():
        assert found() == set()


def wiped(address):
    with saving():
        naming = queries.naming(address)
        privacy.erase(address, holdings=HOLDINGS, naming=naming, by=owner(), now=clock.now())


def test_who_has_their_former_address_by_now_stays(houses, house, target, noon):
    """Mailboxes go to a successor: what they do there is theirs, also in a backup."""
    with house.open() as app:
        owner()
        comes()
        is_in_contacts()
        changed_by_own_link(app)
        registered(event("later", SOON), replace(MIA, email=EMAIL))
        corrected_at_the_desk(app)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        wiped(NEW)
        assert [letter.to_name for letter in letters_to(EMAIL)] == [MIA.name]
        left = names()
    other = houses("second")
    house.put_back_into(other)
    other.restore(file, now=NOON + timedelta(hours=1))
    with other.open():
        assert names() == left == [MIA.name]


def test_the_night_forgets_who_gave_a_place_away_with_the_oldest_backup(houses, noon):
    house = houses("first", BACKUP_DAYS="35")
    with house.open() as app:
        comes()
        handed_over(app)
        for days, is_known in ((34, True), (45, False)):
            noon.set(NOON + timedelta(days=days, seconds=0.3))
            registration_jobs.tidy()
            kept = db.session.scalars(select(Transfer)).one()
            assert (kept.giver is not None, kept.former_code is not None) == (is_known, is_known)


# -- nobody is written to because of a restore


def test_wiping_again_sends_nothing_by_itself(houses, house, target, noon):
    """The guest and who is next in line may have heard of it from the house before."""
    with house.open():
        owner()
        avond = event("avond", SOON)
        make_form(avond, capacity=2, guests_max=1)
        registered(
            avond, replace(ANA, guests=("Gerda Gast",), guest_addresses=("gerda@example.org",))
        )
        registered(avond, MIA)
        registration_jobs.tell_guests()
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open():
        by_address(ana())
    other = houses("second")
    house.put_back_into(other)
    other.restore(file, now=NOON + timedelta(hours=1))
    with other.open():
        letters = db.session.scalars(select(OutboxMessage)).all()
        assert {"registrations/guest_cancelled", "registrations/offered"} < {
            letter.kind for letter in letters
        }
        assert [letter.kind for letter in letters if letter.state in UNSENT] == []


# -- the list is missing


@pytest.mark.once
def test_without_the_list_a_backup_is_refused_unless_one_says_so(houses, house, target):
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    with pytest.raises(BackupError, match="--without-erasures"):
        other.restore(file)
    other.restore(file, without_erasures=True)
    with other.open():
        assert ANA.name in names()


@pytest.mark.once
def test_a_list_that_does_not_name_the_backup_is_no_list(houses, house, target):
    """Of another house, or begun anew since."""
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    live_in_list = houses("third")
    live_in(live_in_list)
    live_in_list.backup(target / "other.tar")
    live_in_list.put_back_into(other)
    with pytest.raises(BackupError, match="does not name this backup"):
        other.restore(file)


# -- the list itself


def test_a_line_is_there_before_the_commit(house):
    """A crash between the two leaves somebody on the list who is still there: no harm."""
    live_in(house)
    with house.open(), pytest.raises(ZeroDivisionError), saving():
        by = db.session.scalars(select(StaffMember)).one()
        privacy.erase(
            ANA.email, holdings=HOLDINGS, naming=queries.naming(ANA.email), by=by, now=clock.now()
        )
        written = [line.kind for line in erasures.lines(house.folder)]
        assert written == [LineKind.REGISTRATION, LineKind.ADDRESS]
        raise ZeroDivisionError
    with house.open():
        assert ANA.name in names()


@pytest.mark.once
def test_nobody_is_told_wiped_when_the_list_cannot_be_written(house):
    live_in(house)
    (house.folder / "erased").write_text("in the way")
    with house.open():
        with pytest.raises(NotWritten):
            by_address(ana())
        db.session.rollback()
        assert ANA.name in names()


@pytest.fixture
def of_another(request):
    """A folder of another user than the one who runs the tests, with a folder of root in it."""
    folder = Path(tempfile.mkdtemp())
    name = getattr(request, "param", "erased")
    (folder / name).mkdir(mode=0o755)
    (folder / name / "2027-01").touch(mode=0o644)
    os.chown(folder, NOBODY, -1)
    os.seteuid(NOBODY)
    yield folder
    os.seteuid(0)
    shutil.rmtree(folder)


NOBODY = 65_534
STORES = [each._folder for each in vars(files).values() if isinstance(each, files.Store)]


@pytest.mark.once
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("of_another", ["erased", "metrics", *STORES], indirect=True)
@pytest.mark.parametrize("use", [occupancy.enter, lambda at: occupancy.alone(at).__enter__()])
def test_a_folder_that_root_put_there_is_said_before_anything_is_served(of_another, use):
    [folder] = of_another.iterdir()
    with pytest.raises(Occupied, match=rf"{folder} is of another user.*chown"):
        use(of_another)


@pytest.mark.once
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_a_backup_names_the_list_that_cannot_be_written(of_another):
    settings = from_environment({"INSTANCE_DIR": str(of_another), "SECRET_KEY": "x" * 32})
    target = of_another / "backups"
    target.mkdir()
    with pytest.raises(BackupError, match=rf"{of_another}/erased cannot be written \(Permission"):
        making.make(settings, target, now=NOON)
    assert not list(target.iterdir())


@pytest.mark.parametrize("room", dealt([0, 60]))
def test_a_backup_names_the_list_for_which_there_is_no_room(house, target, room):
    live_in(house)
    with house.open():
        erasures.note(LineKind.ADDRESS, "a@example.org", now=NOON)
    said = rf"list in {house.folder}/erased cannot be written"
    path = house.folder / "erased" / f"{NOON:%Y-%m}"
    with no_room_behind(path, room), pytest.raises(BackupError, match=said):
        house.backup(target)
    assert not list(target.iterdir())


@pytest.mark.once
def test_who_wants_to_be_wiped_is_told_that_it_cannot_be_written_down(house, caplog):
    live_in(house)
    (house.folder / "erased").write_text("in the way")
    with house.open() as app:
        browser = signed_in(app, Role.ORGANISER)
        told = browser.post("/desk/contacts/privacy/erase?lang=en", data={"email": ANA.email})
        assert (told.status_code, "Nothing was changed" in told.text) == (503, True)
        assert f'value="{ANA.email}"' in told.text
        assert ANA.name in names()
    assert "nothing is changed" in caplog.text


@pytest.mark.once
def test_a_torn_line_takes_no_other_along(house):
    with house.open():
        erasures.note(LineKind.ADDRESS, "a@example.org", now=NOON)
        path = next((house.folder / "erased").iterdir())
        path.write_text(path.read_text() + "2027-01-14T11:00:00.5+00:00 addr")
        erasures.note(LineKind.ADDRESS, "b@example.org", now=NOON)
        marks = [line.mark for line in erasures.lines(house.folder)]
        assert marks == [erasures.mark(LineKind.ADDRESS, f"{x}@example.org") for x in "ab"]


@contextmanager
def no_room_behind(path, size):
    """The kernel takes as much of a file as fits, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with path.open("ab") as file:
        blank = LARGER_THAN_A_DATABASE - path.stat().st_size
        file.write(b" " * (blank - 1) + b"\n")  # one line: to read as many would take seconds
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGER_THAN_A_DATABASE + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


LARGER_THAN_A_DATABASE = 1 << 23


@pytest.mark.parametrize("room", dealt([1, 30, 60, 100, 128]))
def test_a_line_for_which_there_is_no_room_wipes_nobody_and_spoils_no_other(
    houses, house, target, room, noon
):
    live_in(house)
    file = house.backup(target)
    noon.set(NOON + timedelta(minutes=3.3))
    with house.open() as app:
        before, browser = names(), signed_in(app, Role.ORGANISER)
        with no_room_behind(house.folder / "erased" / f"{NOON:%Y-%m}", room):
            told = browser.post("/desk/contacts/privacy/erase?lang=en", data={"email": ANA.email})
            assert (told.status_code, "Nothing was stored" in told.text) == (503, True)
        assert names() == before
        erasures.note(LineKind.ADDRESS, MIA.email, now=clock.now())
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(hours=1)).erased == 1
    with other.open():
        assert MIA.name not in names()
        assert ANA.name in names()


SPOILT = [
    b"\xff\xfe address 0011\n", b"2027-01-1 address 0011\n",
    b"2027-01-14T11:00:00 address 0011\n", b"2027-01-14T11:00:00+00:00 robot 0011\n",
]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("line", SPOILT)
def test_a_list_that_cannot_be_read_is_refused_in_words(houses, house, target, line):
    """It may have been of somebody who asked to be forgotten."""
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    house.put_back_into(other)
    with (other.folder / "erased" / f"{NOON:%Y-%m}").open("ab") as spoilt:
        spoilt.write(line)
    with pytest.raises(BackupError, match=r"cannot be read.*whole copy"):
        other.restore(file)
    other.restore(file, without_erasures=True)


@pytest.mark.once
def test_a_list_of_a_newer_version_is_said_to_be_one(houses, house, target):
    """It has kinds of lines that this one does not know."""
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    house.put_back_into(other)
    line = f"{NOON.isoformat()} robot 0011 {'0' * 64}\n"
    with (other.folder / "erased" / f"{NOON:%Y-%m}").open("a") as list_:
        list_.write(line)
    with pytest.raises(BackupError, match=r"erased was written by a newer version.*git pull"):
        other.restore(file)


@pytest.mark.once
def test_the_list_is_kept_as_long_as_the_oldest_backup(houses, noon):
    house = houses("first", BACKUP_DAYS="35")
    with house.open():
        for day in range(0, 120, 5):
            noon.set(NOON + timedelta(days=day, seconds=0.3))
            erasures.note(LineKind.ADDRESS, f"{day}@example.org", now=clock.now())
            jobs.tidy()
            kept = [clock.now() - line.at for line in erasures.lines(house.folder)]
            assert max(kept) >= min(timedelta(days=35), timedelta(days=day))
            assert max(kept) <= timedelta(days=35 + 62)
