"""People who register: the event's page, the form, the answer to it, the page after that, and the
letter. Each is a new browser; eight of them at once, and two hundred for fifty places.
"""

import itertools
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench import content, load, outbox
from bench.machine import everyday, floor, machine
from bench.sink import NoSinkError, sink
from bench.statements import counted
from bench.table import Line
from events_app.core import clock
from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State
from events_app.registrations.models import Registration, Status
from events_app.registrations.queries import form_of

WARM_SECONDS, SECONDS = 3, 8
PRESENT, GROWTH = 100_000, 1.5
ROUNDS, RACING, PLACES = 3, 200, 50
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
FORM_TYPE = "Content-Type: application/x-www-form-urlencoded\r\n"
ENTERED = 303


@dataclass(frozen=True)
class Walked:
    took: list[float]
    """Seconds of each person, from the event's page to the page after the form."""
    refused: list[int]

    @property
    def p95(self):
        return sorted(self.took)[len(self.took) * 95 // 100] * 1000


@dataclass(frozen=True)
class Found:
    per_second: float
    cpu: float
    """Milliseconds of all servers for one of them, with its letter."""
    note: str


def run(servers):
    try:
        with floor(servers) as bare:
            least = _of_floor(bare)
        with sink() as port:
            return _lines(servers, f"smtp://127.0.0.1:{port}?tls=no", least)
    except NoSinkError as why:
        return [Line("whole registrations", f"LEFT OUT: {why}")]


def _lines(servers, smtp_url, least):
    with machine(servers, **everyday(servers), SMTP_URL=smtp_url) as site:
        site.make_tables()
        with site.app.app_context():
            few, many = content.add_events(2, places=1_000_000)
            races = content.add_events(ROUNDS, first=3, places=PLACES)
        site.start_all()
        whole = _measured(site, 1, few, first=0)
        lines = [
            Line("floor: registrations with bare Flask", least.per_second, "/s",
                 note=f"{least.note}; no letter; CPU {least.cpu:.2f} ms"),
            Line("whole registrations", whole.per_second, "/s", least=90 if servers else 100,
                 note=whole.note),
            Line("whole registration: CPU", whole.cpu, "ms", most=20 if servers else 12),
            Line("whole registration: CPU beside the floor's", whole.cpu / least.cpu, "times",
                 most=8),
            Line("whole registration: SQL statements of its four requests", _statements(site),
                 most=20),
            _page_meanwhile(site, few),
            _raced(site, races),
        ]  # fmt: skip
        with site.app.app_context():
            content.add_registrations(many, PRESENT)
        grown = _measured(site, 2, many, first=500_000)
        what = f"whole registration with {PRESENT:,} present: CPU beside the small event's"
        return [*lines, Line(what, grown.cpu / whole.cpu, "times", most=GROWTH,
                             note=f"{grown.per_second:,.0f}/s; {grown.note}")]  # fmt: skip


def _of_floor(bare):
    counter = itertools.count()
    _walked(bare, 1, counter, WARM_SECONDS)
    cpu, began = bare.cpu(), time.perf_counter()
    seen = _walked(bare, 1, counter, SECONDS)
    wall, spent = time.perf_counter() - began, bare.cpu() - cpu
    assert not seen.refused
    made = len(seen.took)
    return Found(made / wall, spent / made * 1000, f"four requests; p95 {seen.p95:.0f} ms")


def _measured(site, number, event_id, *, first):
    """Until the last letter has left: who sends them slowly is not counted as quick."""
    counter = itertools.count(first)
    _walked(site, number, counter, WARM_SECONDS)
    _wait_until_sent(site)
    present, cpu, began = _present(site, event_id), site.cpu(), clock.now()
    seen = _walked(site, number, counter, SECONDS)
    _wait_until_sent(site)
    spent, made = site.cpu() - cpu, _present(site, event_id) - present
    assert made == len(seen.took) - len(seen.refused), (made, len(seen.took))
    letters, last = _left_since(site, began)
    assert letters == made, (letters, made)
    note = f"four requests and the letter; p95 of the requests {seen.p95:.0f} ms"
    if seen.refused:
        note += f"; {len(seen.refused)} REFUSED"
    return Found(made / (last - began).total_seconds(), spent / made * 1000, note)


def _walked(site, number, counter, seconds, browsers=load.CONNECTIONS):
    took, refused = [], []
    ends = time.monotonic() + seconds

    def browse():
        while time.monotonic() < ends:
            person, began = next(counter), time.perf_counter()
            if _walk(site, number, person) != ENTERED:
                refused.append(person)
            took.append(time.perf_counter() - began)

    load.together(browse, browsers)
    return Walked(took, refused)


def _walk(site, number, person):
    """One new browser from the event's page to the page after the form; the answer to the form."""
    line, path = load.Line(site.url), f"/events/{content.slug(number)}"
    address = _address(person)
    assert line.ask("GET", path, address).status == 200
    cookie, token = _form(line, path, address)
    answer = _send(line, path, address + cookie, token, person)
    if answer.status == ENTERED:
        kept = answer.header("set-cookie").partition(";")[0]
        cookie = f"Cookie: {kept}\r\n" if kept else cookie
        after = line.ask("GET", answer.header("location"), address + cookie)
        assert after.status == 200, after.status
    line.close()
    return answer.status


def _address(person):
    return f"X-Forwarded-For: 10.{person >> 16}.{person >> 8 & 255}.{person & 255}\r\n"


def _form(line, path, address):
    form = line.ask("GET", f"{path}/register", address)
    cookie = form.header("set-cookie").partition(";")[0]
    return f"Cookie: {cookie}\r\n", TOKEN.search(form.body)[1].decode()


def _send(line, path, headers, token, person):
    typed = {
        "csrf_token": token, "name": f"Gast {person}", "email": f"guest{person}@example.org",
        "organisation": "Demo bv", "diet": "vegan",
    }  # fmt: skip
    return line.ask("POST", f"{path}/register", headers + FORM_TYPE, urlencode(typed).encode())


def _wait_until_sent(site):
    with site.app.app_context():
        outbox.wait_until_sent()
        db.session.remove()


def _left_since(site, began):
    """How many letters have left, and when the last of them did."""
    with site.app.app_context():
        found = db.session.execute(
            select(func.count(), func.max(OutboxMessage.accepted_at)).where(
                OutboxMessage.state == State.ACCEPTED, OutboxMessage.accepted_at >= began
            )
        ).one()
        db.session.remove()
    return found


def _present(site, event_id):
    """How many hold a place; also checks that the places were counted right."""
    held = _by_status(site, event_id)[Status.CONFIRMED]
    with site.app.app_context():
        taken = form_of(event_id).pool.taken
        db.session.remove()
    assert held == taken, (held, taken)
    return held


def _by_status(site, event_id):
    with site.app.app_context():
        found = Counter(
            db.session.scalars(select(Registration.status).where(Registration.event_id == event_id))
        )
        db.session.remove()
    return found


def _page_meanwhile(site, event_id):
    """The page of an event for which somebody registers all the time."""
    counter, present = itertools.count(300_000), _present(site, event_id)
    someone = threading.Thread(target=_walked, args=(site, 1, counter, SECONDS, 1))
    someone.start()
    found = load.pages(site, f"/events/{content.slug(1)}", seconds=SECONDS - 3)
    someone.join()
    _wait_until_sent(site)
    made = _present(site, event_id) - present
    note = f"{found.per_second:,.0f} req/s while {made / SECONDS:.0f} a second registered"
    return Line("event page while people register: p95", found.p95, "ms", most=15, note=note)


def _raced(site, races):
    """All have the form before them and press the button at one moment."""
    worst = 0.0
    for number, event_id in enumerate(races, start=3):
        worst = max(worst, _race(site, number))
        found = _by_status(site, event_id)
        expected = {Status.CONFIRMED: PLACES, Status.WAITLISTED: RACING - PLACES}
        assert found == expected, found
    note = f"exactly {PLACES} in each of {ROUNDS} rounds, the others in line; the slowest round"
    return Line(f"{RACING} people race for {PLACES} places", worst, "s", most=2, note=note)


def _race(site, number):
    ready, path = threading.Barrier(RACING + 1, timeout=60), f"/events/{content.slug(number)}"
    people = itertools.count(600_000 + number * 1000)

    def run():
        person, line = next(people), load.Line(site.url)
        address = _address(person)
        cookie, token = _form(line, path, address)
        ready.wait()
        assert _send(line, path, address + cookie, token, person).status == ENTERED
        line.close()

    runners = [threading.Thread(target=run) for _ in range(RACING)]
    for each in runners:
        each.start()
    ready.wait()
    began = time.perf_counter()
    for each in runners:
        each.join()
    return time.perf_counter() - began


def _statements(site):
    client, path = site.app.test_client(), f"/events/{content.slug(1)}"
    for person in (900_001, 900_002):
        with counted(site.app) as sent:
            typed = {"name": "Gast", "email": f"guest{person}@example.org", "diet": "vegan"}
            assert client.get(path).status_code == 200
            assert client.get(f"{path}/register").status_code == 200
            answer = client.post(f"{path}/register", data=typed)
            assert answer.status_code == ENTERED
            assert client.get(answer.location).status_code == 200
    return len(sent)
