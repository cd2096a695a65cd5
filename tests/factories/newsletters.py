import itertools

from sqlalchemy import select

from events_app.contacts import actions as contacts
from events_app.contacts.models import Purpose
from events_app.core import tokens
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.newsletters import queries
from events_app.newsletters.actions import sending
from events_app.newsletters.models import Issue, IssueStatus, Subscription
from events_app.newsletters.rules import LINK, consent, facts
from events_app.themes.models import Theme
from tests.conftest import NOON

_numbers = itertools.count(1)


def make_reader(email=None, *, name="Demo Reader", language="nl", themes=(), **more):
    """An active subscription with its consent record."""
    email = email or f"reader{next(_numbers)}@example.org"
    seed = tokens.new_seed()
    with saving():
        person = contacts.find_or_add_person(
            email, name=name, language=language, by=None, now=NOON
        ).person
        contacts.give_consent(
            person, Purpose.NEWSLETTER, wording=consent.wording(consent.CURRENT, language),
            wording_version=consent.CURRENT, how="made for a test", evidence={}, now=NOON,
        )  # fmt: skip
        subscription = Subscription(
            person=person, seed=seed, created_at=NOON,
            link_digest=tokens.digest(tokens.derived(LINK, seed)),
            themes=list(db.session.scalars(select(Theme).where(Theme.code.in_(themes)))), **more,
        )  # fmt: skip
        db.session.add(subscription)
    return subscription


def link_of(subscription):
    return tokens.derived(LINK, subscription.seed)


def letters_to(email):
    """What waits for this address, the oldest first."""
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == email).order_by(OutboxMessage.id)
    ).all()


def make_issue(*, subject="Nieuws van de planken", blocks=None, **more):
    """A draft without a problem; `blocks` as they are stored."""
    with saving():
        issue = Issue(
            subject=subject,
            blocks=blocks or [{"kind": "text", "key": "1", "words": "Er is nieuws."}],
            created_at=NOON, changed_at=NOON, changed_by="Demo Colleague",
            **{"slug": f"issue-{next(_numbers)}", "preheader": "Dit voorjaar.",
               "language": "nl", "is_one_language": False,
               "status": IssueStatus.DRAFT, "version": 1, "counts": {}, **more},
        )  # fmt: skip
        db.session.add(issue)
    return issue


def mark_of(event, language="nl"):
    return facts.mark(queries.event_facts([event.id], language)[event.id])


def event_block(event, *, key="1", **more):
    return {"kind": "event", "key": key, "event": event.id, "seen": mark_of(event), **more}


def approved_issue(by, **more):
    """`by`: a colleague who may."""
    issue = make_issue(**more)
    with saving():
        letter, *_rest = sending.checked(issue, today=NOON.date())
        sending.approve(issue, seen=sending.seal(issue, letter), by=by, now=NOON)
    return issue
