"""People who register: the form, and the answer to it, from eight browsers at once."""

import itertools
import re
import time
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench import content, load
from bench.machine import PRODUCTION, machine
from bench.statements import counted
from bench.table import Line
from events_app.core.db import db
from events_app.registrations.models import Registration
from events_app.registrations.queries import form_of

WARM_SECONDS, SECONDS = 3, 8
PRESENT = 100_000
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def run(servers):
    # many browsers behind one address would be held back; a proxy tells them apart
    with machine(servers, **PRODUCTION, PROXIES="1") as site:
        site.make_tables()
        with site.app.app_context():
            few, many = content.add_events(2, places=1_000_000)
        site.start("web", "--empty")
        lines = _measured(site, 1, few, "registrations", first=0, least=300)
        lines.append(Line("registration: SQL statements of the POST", _statements(site), most=12))
        with site.app.app_context():
            content.add_registrations(many, PRESENT)
        return lines + _measured(
            site, 2, many, f"registrations with {PRESENT:,} present", first=500_000, least=200
        )


def _measured(site, number, event_id, what, *, first, least):
    counter, path = itertools.count(first), f"/events/{content.slug(number)}/register"
    _browsed(site, path, counter, WARM_SECONDS)
    before, cpu, began = _present(site, event_id), site.cpu(), time.perf_counter()
    took, refused = _browsed(site, path, counter, SECONDS)
    spent, wall = site.cpu() - cpu, time.perf_counter() - began
    made = _present(site, event_id) - before
    assert made == len(took) - len(refused), (made, len(took), len(refused))
    took.sort()
    note = f"GET and POST; p95 {took[len(took) * 95 // 100] * 1000:.0f} ms"
    if refused:
        note += f"; {len(refused)} REFUSED"
    return [
        Line(what, made / wall, "/s", least=least, note=note),
        Line(f"{what}: CPU", spent / made * 1000, "ms", most=6 * (300 / least)),
    ]


def _browsed(site, path, counter, seconds):
    """How long each registration took, and whose was refused."""
    took, refused = [], []
    ends = time.monotonic() + seconds

    def browse():
        line = load.Line(site.url)
        while time.monotonic() < ends:
            person, began = next(counter), time.perf_counter()
            if _register(line, path, person) != 303:
                refused.append(person)
            took.append(time.perf_counter() - began)

    load.together(browse, load.CONNECTIONS)
    return took, refused


def _register(line, path, person):
    browser = f"X-Forwarded-For: 10.{person >> 16}.{person >> 8 & 255}.{person & 255}\r\n"
    form = line.ask("GET", path, browser)
    cookie = form.header("set-cookie").partition(";")[0]
    typed = {
        "csrf_token": TOKEN.search(form.body)[1].decode(), "name": f"Gast {person}",
        "email": f"guest{person}@example.org", "organisation": "Demo bv", "diet": "vegan",
    }  # fmt: skip
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    headers = f"{browser}Cookie: {cookie}\r\n{kind}"
    return line.ask("POST", path, headers, urlencode(typed).encode()).status


def _present(site, event_id):
    """How many hold a place; also checks that the places were counted right."""
    with site.app.app_context():
        count = db.session.scalar(
            select(func.count()).select_from(Registration).where(Registration.event_id == event_id)
        )
        taken = form_of(event_id).pool.taken
        db.session.remove()
    assert count == taken, (count, taken)
    return count


def _statements(site):
    client = site.app.test_client()
    path = f"/events/{content.slug(1)}/register"
    for person in (900_001, 900_002):
        with counted(site.app) as sent:
            typed = {"name": "Gast", "email": f"guest{person}@example.org", "diet": "vegan"}
            assert client.post(path, data=typed).status_code == 303
    return len(sent)
