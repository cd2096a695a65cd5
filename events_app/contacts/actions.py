from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import joinedload

from events_app.accounts.actions import change, forget_subjects, note
from events_app.accounts.models import StaffMember
from events_app.contacts import queries, rules
from events_app.contacts.models import (
    Consent,
    LinkWish,
    Membership,
    Organisation,
    OwnPage,
    Person,
    Purpose,
)
from events_app.contacts.rules import Card, Found, Profile
from events_app.core import erasures, files, pictures, text, tokens
from events_app.core.db import db, hold, hold_table, let_go, upsert
from events_app.core.erasures import Asked, LineKind
from events_app.delivery.actions import follow, readdress
from events_app.delivery.rules import address_digest

AT_ONCE = 500

# -- people


def find_or_add_person(
    email: str, *, name: str, language: str, by: StaffMember | None, now: datetime
) -> Found:
    """The person with this address, held until the end. Of who is known already, what was typed
    replaces what was stored, and the journal has both; no name typed changes none.

    Two doors at once make one person: the database decides.
    """
    email = email.strip().lower()
    _insert_person(Card(name=name, email=email, language=language, phone=""), now)
    person = db.session.scalars(select(Person).where(Person.email == email)).one()
    hold(person)
    was = Card(name=person.name, email=email, language=person.language, phone=person.phone)
    card = replace(was, name=name or was.name, language=language)
    edit_person(person, card, letters=(), by=by, now=now)
    return Found(person, was if card != was else None)


def add_person(card: Card, *, by: StaffMember, now: datetime) -> Person:
    """Raises AddressTaken."""
    key = _insert_person(card, now)
    if key is None:
        raise rules.AddressTaken(queries.person_by_email(card.email))
    person = queries.person(key)
    note("contacts.added_person", person, person.label, by=by, now=now)
    return person


def edit_person(
    person: Person, card: Card, *, letters: Collection[str], by: StaffMember | None, now: datetime
) -> None:
    """`letters`: kinds that go to people in the contacts, and so to another address from now on.

    Raises AddressTaken.
    """
    other = queries.person_by_email(card.email)
    if other and other.id != person.id:
        raise rules.AddressTaken(other)
    had = person.email, person.name
    before, after = change(person, **asdict(card) | {"email": card.email.lower()})
    person.email_digest = address_digest(person.email)
    if person.email != had[0]:
        readdress(had[0], person.email, kinds=letters, name=had[1], now=now)
        follow(had[0], person.email, name=had[1])
    if after:
        verb = "contacts.edited_person"
        note(verb, person, person.label, by=by, now=now, before=before, after=after)


def wish_link(page: OwnPage, email: str, *, now: datetime) -> None:
    """The same one statement for every address: who asks learns nothing by the clock."""
    who = select(Person.id).where(Person.email == email.lower()).scalar_subquery()
    db.session.execute(insert(LinkWish).values(page=page, person_id=who, asked_at=now))


def take_wishes(page: OwnPage, *, now: datetime) -> Sequence[Person]:
    """Who asked for the link to such a page lately, each once; now it is up to the caller."""
    some = select(LinkWish.id).where(LinkWish.page == page).order_by(LinkWish.id).limit(AT_ONCE)
    taken = db.session.execute(
        delete(LinkWish)
        .where(LinkWish.id.in_(some))
        .returning(LinkWish.person_id, LinkWish.asked_at),
        execution_options={"synchronize_session": False},
    )
    since = now - rules.WISH_LIVES
    known = {key for key, asked_at in taken if key is not None and asked_at > since}
    return db.session.scalars(select(Person).where(Person.id.in_(known)).order_by(Person.id)).all()


def join(
    person: Person, organisation: Organisation, title: str, *, by: StaffMember, now: datetime
) -> None:
    """Raises AlreadyMember."""
    key = db.session.scalar(
        upsert(Membership)
        .values(person_id=person.id, organisation_id=organisation.id, title=title)
        .on_conflict_do_nothing(index_elements=["person_id", "organisation_id"])
        .returning(Membership.id)
    )
    if key is None:
        raise rules.AlreadyMember
    after = {"organisation": organisation.name, "title": title}
    note("contacts.joined", person, person.label, by=by, now=now, after=after)


def leave(membership: Membership, *, by: StaffMember, now: datetime) -> None:
    person = membership.person
    before = {"organisation": membership.organisation.name, "title": membership.title}
    note("contacts.left", person, person.label, by=by, now=now, before=before)
    db.session.delete(membership)


def _insert_person(card: Card, now: datetime) -> int | None:
    """The new row's id; None when the address is known already."""
    values = asdict(card) | {"email": card.email.lower(), "created_at": now}
    key: int | None = db.session.scalar(
        upsert(Person)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Person.id)
    )
    return key


# -- organisations


