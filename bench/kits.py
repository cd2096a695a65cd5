"""A whole kit in a partner's brand: cold, warm, kept; each asset; a version for all partners."""

import io
import os
import time
from dataclasses import replace

from PIL import Image
from sqlalchemy import func, select, update

from bench import content
from bench.machine import cpu_of, family, machine
from bench.table import Line
from events_app.contacts.models import Membership, Organisation, OrganisationKind, Person
from events_app.core import clock, files, text, tokens
from events_app.core.db import db, saving
from events_app.events import queries as events
from events_app.kits import actions, letters, on_demand, queries
from events_app.kits.assets import ASSETS
from events_app.kits.assets.drawing.sample import sample
from events_app.kits.models import RenderedFile

ROUNDS = 4
TOLD, PEOPLE = 200, 3
PARTNERS = 20
"""Each in two languages: 40 kits."""
PATIENCE = 300


def run(servers):
    with machine(servers) as site, site.app.app_context():
        site.make_tables()
        content.add_events(1)
        kit, version = _published()
        lines = _studio(kit, version)
        lines += _assets()
        lines += _telling(kit)
        lines += _for_all(site)
        db.session.remove()
        return lines


def _published():
    with saving():
        kit = actions.draft(events.by_slug(content.slug(1)), by=None, now=clock.now())
        version = actions.publish(kit, by=None, now=clock.now())
    return kit, version


def _partners(count, first=0):
    made = []
    with saving():
        for n in range(first, first + count):
            picture = io.BytesIO()
            colour = f"#{n * 5 % 120:02x}5c{n * 3 % 200:02x}"
            Image.new("RGBA", (240, 80), colour).save(picture, "PNG")
            seed = tokens.new_seed()
            made.append(Organisation(
                name=f"Partner {n}", kind=OrganisationKind.SCHOOL, is_partner=True, accent=colour,
                logo_key=files.keep(picture.getvalue()), seed=seed, created_at=clock.now(),
                link_digest=tokens.digest(tokens.derived("partner", seed)),
            ))  # fmt: skip
        db.session.add_all(made)
    return made


def _spent():
    """CPU seconds of this process and of the renderers."""
    return cpu_of(family([os.getpid()]))


def _asked(kit, version, partner):
    """The page of a partner's kit: wall and CPU seconds, and how many files it offers."""
    began, cpu = time.perf_counter(), _spent()
    found = on_demand.items(on_demand.request_for(kit, version, partner, "nl"))
    kit_request = on_demand.request_for(kit, version, partner, "nl")
    stream = iter(actions.pack(kit_request, found, moment=version.published_at).content)
    first = next(stream)
    wall = time.perf_counter() - began
    sum(map(len, stream), len(first))
    return wall, _spent() - cpu, len(found)


def _studio(kit, version):
    partners = _partners(ROUNDS + 1)
    cold = _asked(kit, version, partners[0])
    warm = [_asked(kit, version, partner) for partner in partners[1:]]
    kept = [_asked(kit, version, partners[0]) for _ in range(ROUNDS)]
    wall, cpu = min(one[0] for one in warm), min(one[1] for one in warm)
    return [
        Line("kit, cold: with the start of the renderers", cold[0], "s",
             note=f"{cold[2]} files; CPU {cold[1]:.2f} s"),
        Line("kit, warm, in a brand not seen before", wall, "s", most=0.8,
             note=f"best of {ROUNDS}"),
        Line("kit, warm: CPU", cpu, "s", most=0.8),
        Line("kit, kept: to the first byte of the ZIP", min(one[0] for one in kept) * 1000, "ms",
             most=100),
    ]  # fmt: skip


def _assets():
    facts, brand = sample()
    spent = {role: [] for role in ASSETS}
    count = 0
    for number in range(ROUNDS):
        changed = replace(facts, title=f"{facts.title} {number}")
        count = 0
        for role, asset in ASSETS.items():
            began = time.perf_counter()
            count += len(asset.build(changed, brand, "nl"))
            spent[role].append(time.perf_counter() - began)
    best = {role: min(walls) for role, walls in spent.items()}
    slowest = sorted(best, key=best.get, reverse=True)[:5]
    note = ", ".join(f"{role} {best[role] * 1000:.0f}" for role in slowest)
    return [Line("assets one after the other", sum(best.values()), "s",
                 note=f"{count} files; slowest (ms): {note}")]  # fmt: skip


def _telling(kit):
    """A new version for partners who took the one before: how long other writers wait for it."""
    partners = _partners(TOLD, first=1000)
    with saving():
        people = [
            Person(name=f"Persoon {n}", email=f"p{n}@example.org", language="nl", phone="",
                   created_at=clock.now())
            for n in range(TOLD * PEOPLE)
        ]  # fmt: skip
        db.session.add_all(people)
        for n, person in enumerate(people):
            at = partners[n // PEOPLE]
            db.session.add(Membership(person=person, organisation=at, title=""))
        for partner in partners:
            actions.count_download(queries.last_version(kit), partner, "zip", now=clock.now())
        kit.event.title = {"nl": "Een nieuwe titel", "en": "A new title"}
        kit.event.revision += 1
    began = time.perf_counter()
    with saving():
        version = actions.publish(queries.kit(kit.id), by=None, now=clock.now())
    published = time.perf_counter() - began
    holders = queries.holders(version)
    told = [letters.Told(one.organisation, who, ASSETS) for one in holders for who in one.people]
    began = time.perf_counter()
    batches = letters.new_version(version, told)
    written = time.perf_counter() - began
    began = time.perf_counter()
    with saving():
        actions.tell_partners(version, batches, now=clock.now())
    stored = time.perf_counter() - began
    ids = [partner.id for partner in partners]
    with saving():  # no kits need be drawn for them
        no_more = update(Organisation).where(Organisation.id.in_(ids)).values(is_partner=False)
        db.session.execute(no_more)
    return [
        Line(f"publishing with {TOLD} partners of {PEOPLE} people: under the writers' lock",
             published * 1000, "ms", most=100),
        Line(f"the same: storing {len(told)} letters, under the lock", stored * 1000, "ms",
             most=500, note=f"written before it, in {written * 1000:.0f} ms"),
    ]  # fmt: skip


def _for_all(site):
    """What a worker draws ahead for all partners, in both languages."""
    _partners(PARTNERS, first=100)
    before = db.session.scalar(select(func.count(RenderedFile.id)))
    db.session.remove()
    began = clock.now()
    worker = site.start("worker")
    _wait_until_drawn()
    last, count = db.session.execute(
        select(func.max(RenderedFile.created_at), func.count(RenderedFile.id))
    ).one()
    wall, cpu = (last - began).total_seconds(), cpu_of(family([worker.pid]))
    kits = PARTNERS * len(text.LANGUAGES)
    return [
        Line(f"{PARTNERS} partners in {len(text.LANGUAGES)} languages, by a worker", wall, "s",
             most=60 * kits / 200, note=f"{count - before:,} files; CPU {cpu:.0f} s, "
             f"{cpu / kits:.2f} s a kit; aim is 200 kits in 60 s"),
    ]  # fmt: skip


def _wait_until_drawn():
    ends, seen, since = time.monotonic() + PATIENCE, -1, time.monotonic()
    while time.monotonic() < ends:
        db.session.remove()
        left = queries.unprepared(clock.now())
        count = db.session.scalar(select(func.count(RenderedFile.id)))
        if count != seen:
            seen, since = count, time.monotonic()
        if not left and time.monotonic() - since > 5:
            return
        time.sleep(0.5)
    raise RuntimeError(f"not drawn for everyone in {PATIENCE} s: {left}, {seen}")
