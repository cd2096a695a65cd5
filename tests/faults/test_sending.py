"""Nothing lost, nothing sent twice, and the few letters in the air at a crash are named."""

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import update

from events_app.core.db import db, saving
from events_app.core.heartbeat import Beat
from events_app.core.letters import Stream
from events_app.delivery import actions
from events_app.delivery.draining import drain
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY
from tests.delivery.conftest import letter, rows
from tests.delivery.mail_server import DROP, DROP_WITHIN, STALL, MailServer
from tests.loaded import Begun
from tests.machine import ROOT

LONG = pytest.mark.long
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
LINES = 4
MOODS = {
    "550 5.1.1 nobody": ("rcpt", "550 5.1.1 nobody"),
    "554 5.6.0 refused": ("dot", "554 5.6.0 refused"),
    "later": ("rcpt", ["450 4.2.0 later"]),
    "full": ("dot", ["452 4.3.1 full"]),
    "closing": ("rcpt", ["421 4.3.2 closing"]),
    "dropped within": ("data", [DROP_WITHIN]),
    "lost acknowledgement": ("dot", [DROP]),
    "stalled": ("dot", [STALL]),
    "slow": ("data", "354 go on"),
}
"""How the server is to one letter of every FEW; a list is said once and then all is well."""
FEW, SELDOM = 30, 400
"""A stall costs a second each: it comes but seldom."""
SILENT = ("lost acknowledgement", "stalled")
REFUSED = ("550 5.1.1 nobody", "554 5.6.0 refused")


@pytest.fixture
def sink():
    made = MailServer()
    made.when["dot"] = lambda _address: time.sleep(0.002)
    yield made
    made.close()


