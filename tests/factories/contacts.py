import itertools

from events_app.contacts.models import Membership, Organisation, OrganisationKind, Person
from events_app.core import tokens
from events_app.core.db import db, saving
from tests.conftest import NOON

_numbers = itertools.count(1)


def make_organisation(name=None, *, kind=OrganisationKind.COMPANY, is_partner=False, **more):
    """Its own link: `tokens.derived("partner", organisation.seed)`."""
    seed = tokens.new_seed()
    with saving():
        organisation = Organisation(
            name=name or f"Demo organisation {next(_numbers)}", kind=kind, is_partner=is_partner,
            seed=seed, link_digest=tokens.digest(tokens.derived("partner", seed)), created_at=NOON,
            **{"website": "", "accent": "#0b1b3b", **more},
        )  # fmt: skip
        db.session.add(organisation)
    return organisation


def make_person(email=None, *, name="Demo Person", organisation=None, title="", **more):
    with saving():
        person = Person(
            email=email or f"person{next(_numbers)}@example.org", name=name, created_at=NOON,
            **{"language": "nl", "phone": "", **more},
        )  # fmt: skip
        db.session.add(person)
        db.session.flush()
        if organisation:
            db.session.add(
                Membership(person_id=person.id, organisation_id=organisation.id, title=title)
            )
    return person
