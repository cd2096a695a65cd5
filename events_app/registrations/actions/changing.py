from datetime import datetime

from events_app.registrations import queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.line import offer_places
from events_app.registrations.models import Registration
from events_app.registrations.rules import Changes


def change(registration: Registration, changes: Changes, *, now: datetime) -> None:
    """What people may change by their own link. A guest whose name is emptied stays at home:
    that place goes to the next in line. Raises TooLate.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    if not rules.may_change(registration, now=now):
        raise rules.TooLate
    registration.organisation = changes.organisation
    registration.changed_at = now
    contact, *guests = registration.participants
    asked = rules.needs(
        queries.form_of(registration.event_id),
        diet=changes.diet,
        access_needs=changes.access_needs,
    )
    contact.diet, contact.access_needs = asked["diet"], asked["access_needs"]
    for guest, name in zip(guests, changes.guests, strict=False):
        guest.name = name or guest.name
    gone = [guest for guest, name in zip(guests, changes.guests, strict=False) if not name]
    for guest in gone:
        registration.participants.remove(guest)
    shrink(registration, by=len(gone), now=now)


def shrink(registration: Registration, *, by: int, now: datetime) -> None:
    """The party is smaller; its places go to the next in line. The pool is held already."""
    if not by:
        return
    registration.party_size -= by
    entry = registration.place_in_line
    if entry:
        entry.party_size = registration.party_size
    if registration.status in rules.SEATED:
        pools.give_back(registration.pool_id, by)
    offer_places(registration.pool_id, now=now)  # a smaller party may fit now
