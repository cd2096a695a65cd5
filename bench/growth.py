"""What pages, lists and files cost when a hundred times as much is there.

Each is asked for in this process, by the app on the same rows: first with 100 events and 100
registrations of one of them, then with 10,000 and 100,000. The aim is 1.5 times of what it cost
when there was little. What reads everything (CSV, audience) has its own.
"""

import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event as happening
from sqlalchemy import func, select

from bench import content
from bench.machine import machine
from bench.table import Line
from events_app.accounts.actions import begin_session
from events_app.accounts.models import Role, StaffMember
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events.models import Event
from events_app.newsletters.queries import audiences
from events_app.newsletters.rules import Draft
from events_app.registrations.models import Registration, Status
from events_app.themes.models import Theme

MOST, ROUNDS, SECONDS = 1.5, 15, 3
READERS = 100_000
PEAK = re.compile(r"VmHWM:\s+(\d+)")
PUBLIC = {
    "home": "/",
    "event page": "/events/demo-7",
    "agenda": "/events/",
    "agenda, words": "/events/?q=stage+7",
    "agenda, a sector": "/events/?sector=energie",
    "calendar feed": "/events.ics",
    "sitemap": "/sitemap.xml",
}
DESK = {
    "desk: first page": "/desk/",
    "desk: events": "/desk/events/",
    "desk: events, words": "/desk/events/?q=stage+7",
    "desk: events with registration": "/desk/registrations/",
    "desk: registrations, the newest": "/desk/registrations/{event}",
    "desk: registrations, the oldest": "/desk/registrations/{event}?sort=old",
    "desk: registrations by name": "/desk/registrations/{event}?sort=name",
    "desk: registrations, next page": "/desk/registrations/{event}?after={middle}",
    "desk: registrations by name, next page": (
        "/desk/registrations/{event}?sort=name&after={middle}"
    ),
    "desk: registrations, cancelled": "/desk/registrations/{event}?status=cancelled",
    "desk: cancelled by name": "/desk/registrations/{event}?status=cancelled&sort=name",
    "desk: registrations, words of many": "/desk/registrations/{event}?q=Gast+7",
    "desk: registrations, words of nobody": "/desk/registrations/{event}?q=zzzz",
    "desk: one registration": "/desk/registrations/{event}/{middle}",
    "desk: contacts": "/desk/contacts/people/",
    "desk: contacts, words of many": "/desk/contacts/people/?words=lezer+7",
    "desk: contacts, words of nobody": "/desk/contacts/people/?words=zzzz",
    "desk: organisations": "/desk/contacts/",
    "desk: organisations, words": "/desk/contacts/?words=zzzz",
    "desk: letters": "/desk/delivery/",
    "desk: inbox": "/desk/delivery/inbox",
    "desk: inbox, refused": "/desk/delivery/inbox?state=failed",
    "desk: inbox, an address": "/desk/delivery/inbox?address=present1@example.org",
    "desk: journal": "/desk/accounts/journal",
    "desk: journal, a kind": "/desk/accounts/journal?kind=Person",
    "desk: newsletters": "/desk/newsletters/",
    "desk: invitations": "/desk/invitations/",
}
SOUGHT = {"words of many": "gast 7", "words of nobody": "zzzz", "a code": "HCT-B0000050"}


@dataclass(frozen=True)
class Cost:
    ms: float
    """Of the whole request."""
    database: float
    """Milliseconds in the driver."""
    statements: int

    def __str__(self):
        return f"{self.ms:.1f} ms ({self.database:.1f} in the database)"


def run(servers):
    with machine(servers) as site:
        site.make_tables()
        with site.app.app_context():
            engine = db.engine
        with _Watch(engine) as watch:
            few = _filled(site.app, events=100, registrations=100, others=1_000)
            small = _costs(site.app, watch, few)
            many = _filled(site.app, events=9_900, registrations=100_000, others=99_000)
            big = _costs(site.app, watch, many)
            lines = [
                Line(what, cost.ms, "ms", most=round(small[what].ms * MOST, 1),
                     note=f"{cost.database:.1f} in the database, {cost.statements:.0f} statements;"
                          f" small: {small[what]}")
                for what, cost in big.items()
            ]  # fmt: skip
            return [*lines, *_audiences(site.app, watch), _exported(site.app, many)]