@pytest.fixture
def dispatcher(app, sink, tmp_path, noon):
    """Starts `flask outbox drain` in a process of its own, on this test's database."""
    noon.set(datetime.now(UTC))
    app.config["SMTP_URL"] = url(sink)
    started = []

    def start(*command):
        env = os.environ | {
            "FLASK_APP": "events_app.app",
            "INSTANCE_DIR": str(tmp_path),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "SECRET_KEY": app.config["SECRET_KEY"],
            "BASE_URL": app.config["BASE_URL"],
            "SMTP_URL": url(sink),
        }
        module, *arguments = command or ("flask", "outbox", "drain")
        started.append(Begun(module, arguments, env, tmp_path / f"said{len(started)}", ROOT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def url(sink):
    return f"smtp://127.0.0.1:{sink.port}?lines={LINES}&patience=1"


def address(number):
    """Each mood has a domain of its own: one that is too busy gets a rest as a whole."""
    return f"r{number}@{(mood(number) or 'good').replace(' ', '-').replace('.', '-')}.example.org"


def mood(number):
    names = list(MOODS)
    found = names[number % FEW] if number % FEW < len(names) else None
    return None if found == "stalled" and number >= FEW and number % SELDOM >= FEW else found


def moody(sink, count):
    """The letters that each mood meets."""
    met = {name: set() for name in MOODS}
    for number in range(count):
        if name := mood(number):
            step, answers = MOODS[name]
            to = address(number)
            met[name].add(to)
            sink.answers[f"{step} {to}"] = list(answers) if isinstance(answers, list) else answers
    sink.when["data"] = lambda to: time.sleep(0.2 if to in met["slow"] else 0)
    return met


def enqueue(count, stream):
    with saving():
        for n in range(count):
            to = letter(address(n), to_name=f"Reader {n}", stream=stream)
            actions.enqueue(to, dedupe_key=f"{stream}:{n}", now=YESTERDAY)


def wait_for(sink, count, *processes):
    ends = time.monotonic() + 60
    while len(sink.received) < count and any(process.poll() is None for process in processes):
        assert time.monotonic() < ends, "nothing leaves"
        time.sleep(0.001)


def later():
    """As if an hour had gone by: leases run out, what was put off is due."""
    with saving():
        actions.sweep(now=datetime.now(UTC) + timedelta(hours=1))
        db.session.execute(update(OutboxMessage).values(not_before=YESTERDAY))


def survive(sink, dispatcher, *, count, kills):
    """Two dispatchers by accident, an outage, and kills in mid-flight; then one may finish."""
    for number in range(kills):
        if number == kills // 2:
            with sink.outage():
                drain_here()
            later()
        both = [dispatcher(), dispatcher()]
        some = random.randint(1, count // (kills + 1))
        wait_for(sink, len(sink.received) + some, *both)
        both[0].kill()
        both[1].send_signal(signal.SIGTERM)
        assert [process.wait(timeout=30) for process in both] in ([-9, 0], [0, 0], [-9, -15])
        later()
    finish()


def drain_here():
    for streams in (HIGH_PRIORITY, LOW_PRIORITY):
        assert drain(streams, seconds=300, is_over=lambda: False) is False


def finish():
    """A domain that says 421 rests as a whole: of its letters only one batch gets on each time."""
    for _ in range(60):
        drain_here()
        later()
        if not any(row.state is State.READY for row in rows()):
            return
    raise AssertionError("it does not end")


def states_of(sink):
    """Who stands where, and how many copies each got; nobody is lost."""
    states = {row.to_email: row.state for row in rows()}
    assert set(states.values()) <= {State.ACCEPTED, State.UNCERTAIN, State.FAILED}
    copies = Counter(mail.recipient for mail in sink.received)
    accepted = {who for who, state in states.items() if state is State.ACCEPTED}
    assert accepted <= copies.keys()
    return states, copies


def check_bulk(sink):
    """None lost, none twice; returns whose letter is in doubt."""
    states, copies = states_of(sink)
    assert [who for who, number in copies.items() if number > 1] == []
    accepted = {who for who, state in states.items() if state is State.ACCEPTED}
    in_doubt = {who for who, state in states.items() if state is State.UNCERTAIN}
    assert copies.keys() <= accepted | in_doubt
    return in_doubt


def check_refusals(sink, refused, *, kills):
    """Who was refused for good is not asked again; a kill may cost what had just been heard, or
    what was about to be said.
    """
    said = Counter(to for _step, to, answer in sink.said if answer.startswith("5"))
    assert sum(said.values()) - len(said) <= kills * LINES
    states, copies = states_of(sink)
    in_doubt = {who for who, state in states.items() if state is State.UNCERTAIN}
    assert said.keys() <= refused <= said.keys() | in_doubt
    assert not refused & copies.keys()
    failed = {who for who, state in states.items() if state is State.FAILED}
    assert failed <= refused <= failed | in_doubt


def named_at_the_desk(desk):
    """All addresses under "uncertain", page after page."""
    found, page = set(), "/desk/delivery/inbox?state=uncertain&lang=en"
    while page:
        tree = html.fromstring(desk.get(page).text)
        found |= set(tree.xpath("//tbody//td[1]/span/text()"))
        page = next(iter(tree.xpath("//main//a[contains(@href, 'before=')]/@href")), None)
    return found


@pytest.mark.parametrize(
    ("count", "kills"),
    [(150, 2), pytest.param(300, 0, marks=LONG), pytest.param(10_000, 30, marks=LONG)],
)
def test_newsletters_survive_every_mood_of_a_mail_server(app, sink, dispatcher, desk, count, kills):
    met = moody(sink, count)
    enqueue(count, Stream.BULK)
    survive(sink, dispatcher, count=count, kills=kills)
    in_doubt = check_bulk(sink)
    check_refusals(sink, met[REFUSED[0]] | met[REFUSED[1]], kills=kills)
    unheard = met[SILENT[0]] | met[SILENT[1]]
    assert unheard <= in_doubt
    # all of a short letter may be on its way when the server hangs up within it
    assert len(in_doubt - unheard - met["dropped within"]) <= kills * LINES
    assert named_at_the_desk(desk) == in_doubt


@pytest.mark.parametrize(("count", "kills"), [(60, 1), pytest.param(2_000, 20, marks=LONG)])
def test_what_people_wait_for_always_arrives_and_a_second_copy_has_the_same_id(
    app, sink, dispatcher, count, kills
):
    met = moody(sink, count)
    enqueue(count, Stream.TRANSACTIONAL)
    survive(sink, dispatcher, count=count, kills=kills)
    states, copies = states_of(sink)
    refused = met[REFUSED[0]] | met[REFUSED[1]]
    wanted = {address(n) for n in range(count)} - refused
    # sent again once: who is in the air at a second kill too is named, and a person decides
    twice_in_the_air = {who for who, state in states.items() if state is State.UNCERTAIN}
    assert copies.keys() <= wanted <= copies.keys() | twice_in_the_air
    assert len(wanted - copies.keys()) <= kills // 10
    check_refusals(sink, refused, kills=kills)
    unheard = met[SILENT[0]] | met[SILENT[1]]
    twice = {who for who, number in copies.items() if number > 1}
    assert unheard <= twice
    assert len(twice - unheard) <= kills
    assert max(copies.values()) <= 3 if kills else 2
    ids = {(mail.recipient, mail.mail["Message-ID"]) for mail in sink.received}
    assert len(ids) == len(copies)


@pytest.mark.once
def test_negative_control_a_naive_sender_sends_twice(app, sink, dispatcher):
    enqueue(50, Stream.BULK)
    process = dispatcher("tests.faults.naive")
    wait_for(sink, 33, process)
    process.kill()
    process.wait()
    assert dispatcher("tests.faults.naive").wait(timeout=60) == 0
    with pytest.raises(AssertionError):
        check_bulk(sink)


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


def test_sending_goes_on_within_seconds_of_a_restart(app, sink, machine):
    """Though the queue forgot all, and another worker had looked round in this minute."""
    machine.environ["SMTP_URL"] = url(sink)
    sink.when["dot"] = lambda _address: time.sleep(0.02)
    enqueue(300, Stream.BULK)
    killed = machine.start("--empty")
    wait_for(sink, 40, killed)
    machine.kill(killed)
    for line in app.extensions["queue"].lines:
        line.flush()
    for file in (machine.folder / "instance").glob("queue.db*"):
        file.unlink()
    with saving():
        db.session.execute(update(Beat).values(at=datetime.now(UTC) + timedelta(hours=1)))
    before = len(sink.received)
    machine.start("--empty")
    machine.wait_until(path="/")
    ends = time.monotonic() + 5
    while len(sink.received) == before:
        assert time.monotonic() < ends, "nothing leaves"
        time.sleep(0.01)
    ends = time.monotonic() + 40
    while len(waiting()) > LINES:
        assert time.monotonic() < ends, "what was claimed waits"
        time.sleep(0.1)
    assert {row.state for row in waiting()} <= {State.ATTEMPTING}
    assert max(Counter(mail.recipient for mail in sink.received).values()) == 1


def waiting():
    return [row for row in rows() if row.state is not State.ACCEPTED]
