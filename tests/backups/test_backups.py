"""A backup puts the house back as it was, or refuses and changes nothing."""

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask_migrate import downgrade
from sqlalchemy import func, select

from events_app.accounts.actions import begin_session, seat_owner
from events_app.accounts.models import DeskSession
from events_app.app import COMPONENTS
from events_app.backups import archive
from events_app.backups.archive import BackupError
from events_app.contacts.models import Organisation, OrganisationKind
from events_app.core import files, occupancy
from events_app.core.components import holdings
from events_app.core.db import db, saving
from events_app.core.occupancy import Occupied
from events_app.delivery.models import OutboxMessage, SendingPause, State
from events_app.privacy.actions import erase
from events_app.privacy.queries import naming
from events_app.registrations import queries, questions
from events_app.registrations.models import Answer, Participant
from events_app.registrations.questions import KINDS
from tests.conftest import NOON, SERVER
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    make_applicant,
    make_question,
    registered,
)

PICTURE = b"a picture that somebody gave" * 1000
OTHER = "another key of another house, long enough"


def live_in(house):
    """Ana comes, the owner is signed in, a picture is kept."""
    with house.open():
        with saving():
            owner = seat_owner("owner@example.org", name="Olga Demo", now=NOON)
            begin_session(owner, now=NOON)
        registered(make_event("Avond", slug="avond", capacity=5), ANA)
        files.keep(PICTURE)


def people(house):
    with house.open():
        return sorted(db.session.scalars(select(Participant.email).where(Participant.is_contact)))


