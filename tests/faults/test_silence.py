"""What the house needs falls silent, breaks or is away: it says so in words, soon, and comes back
by itself.
"""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from events_app.core.db import db
from tests.conftest import NUMBER, QUEUE, SERVER
from tests.faults.conftest import coming
from tests.faults.proxy import Proxy
from tests.machine import PATIENCE, Visitor, for_the_load

on_server = pytest.mark.skipif(not SERVER, reason="about a database on another machine")
on_queue = pytest.mark.skipif(not QUEUE, reason="about a queue on another machine")
WORDS = "Nothing was stored"
STREAM = {"yield_per": 10}
SOON = 5
"""Seconds within which people read that it does not work, and after which it works again."""


@pytest.fixture
def between(app):
    """A proxy before the database of this test."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    made = Proxy(url.host, url.port)
    made.url = url.set(port=made.port, drivername="postgresql").render_as_string(False)
    yield made
    made.close()


@pytest.fixture
def served(machine, between):
    machine.environ |= {"DATABASE_URL": between.url, "THREADS": "4"}
    machine.start("--empty")
    machine.wait_until()
    return machine


def asked(port, number, path="/events/?lang=en", patience=20):
    """Status, seconds and text of one answer."""
    began = time.monotonic()
    visitor = Visitor(port, number, patience)
    try:
        status, _, text = visitor.get(path)
    except OSError:
        status, text = 0, ""
    finally:
        visitor.close()
    return status, time.monotonic() - began, text


def until_well(machine, path="/events/"):
    """Seconds until it answers as if nothing had been."""
    began = time.monotonic()
    while asked(machine.port, 1, path, 10)[0] != 200:
        assert time.monotonic() - began < 60, "it stays down"
        time.sleep(0.1)
    return time.monotonic() - began


@on_server
def test_a_silent_database_is_said_in_words_and_forgotten_when_it_speaks_again(served, between):
    with between.silent():
        status, seconds, text = asked(served.port, 1)
        assert (status, WORDS in text) == (503, True)
        assert seconds < SOON + for_the_load()
        with ThreadPoolExecutor(20) as crowd:
            answers = list(crowd.map(lambda n: asked(served.port, n), range(20)))
        assert {status for status, _, _ in answers} == {503}
        assert all(WORDS in text for _, _, text in answers)
        assert max(seconds for _, seconds, _ in answers) < SOON + for_the_load()
        status, seconds, text = asked(served.port, 1, "/health")
        assert (status, '"database":"no answer"' in text) == (503, True)
        assert seconds < SOON + for_the_load()
        time.sleep(8)  # longer than any limit of ours for a page
    assert until_well(served) < SOON + for_the_load()
    assert "Traceback" not in served.said()


@on_server
def test_the_jobs_go_on_as_well(served, between, app):
    """Those of a process whose lines all fell silent while it was idle."""
    with between.silent():
        asked(served.port, 1)
        time.sleep(3)
    until_well(served)
    assert until_well(served, "/health") < 70


@on_server
def test_lines_that_break_in_the_middle_never_give_a_bare_page(served, between):
    """Reading and writing while every few requests all lines are reset."""
    event = coming(500)
    answers = []
    with disturbed(between), ThreadPoolExecutor(4) as crowd:
        for found in crowd.map(lambda n: visits(served.port, n, event.slug), range(4)):
            answers += found
    unwell = [(status, text) for status, _, text in answers if status >= 500]
    assert unwell, "nothing was disturbed"
    assert {status for status, _ in unwell} == {503}
    words = "Nothing was stored|We do not know whether this was stored"
    assert all(re.search(words, text) for _, text in unwell)
    assert "Application callable raised" not in served.said()
    assert "Traceback" not in served.said(), served.said()
    assert until_well(served) < SOON + for_the_load()


@on_server
@pytest.mark.filterwarnings("ignore:.*deleted while still open")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_line_that_breaks_under_a_long_answer_is_told_of_without_a_traceback(app, caplog):
    """SQLAlchemy closes the cursor of an answer that was not read to its end, which fails too."""
    rows = db.session.execute(text("SELECT generate_series(1, 9999)"), execution_options=STREAM)
    rows.fetchone()
    with psycopg.connect(make_url(SERVER).render_as_string(hide_password=False)) as other:
        number = db.session.connection().connection.dbapi_connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s)", [number])
    time.sleep(0.2)
    rows.close()
    db.session().invalidate()
    assert [each for each in caplog.records if each.exc_info] == []


@contextmanager
def disturbed(proxy):
    """All lines are reset, some twenty times a second."""
    is_over = threading.Event()

    def disturb():
        while not is_over.wait(0.05):
            proxy.reset()

    thread = threading.Thread(target=disturb)
    thread.start()
    yield
    is_over.set()
    thread.join()


def visits(port, number, slug):
    """What somebody hears who looks and registers a dozen times."""
    found, path = [], f"/events/{slug}/register?lang=en"
    visitor = Visitor(port, number, 20)
    for turn in range(12):
        with suppress(OSError):
            found.append(visitor.get(f"/events/{slug}?lang=en"))
            found.append(visitor.get(path))
            mail = f"v{number}-{turn}@example.org"
            found.append(visitor.post(path, name=f"Visitor {number}", email=mail))
    visitor.close()
    return found


# -- the queue


def pages(machine, count):
    """So many people ask for a link to their own page, each of which kicks a job."""
    for number in range(count):
        visitor = Visitor(machine.port, number, 20)
        visitor.get("/partner?lang=en")
        status, _, text = visitor.post("/partner?lang=en", email=f"p{number}@example.org")
        visitor.close()
        assert status in {200, 303}, text


def until_told(machine, words, times):
    """Whoever looks how it is hears it first."""
    ends = time.monotonic() + PATIENCE
    while machine.said().count(words) < times:
        assert time.monotonic() < ends, machine.said()
        machine.get("/health")
        time.sleep(0.2)


@on_queue
def test_a_queue_that_is_away_is_one_line_in_the_log_not_one_a_request(machine):
    """It is away at the start, comes, and goes again."""
    at = urlsplit(QUEUE)
    proxy = Proxy(at.hostname, at.port)
    machine.environ["QUEUE_URL"] = f"redis://127.0.0.1:{proxy.port}/{NUMBER}"
    with proxy.away():
        machine.start("--empty")
        machine.wait_until(503)
        pages(machine, 12)
        time.sleep(6)
        assert '"queue":"no answer"' in machine.get("/health")[1]
    until_told(machine, "the queue answers again", 1)
    with proxy.away():
        pages(machine, 12)
    until_told(machine, "the queue answers again", 2)
    lines = machine.said().splitlines()
    assert "Traceback" not in machine.said(), machine.said()
    assert len([line for line in lines if "the queue does not answer" in line]) == 2, lines
    assert len(lines) < 12, lines
    proxy.close()


@pytest.mark.once
def test_an_unreachable_queue_in_a_database_gets_a_sentence(machine):
    machine.environ["QUEUE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    assert machine.start("--empty").wait(PATIENCE) == 1
    assert "QUEUE_URL: the queue does not answer" in machine.said()
    assert "Traceback" not in machine.said()
    assert len(machine.said().splitlines()) <= 2, machine.said()
