"""Rows to measure with: made up, in bulk, and as the rooms would have written them."""

from datetime import timedelta

from sqlalchemy import func, insert, select, text, update

from events_app.accounts.models import JournalEntry
from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.contacts.models import Consent, Organisation, OrganisationKind, Person, Purpose
from events_app.core import clock, tokens
from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery.models import LetterBody, OutboxMessage
from events_app.delivery.models import State as Sent
from events_app.delivery.rules import address_digest
from events_app.events.models import Event, EventPartner, Status, Venue
from events_app.newsletters.models import Subscription
from events_app.newsletters.rules import LINK, consent
from events_app.registrations import queries, rules
from events_app.registrations.models import (
    CalendarEntry,
    EntryState,
    Participant,
    Registration,
    RegistrationForm,
)
from events_app.registrations.models import Status as RegistrationStatus
from events_app.themes.models import Theme

WORDS = "Samen leren en werken in de regio begint met een goed gesprek op de vloer. " * 3
STORY = "\n\n".join([f"## Onderdeel {n}\n\n{WORDS}\n\n- een\n- twee\n- **drie**" for n in range(4)])
AT_ONCE = 2000


def fill(kind, rows):
    rows = list(rows)
    with saving():
        for start in range(0, len(rows), AT_ONCE):
            db.session.execute(insert(kind), rows[start : start + AT_ONCE])
        if db.engine.dialect.name == "postgresql":  # as its autovacuum does within a minute
            db.session.execute(text(f"ANALYZE {kind.__tablename__}"))


def add_events(count, *, first=1, places=200):
    """Published events from tomorrow on, two a day, each with a form and two partners."""
    now = clock.now().replace(microsecond=0)
    sector = db.session.scalars(select(Theme).where(Theme.code == "energie")).one()
    with saving():
        venue = Venue(name="De Machinehal", street="Kade 1", postcode="3311 AA", city="Dordrecht",
                      route_note={"nl": WORDS}, access_note={"nl": WORDS})  # fmt: skip
        partners = [
            Organisation(name=f"Demo partner {first}.{n}", kind=OrganisationKind.COMPANY,
                         website="https://example.org", seed=tokens.new_seed(), created_at=now,
                         link_digest=tokens.digest(f"bench partner {first}.{n}"))
            for n in range(2)
        ]  # fmt: skip
        db.session.add_all([venue, *partners])
    ids = range(first, first + count)
    fill(Event, (_event(n, venue.id, sector.id, now) for n in ids))
    known = dict(db.session.execute(select(Event.slug, Event.id)).all())
    keys = [known[slug(n)] for n in ids]
    with saving():
        for key in keys:
            pools = {"pool": Pool(size=places), "online_pool": Pool(size=None)}
            db.session.add(RegistrationForm(event_id=key, guests_max=1, **pools))
    fill(EventPartner, (
        {"event_id": key, "organisation_id": partner.id, "position": n}
        for key in keys for n, partner in enumerate(partners)
    ))  # fmt: skip
    return keys


def slug(number):
    return f"demo-{number}"


def _event(number, venue_id, sector_id, now):
    starts = now + timedelta(days=1, hours=number * 12 % (24 * 700))
    return {
        "slug": slug(number), "title": {"nl": f"Op de Bühne {number}", "en": f"On Stage {number}"},
        "summary": {"nl": WORDS[:150], "en": WORDS[:150]}, "description": {"nl": STORY},
        "audience": {"nl": WORDS[:75]}, "status": Status.PUBLISHED, "venue_id": venue_id,
        "starts_at": starts, "ends_at": starts + timedelta(hours=4), "lead_sector_id": sector_id,
        "created_at": now, "changed_at": now, "published_at": now,
        "contact_email": "team@example.org",
    }  # fmt: skip


