"""A mail server that thinks for long about a letter: the others leave meanwhile, and nothing is in
the air for longer than its lease.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from config import SMTP_OPTIONS
from events_app.core.db import saving
from events_app.core.letters import Stream
from events_app.delivery import actions
from events_app.delivery.actions.send import LEASE
from events_app.delivery.dispatch import GRACE
from events_app.delivery.draining import drain
from events_app.delivery.models import State
from events_app.delivery.post import smtp
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY
from tests.delivery.conftest import letter, rows
from tests.delivery.mail_server import MailServer
from tests.machine import for_the_load

pytestmark = pytest.mark.once

HANGS = "hangs@example.org"
AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)
THINKS = 15
"""Seconds that the server thinks about it; longer than the others may take in all."""


@pytest.fixture
def server(app, noon):
    noon.set(datetime.now(UTC))
    made = MailServer()
    is_over = threading.Event()
    made.when["dot"] = lambda to: is_over.wait(THINKS) if to.startswith("hangs") else None
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{made.port}?lines=3&timeout=5&patience=30"
    made.has_thought = is_over
    yield made
    is_over.set()
    made.close()


def enqueued(stream, *addresses):
    with saving():
        for address in addresses:
            to = letter(address, stream=stream)
            actions.enqueue(to, dedupe_key=f"{stream}:{address}", now=AN_HOUR_AGO)


def sending(app, streams):
    """A drain as a worker does it, in a thread of its own."""

    def run():
        with app.app_context():
            drain(streams, seconds=60, is_over=lambda: False)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def received_within(server, seconds, addresses):
    ends = time.monotonic() + seconds + for_the_load() / 2
    while not addresses <= {mail.recipient for mail in server.received}:
        assert time.monotonic() < ends, [mail.recipient for mail in server.received]
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("stream", "streams", "how_many"),
    [
        (Stream.TRANSACTIONAL, HIGH_PRIORITY, 4),
        (Stream.BULK, LOW_PRIORITY, 1),
        pytest.param(Stream.TRANSACTIONAL, HIGH_PRIORITY, 1, marks=pytest.mark.long),
        pytest.param(Stream.BULK, LOW_PRIORITY, 4, marks=pytest.mark.long),
    ],
)
def test_letters_that_hang_hold_no_others_of_their_kind(app, server, stream, streams, how_many):
    hang = [f"hangs{n}@example.org" for n in range(how_many)]
    others = [f"r{n}@example.org" for n in range(12)]
    enqueued(stream, *hang, *others)
    thread = sending(app, streams)
    received_within(server, THINKS - 8, set(others))
    late = "late@example.org"
    enqueued(stream, late)
    received_within(server, 2 * GRACE, {late})
    server.has_thought.set()
    thread.join()
    assert {row.state for row in rows()} == {State.ACCEPTED}  # those too, when it had thought
    assert len(server.received) == 13 + how_many


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_letter_that_hangs_before_its_end_is_asked_for_once_and_then_the_others_go(
    app, server, step
):
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}?timeout=1&patience=4"
    hangs = iter([THINKS])  # MAIL FROM does not say whose letter it is
    is_hung = threading.Event()
    server.when[step] = lambda to: is_hung.wait(
        next(hangs, 0) if step == "mail" or to == HANGS else 0
    )
    enqueued(Stream.TRANSACTIONAL, HANGS, "ana@example.org", "rui@example.org")
    thread = sending(app, HIGH_PRIORITY)
    received_within(server, THINKS - 8, {"ana@example.org", "rui@example.org"})
    thread.join()
    is_hung.set()
    assert {row.to_email: row.state for row in rows()} == {
        HANGS: State.DEFERRED,
        "ana@example.org": State.ACCEPTED,
        "rui@example.org": State.ACCEPTED,
    }
    asked = [command for command in server.commands if "MAIL FROM" in command.upper()]
    assert len(asked) == 3


def test_a_newsletter_that_hangs_delays_no_confirmation(app, server):
    enqueued(Stream.BULK, *(f"hangs{n}@example.org" for n in range(3)))
    bulk = sending(app, LOW_PRIORITY)
    time.sleep(1)
    enqueued(Stream.TRANSACTIONAL, "ana@example.org")
    soon = sending(app, HIGH_PRIORITY)
    received_within(server, GRACE + 1, {"ana@example.org"})
    server.has_thought.set()
    soon.join()
    bulk.join()


def test_lines_that_say_nothing_are_given_up_together_not_one_after_another(app, server):
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}?lines=8&timeout=5&patience=4"
    enqueued(Stream.BULK, *(f"hangs{n}@example.org" for n in range(8)))
    began = time.monotonic()
    thread = sending(app, LOW_PRIORITY)
    thread.join()
    assert time.monotonic() - began < THINKS
    assert {row.state for row in rows()} == {State.UNCERTAIN}


def test_told_to_stop_it_waits_for_no_server(app, server):
    enqueued(Stream.TRANSACTIONAL, HANGS)
    told = threading.Event()
    threading.Timer(0.7, told.set).start()
    began = time.monotonic()
    drain(HIGH_PRIORITY, seconds=60, is_over=told.is_set)
    assert time.monotonic() - began < 3
    [row] = rows()
    assert (row.state, row.is_resend) == (State.DEFERRED, True)


def test_no_setting_lets_a_letter_outlast_its_lease():
    """From there on: DATA, the letter itself, and the answer to it. These are the most that
    config.py lets in.
    """
    fits = {name: check for name, (_words, check) in SMTP_OPTIONS.items()}
    assert not fits["timeout"]("60.1")
    assert not fits["patience"]("150.1")
    server = smtp.Server.of("smtp://mail.example.org?timeout=60&patience=150")
    longest = 2 * server.timeout + GRACE + server.patience
    assert longest < LEASE.total_seconds()
    assert server.patience >= 120