def _filled(app, *, events, registrations, others):
    """Adds so many; the first event that was added has the registrations."""
    with app.app_context():
        first = (db.session.scalar(select(func.max(Event.id))) or 0) + 1
        key = content.add_events(events, first=first, places=1_000_000)[0]
        content.add_registrations(key, registrations)
        content.call_off(key)
        content.add_readers(others)
        content.add_organisations(others // 50)
        content.add_letters(others)
        content.add_journal(others)
    return key


class _Watch:
    """Counts statements and the time that the driver takes for them."""

    def __init__(self, engine):
        self.engine = engine
        self.reset()

    def reset(self):
        self.count, self.spent, self._began = 0, 0.0, 0.0

    def _before(self, *_given):
        self._began = time.perf_counter()

    def _after(self, _connection, _cursor, statement, *_given):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            self.count += 1
            self.spent += time.perf_counter() - self._began

    def __enter__(self):
        happening.listen(self.engine, "before_cursor_execute", self._before)
        happening.listen(self.engine, "after_cursor_execute", self._after)
        return self

    def __exit__(self, *_why):
        happening.remove(self.engine, "before_cursor_execute", self._before)
        happening.remove(self.engine, "after_cursor_execute", self._after)


def _costs(app, watch, event_id):
    values = {"event": event_id, "middle": _middle(app, event_id)}
    reader, desk = app.test_client(), _desk(app)
    found = {what: _cost(watch, reader, path) for what, path in PUBLIC.items()}
    for what, path in DESK.items():
        found[what] = _cost(watch, desk, path.format(**values))
    for what, words in SOUGHT.items():
        desk.post("/desk/search", data={"q": words})
        found[f"desk: search, {what}"] = _cost(watch, desk, "/desk/search")
    return found


def _middle(app, event_id):
    """Half-way through the list."""
    with app.app_context():
        ids = db.session.scalars(
            select(Registration.id)
            .where(Registration.event_id == event_id, Registration.status == Status.CONFIRMED)
            .order_by(Registration.id)
        ).all()
    return ids[len(ids) // 2]


def _cost(watch, client, path):
    """The median of a few."""
    seen = []
    _ask(client, path)
    ends = time.monotonic() + SECONDS
    while not seen or (len(seen) < ROUNDS and time.monotonic() < ends):
        watch.reset()
        began = time.perf_counter()
        _ask(client, path)
        took = time.perf_counter() - began
        seen.append((took * 1000, watch.spent * 1000, watch.count))
    return Cost(*(statistics.median(figures) for figures in zip(*seen, strict=True)))


def _ask(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.data
    answer.close()


def _desk(app):
    with app.app_context(), saving():
        owner = db.session.scalars(select(StaffMember).where(StaffMember.role == Role.OWNER)).one()
        key = begin_session(owner, now=clock.now())
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["desk"] = key
    return browser


def _audiences(app, watch):
    with app.app_context():
        theme = db.session.scalars(select(Theme.id).where(Theme.code == "energie")).one()
        return [_audience(watch, "everyone", None), _audience(watch, "a theme", theme)]


def _audience(watch, who, theme_id):
    draft = Draft(language="nl", subject="", preheader="", blocks=[], theme_id=theme_id,
                  is_one_language=False)  # fmt: skip
    took = []
    for _ in range(5):
        watch.reset()
        assert audiences.counted(draft).readers == READERS
        took.append(watch.spent * 1000)
        db.session.rollback()
    what = f"audience of {READERS:,} readers, {who}"
    return Line(what, statistics.median(took), "ms", most=150, note="in the database")


def _exported(app, event_id):
    """As a server sends it: piece by piece, none of them kept."""
    desk = _desk(app)
    before = _peak(is_new=True)
    began, cpu = time.perf_counter(), time.process_time()
    answer = desk.get(f"/desk/registrations/{event_id}/list.csv")
    lines = sum(piece.count(b"\n") for piece in answer.iter_encoded())
    answer.close()
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    assert lines == 100_001, lines
    note = f"CPU {spent:.1f} s; memory grew by {_peak() - before:.1f} MiB"
    return Line("CSV of 100,000 registrations", wall, "s", most=3, note=note)


def _peak(*, is_new=False):
    """MiB: the most that this process has held since it was last asked anew."""
    if is_new:
        Path("/proc/self/clear_refs").write_text("5")
    return int(PEAK.search(Path("/proc/self/status").read_text())[1]) / 1024