def add_registrations(event_id, count):
    """Confirmed ones, as `register` leaves them after their letters are gone."""
    now = clock.now()
    pool = queries.form_of(event_id).pool
    event = db.session.get_one(Event, event_id)
    told = rules.facts(event)
    hash = rules.facts_hash(told)
    held = {"pool_id": pool.id, "places": 1, "status": ClaimStatus.HELD, "asked_at": now}
    fill(Claim, (held for _ in range(count)))
    claims = db.session.scalars(select(Claim.id).where(Claim.pool_id == pool.id)).all()
    fill(Registration, (
        {"event_id": event_id, "claim_id": claim_id, "status": RegistrationStatus.CONFIRMED,
         "letters_sent": 1, "created_at": now, "changed_at": now}
        for claim_id in claims
    ))  # fmt: skip
    ids = db.session.scalars(select(Registration.id).where(Registration.event_id == event_id)).all()
    fill(Participant, (
        {"registration_id": id, "event_id": event_id, "is_contact": True, "is_expected": True,
         "code": f"HCT-B{id:07}", "name": f"Gast {n}", "email": f"present{n}@example.org",
         "seed": tokens.new_seed(), "link_digest": tokens.digest(f"bench {event_id} {n}")}
        for n, id in enumerate(ids, start=1)
    ))  # fmt: skip
    of_event = select(Participant.id).where(Participant.event_id == event_id)
    people = db.session.scalars(of_event).all()
    fill(CalendarEntry, (
        {"participant_id": id, "uid": f"bench-{id}@example.org", "told": told,
         "content_hash": hash, "state": EntryState.SENT}
        for id in people
    ))  # fmt: skip
    with saving():
        pool.taken += count


def add_readers(count):
    """Active subscriptions with their consent."""
    now, version = clock.now(), consent.CURRENT
    last = db.session.scalar(select(func.max(Person.id))) or 0
    fill(Person, (
        {"name": f"Lezer {n}", "email": f"reader{n}@example.org", "language": "nl",
         "created_at": now}
        for n in range(last, last + count)
    ))  # fmt: skip
    people = db.session.execute(select(Person.id, Person.email).where(Person.id > last)).all()
    words = consent.wording(version, "nl")
    fill(Consent, (
        {"person_id": person.id, "purpose": Purpose.NEWSLETTER, "wording": words,
         "wording_version": version, "given_at": now, "how": "made for a benchmark",
         "evidence": {}}
        for person in people
    ))  # fmt: skip

    def subscribed(person):
        seed = tokens.new_seed()
        return {"person_id": person.id, "seed": seed, "created_at": now,
                "link_digest": tokens.digest(tokens.derived(LINK, seed))}  # fmt: skip

    fill(Subscription, map(subscribed, people))


def add_organisations(count):
    now = clock.now()
    first = db.session.scalar(select(func.count(Organisation.id))) or 0
    fill(Organisation, (
        {"name": f"Organisatie {n}", "kind": OrganisationKind.COMPANY, "seed": tokens.new_seed(),
         "link_digest": tokens.digest(f"bench organisation {n}"), "created_at": now}
        for n in range(first, first + count)
    ))  # fmt: skip


def add_letters(count):
    """Confirmations that have left, one in a hundred of them refused."""
    now, digest = clock.now(), address_digest("present1@example.org")
    first = db.session.scalar(select(func.count(OutboxMessage.id))) or 0
    with saving():
        body = LetterBody(fingerprint=f"bench {first}", subject="Je komt", text="", html="")
        db.session.add(body)
        db.session.flush()
        body_id = body.id
    fill(OutboxMessage, (
        {"dedupe_key": f"bench:{n}", "stream": Stream.TRANSACTIONAL,
         "kind": "registrations/confirmed", "body_id": body_id, "slots": {},
         "to_email": f"present{n}@example.org", "to_name": "Gast",
         "to_digest": digest if n < 10 else address_digest(f"present{n}@example.org"),
         "language": "nl", "message_id": f"<bench{n}@example.org>", "domain": "example.org",
         "state": Sent.ACCEPTED if n % 100 else Sent.FAILED, "not_before": now, "created_at": now,
         "changed_at": now + timedelta(seconds=n), "accepted_at": now}
        for n in range(first, first + count)
    ))  # fmt: skip


def add_journal(count):
    now = clock.now()
    kinds = ("Event", "Registration", "Person", "Issue")
    fill(JournalEntry, (
        {"at": now - timedelta(seconds=count - n), "actor": "Demo", "verb": "events.changed",
         "subject_kind": kinds[n % len(kinds)], "subject_id": n % 500, "subject_label": "Demo"}
        for n in range(count)
    ))  # fmt: skip


def call_off(event_id):
    """Of one in ten registrations."""
    now = clock.now()
    some = select(Registration.claim_id).where(
        Registration.event_id == event_id, Registration.id % 10 == 0
    )
    with saving():
        pool = queries.form_of(event_id).pool
        ended = db.session.scalars(some).all()
        over = {"status": ClaimStatus.ENDED, "ended_at": now}
        db.session.execute(update(Claim).where(Claim.id.in_(some)).values(over))
        gone = {"status": RegistrationStatus.CANCELLED, "cancelled_at": now}
        of_them = Registration.event_id == event_id, Registration.id % 10 == 0
        db.session.execute(update(Registration).where(*of_them).values(gone))
        pool.taken -= len(ended)
