"""Told yes = stored, whatever breaks; refusals are in words, reading goes on, nothing hangs."""

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from events_app.capacity.models import Pool
from events_app.core.db import db, saving
from events_app.core.queue import REST_SECONDS
from events_app.delivery import actions
from events_app.delivery.models import OutboxMessage
from events_app.registrations.models import Participant, Registration, Status
from tests.conftest import SERVER, dealt
from tests.delivery.mail_server import STALL, MailServer
from tests.factories.registrations import pool_of, taken
from tests.faults.conftest import coming
from tests.machine import PATIENCE, Visitor, free_port

LONG = pytest.mark.long
BUSY = "Nothing was stored"
PLACED = Status.CONFIRMED, Status.PENDING
"""From the eleventh of one network address on, a place is held until the button in its letter."""
TOLD = "registrations/confirmed", "registrations/to_confirm"
SOON = 6
"""Seconds within which anybody has an answer, also while something is broken."""


class Person:
    """Registers under a new address each time, and remembers to which the site said yes."""

    def __init__(self, machine, event, number=0):
        self.port, self.number, self.count, self.moves = machine.port, number, 0, 0
        self.browser = Visitor(machine.port, number)
        self.form = f"/events/{event.slug}/register?lang=en"
        self.told_yes = []

    def register(self):
        """Status, headers, text and the seconds it took."""
        self.count += 1
        email = f"p{self.number}-{self.count}@example.org"
        began = time.monotonic()
        status, headers, text = self.browser.post(self.form, name="Demo Guest", email=email)
        if status == 303:
            self.told_yes.append(email)
        return status, headers, text, time.monotonic() - began

    def move(self):
        """To another network address: from one the site takes only so many an hour."""
        self.browser.close()
        self.browser = Visitor(self.port, self.number + 20 * (self.moves + 1))
        self.reads(self.form)
        self.moves += 1

    def registers(self):
        status, _, text, seconds = self.register()
        assert status == 303, text
        assert seconds < SOON

    def is_refused_in_words(self):
        status, headers, text, seconds = self.register()
        assert status == 503
        assert BUSY in text
        assert int(headers["Retry-After"]) > 0
        assert seconds < SOON

    def reads(self, path="/events/?lang=en"):
        began = time.monotonic()
        assert self.browser.get(path)[0] == 200
        assert time.monotonic() - began < SOON


@pytest.fixture
def people(machine):
    """`people(event, 3)`: with the form of the event open before them."""
    came = []

    def for_event(event, count=1):
        some = [Person(machine, event, len(came) + number) for number in range(count)]
        came.extend(some)
        for person in some:
            person.reads(person.form)
        return some

    yield for_event
    for person in came:
        person.browser.close()


@pytest.fixture
def sink(machine):
    made = MailServer()
    machine.environ["SMTP_URL"] = made.url("&lines=2")
    yield made
    made.close()


def check_stored(event, people):
    """All who were told yes, with one confirmation each; the pool counts the same."""
    db.session.rollback()
    db.session.expire_all()
    found = Counter(
        db.session.scalars(
            select(Participant.email)
            .join(Participant.registration)
            .where(Participant.is_contact)
            .where(Registration.event_id == event.id, Registration.status.in_(PLACED))
        )
    )
    told = {email for person in people for email in person.told_yes}
    assert told <= found.keys()
    assert sum(found.values()) == len(found)
    assert taken(event) == len(found)
    confirmed = Counter(
        db.session.scalars(select(OutboxMessage.to_email).where(OutboxMessage.kind.in_(TOLD)))
    )
    assert confirmed == found
    return told


def wait(what, seconds=PATIENCE):
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends
        time.sleep(0.1)


def arrived(sink):
    return {mail.recipient for mail in sink.received}


# -- kill -9


