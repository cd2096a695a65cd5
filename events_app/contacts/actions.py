from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from events_app.contacts.models import Consent, Person, Purpose
from events_app.core.db import db, upsert


def find_or_add_person(email: str, *, name: str, language: str, now: datetime) -> Person:
    """The person with this address. Who is known already keeps name and language.

    Two doors at once make one person: the database decides.
    """
    email = email.strip().lower()
    db.session.execute(
        upsert(Person)
        .values(email=email, name=name, language=language, phone="", created_at=now)
        .on_conflict_do_nothing(index_elements=["email"])
    )
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def give_consent(
    person: Person,
    purpose: Purpose,
    *,
    wording: str,
    wording_version: str,
    how: str,
    evidence: dict[str, Any],
    now: datetime,
) -> Consent:
    """Write down what was agreed to. `wording` is the whole sentence that was shown.

    `how`: such as "form on the newsletter page, confirmed by mailed link". An older consent for
    the same purpose stays as it was written.
    """
    consent = Consent(
        person_id=person.id,
        purpose=purpose,
        wording=wording,
        wording_version=wording_version,
        how=how,
        evidence=evidence,
        given_at=now,
    )
    db.session.add(consent)
    return consent


def withdraw_consent(person: Person, purpose: Purpose, *, how: str, now: datetime) -> None:
    """From now on there is no consent for this purpose; withdrawing twice is withdrawing once."""
    db.session.execute(
        update(Consent)
        .where(
            Consent.person_id == person.id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_how=how)
    )