def add_organisation(profile: Profile, *, by: StaffMember, now: datetime) -> Organisation:
    """Raises NameTaken."""
    _must_be_free(profile.name)
    seed = tokens.new_seed()
    organisation = Organisation(
        **asdict(profile), seed=seed, link_digest=_digest(seed), created_at=now
    )
    db.session.add(organisation)
    db.session.flush()  # the journal needs the id
    note("contacts.added_organisation", organisation, organisation.name, by=by, now=now)
    return organisation


def edit_organisation(
    organisation: Organisation, profile: Profile, *, by: StaffMember, now: datetime
) -> None:
    """Raises NameTaken."""
    if profile.name != organisation.name:
        _must_be_free(profile.name, organisation)
    before, after = change(organisation, **asdict(profile))
    if after:
        verb = "contacts.edited_organisation"
        note(verb, organisation, organisation.name, by=by, now=now, before=before, after=after)


def _must_be_free(name: str, organisation: Organisation | None = None) -> None:
    """Raises NameTaken, also for the same name in other capitals."""
    hold_table(Organisation)
    key, own = text.name_key(name), organisation.id if organisation else None
    names = queries.organisation_choices()
    if any(text.name_key(known) == key for id, known in names if id != own):
        raise rules.NameTaken


def keep_logo(data: bytes) -> tuple[str, str]:
    """The key of the safe picture and the colour it proposes. Raises PictureRefused.

    Takes a second or two, outside saving(): the database is let go of meanwhile.
    """
    let_go()
    png = pictures.safe_logo(data)
    return files.keep(png), pictures.accent_of(png)


def set_logos(
    organisation: Organisation,
    *,
    light: str | None,
    dark: str | None,
    by: StaffMember,
    now: datetime,
) -> None:
    """The keys of the logo and its variant for dark grounds; None for no logo."""
    before, after = change(organisation, logo_key=light, logo_dark_key=dark)
    if after:
        files.release(before.values(), now=now)
        note("contacts.changed_logo", organisation, organisation.name, by=by, now=now)


def renew_link(organisation: Organisation, *, by: StaffMember, now: datetime) -> None:
    """A new link to the partner's own page; the old one opens nothing any more."""
    organisation.seed = tokens.new_seed()
    organisation.link_digest = _digest(organisation.seed)
    note("contacts.renewed_link", organisation, organisation.name, by=by, now=now)


def _digest(seed: bytes) -> bytes:
    return tokens.digest(tokens.derived(OwnPage.PARTNER, seed))


# -- consent


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


def withdraw_consent(person: Person, purpose: Purpose, *, how: str, now: datetime) -> bool:
    """From now on there is no consent for this purpose; withdrawing twice is withdrawing once, and
    gives False.
    """
    withdrawn = db.session.scalars(
        update(Consent)
        .where(
            Consent.person_id == person.id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_how=how)
        .returning(Consent.id)
    )
    is_first = bool(withdrawn.all())
    if is_first:
        erasures.note(LineKind.WITHDRAWN, rules.agreement(person, purpose), now=now)
    return is_first


def withdraw_at_desk(person: Person, purpose: Purpose, *, by: StaffMember, now: datetime) -> None:
    """Somebody asked us, by telephone or letter, to withdraw it for them."""
    if not withdraw_consent(person, purpose, how="at the desk, on request", now=now):
        return
    after = {"purpose": purpose.value}
    note("contacts.withdrew_consent", person, person.label, by=by, now=now, after=after)


def withdraw_again(asked: Asked) -> int:
    """Consents that a backup has brought back; gives how many."""
    given = db.session.scalars(
        select(Consent).where(Consent.withdrawn_at.is_(None)).options(joinedload(Consent.person))
    ).all()
    done = 0
    for consent in given:
        whose = rules.agreement(consent.person, consent.purpose)
        if at := asked.when(LineKind.WITHDRAWN, whose):
            consent.withdrawn_at, consent.withdrawn_how = at, "known from the list beside a backup"
            done += 1
    return done


# -- forgetting


def erase_person(person: Person, *, now: datetime) -> None:
    """On request. In a backup they may have another address."""
    erasures.note(LineKind.PERSON, rules.identity(person), now=now)
    erase_people([person.id])


def erase_people(ids: Collection[int]) -> None:
    """With their memberships and consents, and what rooms above keep of them by these ids."""
    db.session.flush()
    for gone in (
        delete(LinkWish).where(LinkWish.person_id.in_(ids)),
        delete(Person).where(Person.id.in_(ids)),
    ):
        db.session.execute(gone, execution_options={"synchronize_session": False})
    forget_subjects(Person.__name__, ids)
    db.session.expire_all()


def forget_consents(*, now: datetime) -> bool:
    """The proof of what was agreed to and withdrawn; some at a time, True when none is left."""
    old = select(Consent.id).where(Consent.withdrawn_at < now - rules.KEEP_PROOF).limit(AT_ONCE)
    ids = db.session.scalars(old).all()
    db.session.execute(
        delete(Consent).where(Consent.id.in_(ids)), execution_options={"synchronize_session": False}
    )
    return len(ids) < AT_ONCE
