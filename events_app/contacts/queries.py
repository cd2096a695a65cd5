from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from events_app.contacts.models import Consent, Membership, Organisation, Person, Purpose
from events_app.contacts.rules import Search
from events_app.core import tokens
from events_app.core.db import db
from events_app.core.errors import NotFoundError

A_PAGE = 50
AT_ONCE = 500
LATEST = 20_000
"""People that words are looked for in: a search costs no more, however many there are."""
_IS_LATEST = Person.id > select(func.max(aliased(Person).id)).scalar_subquery() - LATEST
_BY_NAME = (func.lower(Organisation.name), Organisation.id)


def person(key: int) -> Person:
    found = db.session.get(Person, key)
    if found is None:
        raise NotFoundError
    return found


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def everybody() -> Iterator[Person]:
    wanted = select(Person).execution_options(yield_per=500)
    yield from db.session.scalars(wanted)


def held_people(ids: Collection[int]) -> Sequence[int]:
    """Those of these whom nobody is busy with; until the end nobody gives them a part."""
    return db.session.scalars(
        select(Person.id).where(Person.id.in_(ids)).with_for_update(skip_locked=True)
    ).all()


def organisation(key: int) -> Organisation:
    found = db.session.get(Organisation, key)
    if found is None:
        raise NotFoundError
    return found


def membership(key: int, person: Person) -> Membership:
    found = db.session.get(Membership, key)
    if found is None or found.person_id != person.id:
        raise NotFoundError
    return found


def organisations(ids: Collection[int] | None = None) -> Sequence[Organisation]:
    """By name: all, or these."""
    wanted = select(Organisation).order_by(*_BY_NAME)
    if ids is not None:
        wanted = wanted.where(Organisation.id.in_(ids))
    return db.session.scalars(wanted).all()


def organisation_choices() -> list[tuple[int, str]]:
    """Id and name, for a select in a form."""
    rows = db.session.execute(select(Organisation.id, Organisation.name).order_by(*_BY_NAME))
    return [(row.id, row.name) for row in rows]


def partners() -> Sequence[Organisation]:
    """The organisations with kit rights, by name."""
    return db.session.scalars(
        select(Organisation).where(Organisation.is_partner.is_(True)).order_by(*_BY_NAME)
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


def logo(key: int, tag: str) -> str:
    """The key of the organisation's logo, light or dark, whose key begins with `tag`."""
    found = db.session.execute(
        select(Organisation.logo_key, Organisation.logo_dark_key).where(Organisation.id == key)
    ).first()
    for each in found or ():
        if each and each.startswith(tag):
            return str(each)
    raise NotFoundError


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


def consents(person: Person) -> Sequence[Consent]:
    """All that was ever agreed to, the latest first."""
    return db.session.scalars(
        select(Consent).where(Consent.person_id == person.id).order_by(Consent.id.desc())
    ).all()


def memberships(person: Person) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .join(Organisation)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.organisation))
        .order_by(*_BY_NAME)
    ).all()


def members(organisation: Organisation, limit: int) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .join(Person)
        .where(Membership.organisation_id == organisation.id)
        .options(joinedload(Membership.person))
        .order_by(Person.name, Person.id)
        .limit(limit)
    ).all()


# -- lists at the desk


def found_organisations(search: Search, page: int) -> Pagination:
    return _paged(_organisations(search), page)


def every_organisation(search: Search) -> Iterator[Organisation]:
    """All that were found, read in parts; asked for when the first is wanted, by who sends them."""
    yield from db.session.scalars(_organisations(search).execution_options(yield_per=AT_ONCE))


def found_people(search: Search, page: int) -> Pagination:
    return _paged(_people(search), page)


def named(words: str, limit: int) -> Sequence[Organisation]:
    return db.session.scalars(_organisations(Search(words=words)).limit(limit)).all()


def known_as(words: str, limit: int) -> Sequence[Person]:
    """Whose address it is, then who of the latest has the words in name or address.

    Two statements: of one with OR, SQLite walks the table to its first row.
    """
    is_it = db.session.scalars(select(Person).where(Person.email == words.lower())).all()
    fitting = db.session.scalars(
        select(Person).where(_IS_LATEST, _is_called(words)).order_by(Person.id.desc()).limit(limit)
    )
    return [*is_it, *(each for each in fitting if each not in is_it)][:limit]


def every_person(search: Search) -> Iterator[Row[Any]]:
    """All that were found, with the names of their organisations, read in parts."""
    names = (
        select(func.aggregate_strings(Organisation.name, ", "))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == Person.id)
        .scalar_subquery()
    )
    wanted = _people(search).with_only_columns(
        Person.name, Person.email, Person.phone, Person.language, names.label("organisations")
    )
    yield from db.session.execute(wanted.execution_options(yield_per=AT_ONCE))


def _organisations(search: Search) -> Select[Organisation]:
    wanted = select(Organisation).order_by(*_BY_NAME)
    if search.words:
        wanted = wanted.where(_holds(Organisation.name, search.words))
    if search.kind:
        wanted = wanted.where(Organisation.kind == search.kind)
    if search.is_partner:
        wanted = wanted.where(Organisation.is_partner.is_(True))
    return wanted


def _people(search: Search) -> Select[Person]:
    wanted = select(Person).order_by(Person.name, Person.id)
    if search.words:
        wanted = wanted.where(_is_sought(search))
    if search.language:
        wanted = wanted.where(Person.language == search.language)
    if search.organisation_id:
        wanted = wanted.join(Membership).where(Membership.organisation_id == search.organisation_id)
    return wanted


def _is_sought(search: Search) -> ColumnElement[bool]:
    """Whose address it is; else who is called so, of the latest or of an organisation."""
    if "@" in search.words:
        is_theirs = Person.email == search.words.lower()
        if (id := db.session.scalar(select(Person.id).where(is_theirs))) is not None:
            return Person.id == id
    called = _is_called(search.words)
    return called if search.organisation_id else and_(_IS_LATEST, called)


def _is_called(words: str) -> ColumnElement[bool]:
    return or_(_holds(Person.name, words), _holds(Person.email, words))


def has_more_than_latest() -> bool:
    """Whether there are people that words are not looked for in."""
    return db.session.scalar(select(Person.id).where(~_IS_LATEST).limit(1)) is not None


def _holds(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    """The words somewhere in the column. Each database's own way is far faster than lower()."""
    wanted = "%" + words.replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"
    if db.engine.dialect.name == "postgresql":
        return column.ilike(wanted, escape="/")
    return column.like(wanted, escape="/")


def _paged(wanted: Select[Any], page: int) -> Pagination:
    return db.paginate(wanted, page=page, per_page=A_PAGE, error_out=False)


# -- what we hold


def held_on(person: Person) -> dict[str, Any]:
    """What this room holds on a person (GDPR, article 15), as plain values."""
    return {
        "person": _plain(person, "name", "email", "language", "phone", "created_at"),
        "organisations": [
            {"organisation": each.organisation.name, "title": each.title}
            for each in memberships(person)
        ],
        "consents": [
            _plain(
                each, "purpose", "wording", "wording_version", "how", "evidence", "given_at",
                "withdrawn_at", "withdrawn_how",
            )
            for each in consents(person)
        ],
    }  # fmt: skip


def _plain(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
