"""Letters to partners."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update

from events_app.contacts.actions import take_wishes, wish_link
from events_app.contacts.models import Organisation, OwnPage, Person
from events_app.core import queue
from events_app.core.db import db
from events_app.delivery.actions import enqueue, enqueue_many
from events_app.kits import letters, queries
from events_app.kits.letters import Batch
from events_app.kits.models import KitVersion
from events_app.kits.rules import lifecycle


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
        raise lifecycle.NoReaders
    minute = now.strftime("%Y%m%dT%H%M")
    for person in people:
        key = f"partner:{organisation.id}:link:{person.id}:{minute}"
        enqueue(letters.partner_link(organisation, person), dedupe_key=key, now=now)
    return len(people)


def tell_partners(
    version: KitVersion, letters: Iterable[Batch], *, now: datetime, is_all: bool = True
) -> None:
    """One letter to everyone of a partner that has files that are others now; once a version.
    Not `is_all`: there may be more to tell, and the version stays untold.
    """
    if is_all and not _is_mine_to_tell(version, now):
        return
    for letter, readers in letters:
        enqueue_many(letter, readers, now=now)


def _is_mine_to_tell(version: KitVersion, now: datetime) -> bool:
    """Claim the version for telling: True for one caller alone. Earlier versions count as told."""
    untold = update(KitVersion).where(KitVersion.told_at.is_(None)).values(told_at=now)
    mine = db.session.execute(untold.where(KitVersion.id == version.id)).rowcount  # type: ignore[attr-defined]
    db.session.execute(
        untold.where(KitVersion.kit_id == version.kit_id, KitVersion.number < version.number)
    )
    return bool(mine)