def keep_registering(person, machine, is_over):
    while not is_over.is_set():
        try:
            if person.count >= 50 * (person.moves + 1):
                person.move()
            status = person.register()[0]
            assert status in {303, 503}, status
        except (OSError, HTTPException):
            time.sleep(0.05)  # the power is off


@contextmanager
def ending(is_over):
    """Whatever happens within, those who wait for the end hear of it."""
    try:
        yield
    finally:
        is_over.set()


def is_further(crowd, before, working):
    for each in working:
        if each.done():
            each.result()
    return sum(len(person.told_yes) for person in crowd) > before + 5


def leases_end():
    """As six minutes later; the worker that runs may hold the same rows in another order."""
    with suppress(OperationalError):
        with saving():
            actions.sweep(now=datetime.now(UTC) + timedelta(minutes=6))
        return True
    return False


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=LONG)])
def test_killed_web_processes_keep_what_they_promised(machine, sink, people, kills):
    event, is_over = coming(5000), threading.Event()
    process = machine.start("--empty")
    machine.wait_until()
    crowd = people(event, 6)
    with ThreadPoolExecutor(len(crowd)) as threads, ending(is_over):
        working = [threads.submit(keep_registering, p, machine, is_over) for p in crowd]
        for _ in range(kills):
            before = sum(len(person.told_yes) for person in crowd)
            wait(lambda before=before: is_further(crowd, before, working))
            time.sleep(random.random() / 2)
            machine.kill(process)
            process = machine.start("--empty")
            machine.wait_until(path="/")
        is_over.set()
        for each in working:
            each.result()
    told = check_stored(event, crowd)
    wait(lambda: len(arrived(sink) & told) >= len(told) - kills)
    wait(leases_end)  # of the letters that were in the air
    crowd[0].registers()
    wait(lambda: told <= arrived(sink))
    ids = {(mail.recipient, mail.mail["Message-ID"]) for mail in sink.received}
    assert len(ids) == len(arrived(sink))
    in_hand = 1  # the worker that runs may have one in its hand when its lease is ended for it
    assert len(sink.received) - len(ids) <= kills + in_hand


def test_a_killed_child_is_replaced_without_a_hand(machine, people):
    event = coming(500)
    machine.environ["PROCESSES"] = "2"
    parent = machine.start("web", "--empty")
    machine.wait_until(503)
    [person] = people(event)
    for child in children(parent):
        os.kill(child, signal.SIGKILL)
    wait(lambda: tries(person.registers))
    assert parent.poll() is None
    check_stored(event, [person])


def children(process):
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in listed.split()]


def tries(work):
    with suppress(OSError):
        work()
        return True
    return False


# -- a full disk


@pytest.fixture
def small_disk(machine):
    """A disk of its own for the instance folder."""
    folder = machine.folder / "instance"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("Only root can mount a small disk to fill.")
    machine.environ.pop("DATABASE_URL")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    file = folder / "filler"
    with suppress(OSError), file.open("wb", buffering=0) as out:
        while True:
            out.write(bytes(4096))
    return file


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL keeps its own disk.")
def test_a_full_disk_refuses_in_words_and_all_goes_on_when_there_is_room(
    app, machine, small_disk, sink, people
):
    event, own = coming(500), db.engine.url.database
    copy(own, small_disk / "app.db")
    machine.start("--empty")
    machine.wait_until()
    [person] = people(event)
    person.registers()
    filler = fill(small_disk)
    while person.register()[0] == 303:
        assert person.count < 200, "the disk never becomes full"
    person.is_refused_in_words()
    person.reads()
    person.reads(f"/events/{event.slug}?lang=en")
    filler.unlink()
    person.registers()
    wait(lambda: set(person.told_yes) <= arrived(sink), 90)
    copy(small_disk / "app.db", own)
    check_stored(event, [person])


def copy(source, target):
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


# -- somebody else holds the lock


