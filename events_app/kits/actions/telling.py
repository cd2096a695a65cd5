"""Letters to partners."""

from datetime import datetime

from events_app.contacts import queries as contacts
from events_app.contacts.actions import take_wishes, wish_link
from events_app.contacts.models import Organisation, OwnPage, Person
from events_app.core import queue
from events_app.delivery.actions import enqueue
from events_app.kits import letters, queries
from events_app.kits.assets import affected
from events_app.kits.models import KitVersion
from events_app.kits.rules import life, orders


def ask_link(email: str, *, now: datetime) -> None:
    """Have the links mailed of the partners that whoever has this address works for."""
    wish_link(OwnPage.PARTNER, email, now=now)
    queue.kick("kits.mail_links")


def mail_links(*, now: datetime) -> None:
    for person in take_wishes(OwnPage.PARTNER, now=now):
        for organisation in queries.partners_of(person):
            send_link(organisation, now=now, only_to=person)


def send_link(organisation: Organisation, *, now: datetime, only_to: Person | None = None) -> int:
    """Mail the people of a partner the link to its page; at most one a minute to each."""
    people = [only_to] if only_to else queries.readers(organisation)
    if not people:
        raise life.NoReaders
    minute = now.strftime("%Y%m%dT%H%M")
    for person in people:
        key = f"partner:{organisation.id}:link:{person.id}:{minute}"
        enqueue(letters.partner_link(organisation, person), dedupe_key=key, now=now)
    return len(people)


def tell_partners(version: KitVersion, *, now: datetime) -> None:
    """One letter to everyone of a partner that took an older version, if files of it are stale."""
    kit = version.kit
    if not life.is_open(kit, now):
        return
    for partner_id, taken in queries.taken(kit).items():
        fields = queries.fields_since(kit, taken.number)
        stale = [role for role in affected(fields) if orders.has(taken.roles, role)]
        organisation = contacts.organisation(partner_id)
        if not stale or not organisation.is_partner or taken.number >= version.number:
            continue
        for person in queries.readers(organisation):
            letter = letters.new_version(version, organisation, person, stale)
            key = f"kit:{kit.id}:v{version.number}:partner:{partner_id}:{person.id}"
            enqueue(letter, dedupe_key=key, now=now)
