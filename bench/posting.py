"""A newsletter to ten thousand readers, into a mail server that keeps nothing."""

import time
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import content, outbox
from bench.machine import UNITS, cpu_of, machine
from bench.sink import NoSinkError, sink, source
from bench.table import Line
from events_app.accounts.models import Role, StaffMember
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import LetterBody, OutboxMessage, State
from events_app.delivery.post.mime import MimeTemplate, Sender, build
from events_app.events import queries as events
from events_app.newsletters import jobs
from events_app.newsletters.actions import sending
from events_app.newsletters.models import Issue
from events_app.registrations import actions
from events_app.registrations.queries import form_at
from events_app.registrations.rules import Applicant

READERS = 10_000
ARTICLES = 8
LINES = 8
"""Open lines to the mail server: the product's own number."""


def run(servers):
    try:
        with sink() as port:
            return _plain(_measured(servers, port))
    except NoSinkError as why:
        return [Line("newsletter", f"LEFT OUT: {why}")]


@dataclass(frozen=True)
class Measured:
    filled: float
    """Seconds until all rows are in the outbox, and CPU."""
    cpu_to_fill: float
    size: int
    rate: float
    cpu_to_send: float
    floor: float
    """Letters a second of smtp-source."""
    around: str
    waited: list[float]


def _measured(servers, port):
    url = f"smtp://127.0.0.1:{port}?tls=no"
    with machine(servers, **UNITS, SMTP_URL=url) as site, site.app.app_context():
        site.make_tables()
        content.add_events(ARTICLES, places=100_000)
        content.add_readers(READERS)
        filled, cpu_to_fill = _filled(_issue())
        size = _size()
        raw = source(port, lines=LINES, count=READERS, size=size)
        worker = site.start("worker")
        before, waits = cpu_of([worker.pid]), _registered_meanwhile()
        outbox.wait_until_sent()
        spent = cpu_of([worker.pid]) - before
        bulk = OutboxMessage.campaign.startswith("issue:")
        first, last, sent = db.session.execute(
            select(func.min(OutboxMessage.accepted_at), func.max(OutboxMessage.accepted_at),
                   func.count()).where(bulk, OutboxMessage.state == State.ACCEPTED)
        ).one()  # fmt: skip
        assert sent == READERS, sent
        rate = sent / (last - first).total_seconds()
        again = source(port, lines=LINES, count=READERS, size=size)
        waited = waits()
        db.session.remove()
    around = f"{raw:,.0f} before, {again:,.0f} after, {LINES} lines"
    return Measured(filled, cpu_to_fill, size, rate, spent, (raw + again) / 2, around, waited)


def _plain(seen):
    return [
        Line("letters into the outbox", READERS / seen.filled, "/s",
             note=f"CPU {seen.cpu_to_fill / READERS * 1000:.2f} ms a letter"),
        Line("letters sent", seen.rate, "/s", least=2000,
             note=f"{READERS:,} of {seen.size / 1000:.0f} KB, {LINES} lines, all committed"),
        Line("letters sent: CPU", seen.cpu_to_send / READERS * 1000, "ms", most=0.5),
        Line("smtp-source into the same sink", seen.floor, "/s", note=seen.around),
        Line("ratio to smtp-source", seen.rate / seen.floor, "", least=0.3),
        Line("click to last letter, 10,000 readers", seen.filled + READERS / seen.rate, "s",
             most=10),
        Line("a confirmation while it runs: longest wait", max(seen.waited), "s", most=2,
             note=f"{len(seen.waited)} registrations"),
    ]  # fmt: skip


def _issue():
    now = clock.now()
    blocks = [{"kind": "text", "key": "0", "words": content.STORY}]
    for number in range(1, ARTICLES + 1):
        event = events.by_slug(content.slug(number))
        blocks += [
            {"kind": "event", "key": f"e{number}", "event": event.id, "seen": event.revision},
            {"kind": "text", "key": f"t{number}", "words": content.STORY},
        ]
    with saving():
        owner = StaffMember(email="bench@example.org", name="Demo", role=Role.OWNER, language="nl",
                            is_active=True, created_at=now)  # fmt: skip
        issue = Issue(slug="bench", subject="Nieuws van de planken", preheader="Dit voorjaar.",
                      language="nl", blocks=blocks, created_at=now, changed_at=now)  # fmt: skip
        db.session.add_all([owner, issue])
    with saving():
        letter, _audience, problems = sending.checked(issue, today=now.date())
        assert not problems, problems
        sending.approve(issue, seen=sending.seal(issue, letter), by=owner, now=now)
    with saving():
        sending.send(issue, by=owner, now=now)
    return issue


def _filled(issue):
    began, cpu = time.perf_counter(), time.process_time()
    jobs.fill(issue.id)
    while db.session.scalar(select(func.count(OutboxMessage.id))) < READERS:
        jobs.fill(issue.id)
    return time.perf_counter() - began, time.process_time() - cpu


def _size():
    """Bytes of one letter as it leaves."""
    message = db.session.scalars(select(OutboxMessage).limit(1)).one()
    template = MimeTemplate(db.session.get_one(LetterBody, message.body_id))
    sender = Sender("Op de Bühne", "post@example.org", "post@example.org")
    return len(build(message, template, sender, now=clock.now()).content)


def _registered_meanwhile():
    """Register somebody now and then; gives how long each waited for the letter to leave."""
    ends, number = time.monotonic() + 2, 0
    keys = []
    while time.monotonic() < ends:
        number += 1
        who = Applicant(name="Ana Demo", email=f"ana{number}@example.org")
        with saving():
            made = actions.register(form_at(content.slug(1)), who, now=clock.now())
        keys.append(f"registration:{made.registration.id}:confirmed:v1")
        db.session.remove()
        time.sleep(0.2)

    def waits():
        rows = db.session.execute(
            select(OutboxMessage.created_at, OutboxMessage.accepted_at).where(
                OutboxMessage.dedupe_key.in_(keys)
            )
        ).all()
        assert len(rows) == len(keys)
        return [(row.accepted_at - row.created_at).total_seconds() for row in rows]

    return waits
