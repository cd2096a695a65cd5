import pytest

from events_app.contacts import actions, queries
from events_app.contacts.models import Consent, Purpose
from events_app.contacts.rules import Card
from events_app.core import tokens
from events_app.core.db import db, saving
from events_app.core.errors import NotFoundError
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.contacts import make_organisation, make_person

WORDS = {
    "wording": "Ik wil de nieuwsbrief ontvangen.", "wording_version": "1",
    "how": "form on the newsletter page", "evidence": {"page": "/newsletter/"},
}  # fmt: skip


def test_an_address_is_one_person_however_it_is_typed(app):
    known = make_person("ana@example.org", name="Ana Demo")
    with saving():
        found = actions.find_or_add_person(
            " Ana@Example.org ", name="", language="nl", by=None, now=NOON
        )
    assert (found.person.id, found.was) == (known.id, None)
    assert found.person.name == "Ana Demo"


def test_a_new_address_is_a_new_person(app):
    with saving():
        person = actions.find_or_add_person(
            "rui@example.org", name="Rui Demo", language="en", by=None, now=NOON
        ).person
    assert queries.person_by_email("RUI@example.org") is person
    assert (person.name, person.language, person.created_at) == ("Rui Demo", "en", NOON)


def test_an_edited_address_is_still_found_however_it_is_typed(app):
    person = make_person("ana@example.org", name="Ana Demo")
    card = Card(name="Ana Demo", email="Ana.Demo@Example.ORG", language="nl", phone="")
    with saving():
        actions.edit_person(person, card, letters=(), by=make_staff(), now=NOON)
    db.session.expire_all()
    assert person.email == "ana.demo@example.org"
    assert queries.person_by_email("ANA.demo@example.org") is person


def test_consent_is_there_until_it_is_withdrawn_and_stays_on_record(app):
    person = make_person()
    with saving():
        given = actions.give_consent(person, Purpose.NEWSLETTER, now=NOON, **WORDS)
    assert queries.consent(person, Purpose.NEWSLETTER) is given
    assert queries.consent(person, Purpose.PHOTO) is None
    with saving():
        actions.withdraw_consent(person, Purpose.NEWSLETTER, how="link in the letter", now=NOON)
    assert queries.consent(person, Purpose.NEWSLETTER) is None
    db.session.expire_all()
    record = db.session.get(Consent, given.id)
    assert (record.withdrawn_at, record.withdrawn_how) == (NOON, "link in the letter")


def test_only_a_partner_has_a_page_of_its_own(app):
    partner, other = make_organisation(is_partner=True), make_organisation()
    assert queries.partners() == [partner]
    assert queries.partner_by_link(tokens.derived("partner", partner.seed)) is partner
    with pytest.raises(NotFoundError):
        queries.partner_by_link(tokens.derived("partner", other.seed))