def snapshot(folder):
    """All files below a folder, but those that only say who is there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-shm"))
    }


def test_a_backup_brings_back_rows_files_and_keys(houses, house, target):
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    house.put_back_into(other)
    done = other.restore(file)
    assert done.aside is None
    assert people(other) == [ANA.email]
    assert other.settings.secret_key == house.settings.secret_key
    with other.open():
        assert files.read(hashlib.sha256(PICTURE).hexdigest()) == PICTURE
        assert db.session.scalar(select(func.count()).select_from(DeskSession)) == 0


def with_a_file(event, who):
    """Comes, and sends a file."""
    form = queries.form_of(event.id)
    question = form.questions[0] if form.questions else make_question(form, kind="file")
    sent = questions.answered(question, KINDS["file"].sample().sent, now=NOON)
    return registered(event, replace(who, answers={question.id: sent}))


def sent_with(email):
    wanted = select(Answer.file).join(Participant, Participant.id == Answer.participant_id)
    return db.session.scalar(wanted.where(Participant.email == email))


def test_a_backup_takes_along_what_people_sent_and_a_restore_wipes_it_again(houses, house, target):
    """Ana asks to be wiped after the backup; a killed process left a file before it."""
    live_in(house)
    with house.open():
        event = make_event("Middag", slug="middag", capacity=5)
        for who in (RUI, MIA):
            with_a_file(event, who)
        kept, gone, lost = sent_with(RUI.email), sent_with(MIA.email), files.sent.keep(b"lost")
        words = files.sent.read(kept)
    file = house.backup(target)
    with house.open(), saving():
        erase(MIA.email, holdings=holdings(COMPONENTS), naming=naming(MIA.email), by=make_staff(),
              now=NOON + timedelta(hours=1))  # fmt: skip
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file, now=NOON + timedelta(days=1)).erased == 1
    with other.open():
        assert files.sent.read(kept) == words
        assert not files.sent.has(gone)
        assert files.sent.has(lost)
        path = files.sent.path(kept)
        assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
        files.drop_ownerless(now=datetime.now(UTC) + timedelta(hours=2))
        assert not files.sent.has(lost)
        assert files.sent.read(kept) == words


def test_only_its_owner_can_read_a_backup_and_nothing_else_is_left(house, target):
    live_in(house)
    file = house.backup(target)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in target.iterdir()] == [f"buhne-{NOON:%Y%m%d-%H%M%S}.tar"]


def test_a_backup_overwrites_nothing(house, target):
    live_in(house)
    (target / "mine").write_text("my own")
    with pytest.raises(BackupError, match="is there already"):
        house.backup(target / "mine")
    assert (target / "mine").read_text() == "my own"
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_a_folder_that_is_not_there_is_made_and_has_room_for_the_next_night(house, target):
    live_in(house)
    nights = [NOON + timedelta(days=number) for number in range(2)]
    files = [house.backup(target / "srv" / "backups", now=night) for night in nights]
    assert [file.parent for file in files] == [target / "srv" / "backups"] * 2
    assert [file.name for file in files] == [f"buhne-{night:%Y%m%d-%H%M%S}.tar" for night in nights]


def test_a_house_without_tables_has_nothing_to_back_up(house, target):
    with pytest.raises(BackupError, match=r"\./run"):
        house.backup(target)
    assert list(target.iterdir()) == []


def test_letters_that_waited_are_uncertain_and_bulk_stands_still(houses, house, target):
    """They may have left after the backup was made."""
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    house.put_back_into(other)
    other.restore(file, now=NOON + timedelta(days=1))
    with other.open():
        assert set(db.session.scalars(select(OutboxMessage.state))) == {State.UNCERTAIN}
        held = set(db.session.scalars(select(SendingPause.subject)))
    assert held == {"stream:bulk", "stream:personal"}


# -- into a house that is lived in


def test_the_database_that_was_there_stays_aside(houses, house, target):
    live_in(house)
    file = house.backup(target)
    with house.open():
        registered(make_event("Later", slug="later", capacity=5), MIA)
    if SERVER:
        before = snapshot(house.folder)
        with pytest.raises(BackupError, match="not empty"):
            house.restore(file)
        assert snapshot(house.folder) == before
        assert people(house) == sorted([ANA.email, MIA.email])
        return
    done = house.restore(file, now=NOON + timedelta(seconds=1.5))
    assert people(house) == [ANA.email]
    with sqlite3.connect(done.aside) as old:
        found = sorted(
            email for (email,) in old.execute("SELECT email FROM participant WHERE is_contact")
        )
    old.close()
    assert found == sorted([ANA.email, MIA.email])


@pytest.mark.skipif(bool(SERVER), reason="a broken file is SQLite's")
def test_a_broken_database_is_no_obstacle(house, target):
    live_in(house)
    file = house.backup(target)
    broken = b"no database at all" * 1000
    (house.folder / "app.db").write_bytes(broken)
    done = house.restore(file)
    assert done.aside.read_bytes() == broken
    assert people(house) == [ANA.email]


def test_a_house_that_runs_is_left_alone(house, target):
    live_in(house)
    file = house.backup(target)
    with (
        occupancy.enter(house.folder),
        pytest.raises(Occupied, match="running"),
    ):
        house.restore(file)
    assert people(house) == [ANA.email]


def test_nobody_starts_while_a_backup_is_put_back(house):
    with occupancy.alone(house.folder), pytest.raises(Occupied, match="put back"):
        occupancy.enter(house.folder)


# -- what is no good


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_a_little(path):
    data = path.read_bytes().rstrip(b"\0")
    path.write_bytes(data[:-700])


def flip(path):
    data = bytearray(path.read_bytes())
    data[data.index(PICTURE) + 5] ^= 1
    path.write_bytes(data)


def text(path):
    path.write_text("Dear diary")


def empty(path):
    path.write_bytes(b"")


def gone(path):
    path.unlink()


def foreign(path):
    with tarfile.open(path, "w") as tar:
        tar.add(__file__, "test.py")


def rewritten(path, change):
    """The same backup with other members, and a list that fits."""
    with tarfile.open(path) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar}
    words = json.loads(members.pop("manifest"))
    change(members, words)
    words["sha256"] = words.get("sha256") or {
        name: hashlib.sha256(data).hexdigest() for name, data in members.items()
    }
    with tarfile.open(path, "w") as tar:
        for name, data in {**members, "manifest": json.dumps(words).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def newer_format(path):
    rewritten(path, lambda _members, words: words.update(format=3))


def newer_folder(path):
    """Of the same format and tables."""

    def change(members, words):
        members["badges/00/11"] = b"x"
        words.pop("sha256")

    rewritten(path, change)


def newer_words(path):
    """The list of contents says more, and says some of it otherwise."""

    def change(_members, words):
        words.update(format=3, made={"at": words.pop("made_at")})

    rewritten(path, change)


def newer_and_foreign(path):
    rewritten(path, lambda _members, words: words.update(format=3, program="another"))


def newer_tables(path):
    rewritten(path, lambda _members, words: words.update(revision="9999"))


def other_database(path):
    rewritten(path, lambda _members, words: words.update(database="oracle"))


def other_program(path):
    rewritten(path, lambda _members, words: words.update(program="another"))


def no_list(path):
    rewritten(path, lambda _members, words: words.clear())


def climbing(path):
    rewritten(path, lambda members, words: (members.update({"../evil": b"x"}), words.pop("sha256")))


def without_key(path):
    rewritten(path, lambda members, words: (members.pop("secret_key"), words.pop("sha256")))


def without_a_file(path):
    rewritten(path, lambda members, _words: members.pop(next(n for n in members if "/" in n)))


def no_database(path):
    rewritten(path, lambda members, words: (members.update(database=b"x"), words.pop("sha256")))


def damaged_database(path):
    def change(members, words):
        data = members["database"]
        members["database"] = data[: len(data) // 2]
        words.pop("sha256")

    rewritten(path, change)


def once(spoil, words):
    """Refused before any database is looked at, as others are that both databases meet."""
    return pytest.param(spoil, words, marks=pytest.mark.once)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut_a_little, "damaged|incomplete|cut off"), (flip, "damaged"), (empty, "not a backup"),
        (newer_tables, "newer.* Update this one first"), (other_database, "oracle"),
        (without_a_file, "damaged"),
        (no_database, "contradicts|pg_restore"),
        (damaged_database, "damaged|malformed|pg_restore"),
        once(cut, "damaged or cut off"), once(text, "not a backup"), once(gone, "cannot be read"),
        once(foreign, "not a backup"),
        *(once(spoil, r"newer version of this program.* Update this one first \(git pull\)")
          for spoil in (newer_format, newer_folder, newer_words)),
        once(newer_and_foreign, "not a backup"),
        once(other_program, "not a backup"), once(no_list, "not a backup"),
        once(climbing, "not a backup"), once(without_key, "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_good_is_refused_and_changes_nothing(houses, house, target, spoil, words):
    live_in(house)
    file = house.backup(target)
    spoil(file)
    other = houses("second")
    house.put_back_into(other)
    before = other.settings, snapshot(other.folder)
    with pytest.raises(BackupError, match=words):
        other.restore(file)
    assert (other.settings, snapshot(other.folder)) == before


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL takes an empty database only")
def test_the_backup_of_another_house_is_refused_by_one_that_is_lived_in(houses, house, target):
    live_in(house)
    file = house.backup(target)
    other = houses("second")
    live_in(other)
    before = snapshot(other.folder)
    with pytest.raises(BackupError, match="another house"):
        other.restore(file)
    assert snapshot(other.folder) == before


def test_a_given_key_must_be_that_of_the_backup(houses, house, target):
    live_in(house)
    file = house.backup(target)
    other = houses("second", SECRET_KEY=OTHER)
    house.put_back_into(other)
    with pytest.raises(BackupError, match="SECRET_KEY"):
        other.restore(file)


def test_an_older_backup_gets_the_tables_of_today(houses, house, target):
    with house.open():
        with saving():
            seat_owner("owner@example.org", name="Olga Demo", now=NOON)
        db.session.remove()
        downgrade(revision="0006")
        db.session.remove()
        db.engine.dispose()
    file = house.backup(target)
    other = houses("second")
    house.put_back_into(other)
    assert other.restore(file).about.revision == "0006"
    with other.open():
        assert db.session.scalar(select(func.count()).select_from(DeskSession)) == 0


@pytest.mark.skipif(bool(SERVER), reason="the disk of PostgreSQL is elsewhere")
def test_a_disk_that_is_full_while_an_older_backup_is_made_ready_is_said(houses, house, target):
    """It has room for the backup, and none for the tables of today."""
    live_in(house)
    with house.open():
        downgrade(revision="0013")
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(house.folder / "app.db")) as connection:
        connection.execute("VACUUM")
    file = house.backup(target)
    with tarfile.open(file) as tar:
        room = max(member.size for member in tar) + 1000
    other = houses("second")
    house.put_back_into(other)
    before = other.settings, snapshot(other.folder)
    done = subprocess.run(
        ["prlimit", f"--fsize={room}", sys.executable, "-m", "events_app.backups", "restore", file],
        env=os.environ | other.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(r"Error: The database does not do it \(.+\)\. Mend .+\n", done.stderr)
    assert (other.settings, snapshot(other.folder)) == before


# -- order: what a row names is in the backup


def test_what_a_row_of_the_backup_names_is_in_it_whatever_comes_and_goes(house, target):
    """Logos come (first the file, then the row) while the backup is made."""
    live_in(house)
    many_pictures(house)
    is_over, has_begun = threading.Event(), threading.Event()

    def give(app):
        number = 0
        with app.app_context():
            while not is_over.is_set():
                if number:
                    has_begun.set()
                key = files.keep(f"logo {(number := number + 1)}".encode() * 500)
                with saving():
                    db.session.add(
                        Organisation(
                            name=f"Demo {number}", kind=next(iter(OrganisationKind)), logo_key=key,
                            created_at=NOON, seed=os.urandom(16), link_digest=os.urandom(32),
                        )
                    )  # fmt: skip
            db.session.remove()

    with house.open() as app:
        giver = threading.Thread(target=give, args=[app])
        giver.start()
        try:
            assert has_begun.wait(20)
            made = [house.backup(target / f"{number}.tar") for number in range(3)]
        finally:
            is_over.set()
            giver.join()
    for file in made:
        with tarfile.open(file) as tar:
            names = tar.getnames()
            assert names[-1] == "manifest"
            keys = logos_in(tar)
        assert keys
        assert {f"files/{key[:2]}/{key}" for key in keys} <= {*names}


def many_pictures(house):
    """So that looking at the files takes a while."""
    with house.open():
        for number in range(30):
            files.keep(f"picture {number}".encode() * 100_000)


def logos_in(tar):
    data = tar.extractfile("database").read()
    if SERVER:
        with tempfile.NamedTemporaryFile() as dump:
            dump.write(data)
            dump.flush()
            said = subprocess.run(
                ["pg_restore", "--data-only", "--table=organisation", "--file=-", dump.name],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        return set(re.findall(r"\b[0-9a-f]{64}\b", said.stdout))
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    found = connection.execute("SELECT logo_key FROM organisation WHERE logo_key IS NOT NULL")
    keys = {key for (key,) in found}
    connection.close()
    return keys


# -- the naive copy (a negative control)


@pytest.mark.skipif(bool(SERVER), reason="SQLite's file and its log")
def test_copying_the_files_one_after_the_other_makes_rubbish(house, tmp_path, target):
    """What `cp` of a growing house does: the file now, its log a while later."""
    live_in(house)
    copy = tmp_path / "copy.db"
    with house.open():
        event = make_event("Druk", slug="druk", capacity=500)
        shutil.copy(house.folder / "app.db", copy)
        for number in range(60):
            registered(event, make_applicant(number))
            if number == 30:
                db.session.remove()
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("ROLLBACK")
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
        shutil.copy(house.folder / "app.db-wal", f"{copy}-wal")
        whole = house.backup(target)
    assert count_in(copy) != 61
    with tarfile.open(whole) as tar:
        (tmp_path / "database").write_bytes(tar.extractfile("database").read())
    assert count_in(tmp_path / "database") == 61


def count_in(path):
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return None
        return connection.execute("SELECT count(*) FROM registration").fetchone()[0]
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()


@pytest.mark.once
def test_a_backup_of_the_version_that_signed_letters_is_read(tmp_path):
    about = archive.About(id="1", made_at="2027", database="sqlite", revision="r", key="k")
    with (tmp_path / "old.tar").open("wb") as file:
        tar = archive.Writer(file)
        for name in (archive.DATABASE, archive.SECRET, "dkim_key"):
            tar.add_bytes(name, name.encode())
        tar.close(about)
    assert archive.unpack(tmp_path / "old.tar", tmp_path) == about


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL takes an empty database only")
def test_a_restore_that_comes_within_the_second_of_another_is_done(house, target):
    """As after a kill: what was there stays aside under each name."""
    with house.open():
        pass
    file = house.backup(target)
    asides = [house.restore(file, now=NOON + timedelta(microseconds=n)).aside for n in (1, 2)]
    assert len({*asides}) == len([aside for aside in asides if aside.exists()]) == 2
