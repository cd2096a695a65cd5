"""The two commands on a house that runs, with people who register, and with kill -9."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from config import from_environment
from events_app.app import create_app
from events_app.core.db import db
from tests.conftest import MADE, SERVER, created, forget
from tests.faults.conftest import coming
from tests.loaded import Begun
from tests.machine import ROOT, Machine, Visitor, kill, running

PATIENCE = 60


@contextmanager
def database(name, like="template1"):
    name = f"test_rehearsal_{os.getpid()}_{name}"
    yield created(name, like) if SERVER else None
    if SERVER:
        forget(name)


@pytest.fixture
def machines(tmp_path, migrated_database):
    """The house with its tables, and an empty one."""
    first = make_url(migrated_database).database
    with database("old", like=first) as old, database("new") as new:
        one, other = Machine(tmp_path / "old", old), Machine(tmp_path / "new", new)
        for made in (one, other):
            (made.folder / "instance").mkdir(parents=True)
        if not SERVER:
            shutil.copy(first, one.folder / "instance" / "app.db")
        with running(one), running(other):
            yield one, other


def command(machine, *words):
    return Begun("events_app.backups", list(map(str, words)), machine.environ,
                 machine.folder / "said", ROOT)  # fmt: skip


def done(process):
    return process.wait(PATIENCE), process.out.read_text()


def succeeds(process):
    code, said = done(process)
    assert code == 0, said


def seen(machine, statement):
    """Rows of the machine's database."""
    url = machine.environ.get("DATABASE_URL")
    if url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            return connection.execute(statement).fetchall()
    with closing(sqlite3.connect(f"{machine.environ['INSTANCE_DIR']}/app.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute(statement).fetchall()


def people(machine):
    return {email for (email,) in seen(machine, "SELECT email FROM participant WHERE is_contact")}


def started(machine):
    """With an event that has room for all."""
    app = create_app(from_environment(machine.environ))
    MADE.append(app)
    with app.app_context():
        event = coming(1_000)
        db.session.remove()
        db.engine.dispose()
    process = machine.start("--empty")
    machine.wait_until()
    return process, event.slug


def until(is_so, process=None):
    """Looks often, for a minute at most."""
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        if process is not None and process.poll() is not None:
            return
        time.sleep(0.002)


def come(machine, slug, email):
    visitor = Visitor(machine.port, 9)
    visitor.get(f"/events/{slug}/register?lang=en")
    assert visitor.post(f"/events/{slug}/register", name="Demo", email=email)[0] == 303
    visitor.close()


class Crowd:
    """People who register one after the other, and when they were told yes."""

    def __init__(self, machine, slug, number):
        self._visitor = Visitor(machine.port, number)
        self._form, self._number = f"/events/{slug}/register?lang=en", number
        self.told = {}
        self.is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        count = 0
        while not self.is_over.is_set() and count < 50:
            count += 1
            email = f"p{self._number}.{count}@example.org"
            self._visitor.get(self._form)
            if self._visitor.post(self._form, name="Demo", email=email)[0] == 303:
                self.told[email] = time.monotonic()
        self._visitor.close()

    def end(self):
        self.is_over.set()
        self._thread.join()


def test_nobody_who_was_told_yes_before_it_began_is_missing(machines, tmp_path):
    one, other = machines
    server, slug = started(one)
    crowd = [Crowd(one, slug, number) for number in (1, 2)]
    made = []
    for number in range(2):
        until(lambda: all(each.told for each in crowd))
        began = time.monotonic()
        before = {email for each in crowd for email, at in each.told.items() if at < began}
        status, said = done(command(one, "backup", tmp_path / f"{number}.tar"))
        assert status == 0, said
        made.append(before)
    for each in crowd:
        each.end()
    assert one.get("/health")[0] == 200
    one.stop(server)
    instance = other.folder / "instance"
    shutil.copytree(one.folder / "instance" / "erased", instance / "erased")
    status, said = done(command(other, "restore", tmp_path / "1.tar"))
    assert status == 0, said
    assert made[0] <= made[1] <= people(other)
    other.start()
    other.wait_until()
    assert other.get(f"/events/{slug}")[0] == 200
    files = {p.name for p in (one.folder / "instance" / "files").glob("??/*")}
    assert files == {p.name for p in (instance / "files").glob("??/*")}


def killed(process, wait):
    time.sleep(wait)
    kill(process)


def test_a_killed_backup_leaves_the_house_serving_and_no_half_file(machines, tmp_path):
    one, _other = machines
    server, slug = started(one)
    target = tmp_path / "backups"
    target.mkdir()
    big = one.folder / "instance" / "files" / "aa"
    big.mkdir(parents=True, exist_ok=True)
    for number in range(40):
        (big / f"{number:064x}").write_bytes(os.urandom(1 << 20))
    before = people(one)
    for size in (1, 20 << 20, 40 << 20):
        process = command(one, "backup", target)
        part = target / ".buhne-backup.part"
        until(lambda: part.exists() and part.stat().st_size >= size, process)  # noqa: B023
        assert process.poll() is None, "it was quicker than the one who kills"
        killed(process, 0)
        assert list(target.glob("*.tar")) == []
        assert one.get(f"/events/{slug}")[0] == 200
    assert people(one) == before
    status, said = done(command(one, "backup", target))
    assert status == 0, said
    assert [path.suffix for path in target.iterdir()] == [".tar"]
    one.stop(server)


kills = pytest.mark.parametrize("kills", [2, pytest.param(6, marks=pytest.mark.long)])


def kill_restores(house, file, kills):
    for number in range(kills):
        wait = number % 2 * random.uniform(0.2, 2)  # seconds after the first file was laid out
        process = command(house, "restore", file)
        until((house.folder / "instance" / "restoring").exists, process)
        killed(process, wait)
        yield


def with_later(machines, tmp_path):
    """A backup, what is in it, and a house in which somebody came later."""
    one, _other = machines
    server, slug = started(one)
    come(one, slug, "early@example.org")
    succeeds(command(one, "backup", tmp_path / "house.tar"))
    wanted = people(one)
    come(one, slug, "later@example.org")
    one.stop(server)
    return tmp_path / "house.tar", wanted


@kills
@pytest.mark.skipif(bool(SERVER), reason="into the database that is there")
def test_a_killed_restore_leaves_what_was_there_or_the_whole_backup(machines, tmp_path, kills):
    one, _other = machines
    file, wanted = with_later(machines, tmp_path)
    as_it_was = people(one)
    assert as_it_was == wanted | {"later@example.org"}
    for _kill in kill_restores(one, file, kills):
        assert people(one) in (as_it_was, wanted)
    succeeds(command(one, "restore", file))
    assert people(one) == wanted
    one.start("--empty")
    one.wait_until()


@kills
@pytest.mark.skipif(not SERVER, reason="into an empty database")
def test_nobody_starts_on_half_a_restore_and_it_can_be_done_again(machines, tmp_path, kills):
    one, other = machines
    file, wanted = with_later(machines, tmp_path)
    instance = other.folder / "instance"
    shutil.copytree(one.folder / "instance" / "erased", instance / "erased")
    tables = "SELECT 1 FROM pg_tables WHERE tablename = 'registration'"
    mark, seen_half = instance / "restore-unfinished", False

    def refuses():
        process = other.start("worker")
        assert process.wait(PATIENCE) == 1
        other.running.remove(process)
        assert "./run restore" in other.said(other.count - 1)

    for _kill in kill_restores(other, file, kills):
        if mark.exists():
            seen_half = True
            refuses()
        else:
            assert not seen(other, tables) or people(other) == wanted
    if not seen_half:  # no kill fell in between: a quick machine
        mark.touch()
        refuses()
        mark.unlink()
    status, said = done(command(other, "restore", file))
    assert status == 0 or "not empty" in said, said
    assert people(other) == wanted
    other.start("--empty")
    other.wait_until()


def test_a_house_that_serves_is_not_restored_into(machines, tmp_path):
    one, _other = machines
    server, _slug = started(one)
    succeeds(command(one, "backup", tmp_path / "house.tar"))
    before = people(one)
    status, said = done(command(one, "restore", tmp_path / "house.tar"))
    assert (status, "running" in said) == (1, True), said
    assert people(one) == before
    one.stop(server)


@pytest.mark.once
def test_what_a_stopped_restore_left_goes_with_the_next_start(machines):
    one, _other = machines
    stage = one.folder / "instance" / "restoring"
    stage.mkdir()
    (stage / "database").write_text("somebody")
    one.start("--empty")
    one.wait_until()
    assert not stage.exists()


@pytest.mark.once
def test_both_commands_are_named_by_run(machines):
    one, _other = machines
    said = subprocess.run(
        [sys.executable, "-m", "events_app", "--help"], cwd=ROOT, env=one.environ,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "./run backup" in said
    assert "./run restore" in said
