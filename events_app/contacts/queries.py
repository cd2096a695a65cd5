from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from events_app.contacts.models import Consent, Organisation, Person, Purpose
from events_app.core import tokens
from events_app.core.db import db
from events_app.core.errors import NotFoundError


def person(key: int) -> Person:
    found = db.session.get(Person, key)
    if found is None:
        raise NotFoundError
    return found


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def organisation(key: int) -> Organisation:
    found = db.session.get(Organisation, key)
    if found is None:
        raise NotFoundError
    return found


def organisations(ids: Collection[int] | None = None) -> Sequence[Organisation]:
    """By name: all, or these."""
    wanted = select(Organisation).order_by(func.lower(Organisation.name), Organisation.id)
    if ids is not None:
        wanted = wanted.where(Organisation.id.in_(ids))
    return db.session.scalars(wanted).all()


def organisation_choices() -> list[tuple[int, str]]:
    """Id and name, for a select in a form."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name).order_by(func.lower(Organisation.name))
    )
    return [(row.id, row.name) for row in rows]


def partners() -> Sequence[Organisation]:
    """The organisations with kit rights, by name."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.is_partner.is_(True))
        .order_by(func.lower(Organisation.name), Organisation.id)
    ).all()


def partner_by_link(token: str) -> Organisation:
    """Whose own page this link opens. Raises NotFoundError, also when it is no partner any more."""
    found = db.session.scalar(
        select(Organisation).where(
            Organisation.link_digest == tokens.digest(token), Organisation.is_partner.is_(True)
        )
    )
    if found is None:
        raise NotFoundError
    return found


def consent(person: Person, purpose: Purpose) -> Consent | None:
    """What the person agreed to and has not withdrawn, the latest first."""
    return db.session.scalar(
        select(Consent)
        .where(
            Consent.person_id == person.id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )
