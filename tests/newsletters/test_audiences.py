"""Whom an issue is for, counted."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from events_app.contacts import actions as contacts
from events_app.contacts.models import Consent, Person, Purpose
from events_app.contacts.rules import Card
from events_app.core import tokens
from events_app.core.db import db, saving
from events_app.delivery.models import Scope, Suppression, SuppressionReason
from events_app.delivery.rules import address_digest
from events_app.newsletters.models import Subscription, SubscriptionStatus
from events_app.newsletters.queries import audiences
from events_app.newsletters.rules import Draft
from tests.conftest import NOON, SERVER
from tests.factories.accounts import make_staff
from tests.factories.events import theme


def draft(**more):
    plain = {"subject": "", "preheader": "", "blocks": [], "language": "nl", "theme_id": None}
    return Draft(**{**plain, "is_one_language": False, **more})


def reader(name, *, has_left=False, withdrawn=False, barred=None, language="nl", themes=()):
    with saving():
        who = Person(name=name, email=f"{name}@example.org", language=language, created_at=NOON)
        db.session.add(who)
        db.session.flush()
        given = {"purpose": Purpose.NEWSLETTER, "wording": "", "wording_version": "1", "how": "",
                 "evidence": {}, "person_id": who.id}  # fmt: skip
        later = NOON + timedelta(days=1) if withdrawn else None
        db.session.add(Consent(given_at=NOON, withdrawn_at=later, **given))
        db.session.add(Consent(given_at=NOON, withdrawn_at=later, **given))  # asked twice
        made = Subscription(
            person_id=who.id, seed=tokens.new_seed(), link_digest=tokens.digest(name),
            created_at=NOON,
            themes=[theme(code) for code in themes],
            status=SubscriptionStatus.UNSUBSCRIBED if has_left else SubscriptionStatus.ACTIVE,
        )  # fmt: skip
        db.session.add(made)
        if barred:
            db.session.add(
                Suppression(
                    email_digest=address_digest(who.email),
                    scope=barred,
                    reason=SuppressionReason.BOUNCED,
                    created_at=NOON,
                )
            )
    return made.id


@pytest.fixture
def readers(app):
    """By name; two who read it, and each way of being left out."""
    return {
        "ana": reader("ana"),
        "rui": reader("rui", language="en", themes=("energie",)),
        "left": reader("left", has_left=True, withdrawn=True, barred=Scope.ALL),
        "withdrawn": reader("withdrawn", withdrawn=True, barred=Scope.BULK),
        "barred": reader("barred", barred=Scope.BULK, themes=("ict",)),
        "bounced": reader("bounced", barred=Scope.ALL),
        "no-invitations": reader("no-invitations", barred=Scope.INVITATION),
    }


def names(readers, chosen):
    ids = set(db.session.scalars(audiences.reader_ids(chosen)))
    return {name for name, id in readers.items() if id in ids}


def test_everybody_is_counted_once_and_by_the_first_reason(readers):
    found = audiences.counted(draft())
    assert (found.selected, found.readers, found.unsubscribed) == (7, 3, 1)
    assert (found.without_consent, found.suppressed) == (1, 2)
    assert names(readers, draft()) == {"ana", "rui", "no-invitations"}


def test_who_bounced_is_a_reader_again_once_the_address_is_corrected_and_the_other_way_round(
    readers,
):
    colleague = make_staff()
    for name, other in (("bounced", "right"), ("ana", "bounced")):
        person = db.session.get_one(Subscription, readers[name]).person
        card = Card(name=name, email=f"{other}@example.org", language="nl", phone="")
        with saving():
            contacts.edit_person(person, card, letters=(), by=colleague, now=NOON)
    assert names(readers, draft()) == {"bounced", "rui", "no-invitations"}
    assert audiences.counted(draft()).suppressed == 2


def test_who_has_chosen_other_topics_or_another_language_is_not_selected(readers):
    energy = draft(theme_id=theme("energie").id)
    assert audiences.counted(energy).selected == 6
    assert names(readers, energy) == {"ana", "rui", "no-invitations"}
    english = draft(is_one_language=True, language="en")
    assert audiences.counted(english) == audiences.Audience(readers=1)
    assert names(readers, english) == {"rui"}


def test_a_house_without_readers_counts_none(app):
    assert audiences.counted(draft()) == audiences.Audience()


def test_the_database_looks_for_the_consent_of_each_once(readers, statements):
    statements.clear()
    audiences.counted(draft(theme_id=theme("energie").id))
    [counted] = [each for each in statements if "consent" in each]
    assert counted.count("FROM consent") == counted.count("FROM suppression") == 1


@pytest.mark.skipif(not SERVER, reason="only PostgreSQL compiles statements")
def test_postgresql_compiles_no_statement_to_machine_code(app):
    assert db.session.scalar(text("SHOW jit")) == "off"