@contextmanager
def held(event):
    """Another program writes meanwhile: to SQLite, or to the event's places."""
    engine, key = sa.create_engine(db.engine.url), pool_of(event).id
    released = threading.Event()

    def hold():
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE * 1000}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(select(Pool.id).where(Pool.id == key).with_for_update())
            is_held.set()
            released.wait(PATIENCE)
            connection.rollback()

    is_held = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(PATIENCE)
    try:
        yield
    finally:
        released.set()
        holder.join()
        engine.dispose()


def test_a_lock_held_for_long_is_told_in_words_and_reading_goes_on(machine, people):
    """On SQLite one of the four threads is kept for readers, however many want to write."""
    event = coming(500)
    machine.start("--empty")
    machine.wait_until()
    writers, [reader] = people(event, 3 if SERVER else 8), people(event)
    with held(event), ThreadPoolExecutor(len(writers)) as threads:
        refused = [threads.submit(writer.is_refused_in_words) for writer in writers]
        time.sleep(0.9)
        reader.reads(f"/events/{event.slug}?lang=en")
        assert not all(each.done() for each in refused), "reading had to wait for the writers"
        for each in refused:
            each.result()
        writers[0].is_refused_in_words()
    for writer in writers:
        writer.registers()
    check_stored(event, writers)


# -- the task engine


@pytest.fixture
def redis(machine):
    """A Redis of this test alone: it can be killed and comes back empty."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not there. Type: apt-get install redis-server")
    port, started = free_port(), []
    machine.environ["QUEUE_URL"] = f"redis://127.0.0.1:{port}/0"

    def start():
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, stdout=quiet, cwd=machine.folder))
        wait(lambda: is_open(port))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def is_open(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.mark.parametrize("someone_comes", [True, pytest.param(False, marks=LONG)])
def test_a_dead_task_engine_costs_time_and_no_letter(machine, redis, sink, people, someone_comes):
    """When it is back the next registration wakes the senders, or else the clock."""
    event, engine = coming(500), redis()
    machine.start("--empty")
    machine.wait_until()
    [person] = people(event)
    person.registers()
    wait(lambda: set(person.told_yes) <= arrived(sink))
    engine.kill()
    engine.wait()
    for _ in range(3):
        person.registers()
    person.reads()
    check_stored(event, [person])
    redis()
    if someone_comes:
        time.sleep(REST_SECONDS)
        person.registers()
    wait(lambda: set(person.told_yes) <= arrived(sink), 30 if someone_comes else 150)
    assert len(sink.received) == len(person.told_yes)


@pytest.mark.parametrize("answers", dealt([True, False]))
def test_a_task_engine_that_is_not_there_at_the_start_keeps_no_one_out(machine, people, answers):
    """The site starts, promises and keeps; the desk is told that nothing works behind it."""
    event = coming(500)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        machine.environ["QUEUE_URL"] = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        if not answers:
            deaf.close()
        machine.start("--empty")
        machine.wait_until(503)
        [person] = people(event)
        person.registers()
        person.registers()
        person.reads()
        check_stored(event, [person])


# -- the mail relay


@pytest.mark.once
@pytest.mark.parametrize("step", ["greeting", "dot"])
def test_a_mail_relay_that_hangs_holds_up_nobody(app, machine, sink, people, step):
    event = coming(500)
    sink.answers[step] = STALL
    process = machine.start("--empty")
    machine.wait_until()
    [person] = people(event)
    for _ in range(5):
        person.registers()
    person.reads()
    check_stored(event, [person])
    machine.stop(process)
    sink.answers.clear()
    with saving():  # what rested, as if its time had come
        actions.sweep(now=datetime.now(UTC) + timedelta(hours=1))
        db.session.execute(
            update(OutboxMessage).values(not_before=datetime(2020, 1, 1, tzinfo=UTC))
        )
    machine.start("--empty")
    wait(lambda: set(person.told_yes) <= arrived(sink))
    ids = {(mail.recipient, mail.mail["Message-ID"]) for mail in sink.received}
    assert len(ids) == len(person.told_yes)
