"""Nothing lost, nothing sent twice, and the few letters in the air at a crash are named."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery import actions
from events_app.delivery.models import OutboxMessage, State
from tests.delivery.conftest import letter, rows
from tests.delivery.mail_server import DROP, DROP_WITHIN, MailServer

ROOT = Path(__file__).resolve().parent.parent.parent
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LINES = 4


@pytest.fixture
def sink():
    made = MailServer()
    made.when["dot"] = lambda _address: time.sleep(0.002)
    yield made
    made.close()


@pytest.fixture
def dispatcher(app, sink, tmp_path):
    """Starts `flask outbox drain` in a process of its own, on this test's database."""
    started = []

    def start():
        env = os.environ | {
            "FLASK_APP": "events_app.app",
            "INSTANCE_DIR": str(tmp_path),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "SECRET_KEY": app.config["SECRET_KEY"],
            "BASE_URL": app.config["BASE_URL"],
            "SMTP_URL": f"smtp://127.0.0.1:{sink.port}?lines={LINES}&patience=5",
        }
        command = [sys.executable, "-m", "flask", "outbox", "drain"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def enqueue(count, stream):
    with saving():
        for n in range(count):
            actions.enqueue(
                letter(f"r{n}@example.org", stream=stream), dedupe_key=f"{stream}:{n}", now=LONG_AGO
            )


def wait_for(sink, count, process):
    ends = time.monotonic() + 60
    while len(sink.received) < count and process.poll() is None:
        assert time.monotonic() < ends, "nothing leaves"
        time.sleep(0.001)


def later():
    """As if an hour had gone by: leases run out, what was put off is due."""
    with saving():
        actions.sweep(now=datetime.now(UTC) + timedelta(hours=1))
        db.session.execute(update(OutboxMessage).values(not_before=LONG_AGO))


def survive(sink, dispatcher, *, count, kills):
    """Kill dispatchers in mid-flight, then let one finish."""
    for _ in range(kills):
        process = dispatcher()
        wait_for(sink, len(sink.received) + random.randint(1, count // (kills + 1)), process)
        process.kill()
        process.wait()
        later()
    for _ in range(12):
        assert dispatcher().wait(timeout=120) == 0
        later()
        if not any(row.state is State.READY for row in rows()):
            return
    raise AssertionError("it does not end")


def check_bulk(sink, kills):
    copies = Counter(mail.recipient for mail in sink.received)
    states = {row.to_email: row.state for row in rows()}
    assert set(states.values()) <= {State.ACCEPTED, State.UNCERTAIN, State.FAILED}
    assert [who for who, number in copies.items() if number > 1] == []
    accepted = {who for who, state in states.items() if state is State.ACCEPTED}
    in_doubt = {who for who, state in states.items() if state is State.UNCERTAIN}
    assert accepted <= copies.keys() <= accepted | in_doubt
    return in_doubt


def test_killed_dispatchers_lose_nothing_and_send_nothing_twice(app, sink, dispatcher):
    enqueue(120, Stream.BULK)
    survive(sink, dispatcher, count=120, kills=2)
    assert len(check_bulk(sink, kills=2)) <= 2 * LINES


def test_killed_dispatchers_send_what_people_wait_for_with_the_same_id(app, sink, dispatcher):
    enqueue(40, Stream.TRANSACTIONAL)
    survive(sink, dispatcher, count=40, kills=2)
    states = Counter(row.state for row in rows())
    assert states[State.ACCEPTED] + states[State.UNCERTAIN] == 40
    arrived = {mail.recipient for mail in sink.received}
    assert arrived == {f"r{n}@example.org" for n in range(40)}
    ids = {(mail.recipient, mail.mail["Message-ID"]) for mail in sink.received}
    assert len(ids) == 40
    assert len(sink.received) <= 40 + 2


@pytest.mark.long
def test_killed_dispatchers_and_a_moody_server(app, sink, dispatcher):
    moods = {"rcpt": ["450 4.2.0 later", "421 4.3.2 closing", "250 ok"],
             "data": ["354 go", "451 4.3.0 later", DROP_WITHIN],
             "dot": ["250 ok", "452 4.3.1 full", DROP]}  # fmt: skip
    for step, answers in moods.items():
        sink.answers[step] = [random.choice(answers) for _ in range(100)]
    for n in range(0, 1000, 50):
        sink.answers[f"rcpt r{n}@example.org"] = "550 5.1.1 nobody"
    enqueue(1000, Stream.BULK)
    survive(sink, dispatcher, count=1000, kills=12)
    check_bulk(sink, kills=12)
    failed = [row for row in rows() if row.state is State.FAILED]
    assert len(failed) == 20


def test_two_dispatchers_at_once_send_each_letter_once(app, sink, dispatcher):
    enqueue(200, Stream.BULK)
    both = [dispatcher(), dispatcher()]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert Counter(mail.recipient for mail in sink.received).most_common(1)[0][1] == 1
    assert {row.state for row in rows()} == {State.ACCEPTED}
    assert len(sink.received) == 200


def test_a_dispatcher_that_is_told_to_stop_finishes_the_letters_in_hand(app, sink, dispatcher):
    enqueue(300, Stream.BULK)
    process = dispatcher()
    wait_for(sink, 20, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    states = Counter(row.state for row in rows())
    assert states == {State.ACCEPTED: len(sink.received), State.READY: 300 - len(sink.received)}
    assert len(sink.received) < 300
