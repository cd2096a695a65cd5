from datetime import datetime

from events_app.registrations import queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.line import offer_places, seat
from events_app.registrations.models import Registration
from events_app.registrations.rules import Changes


def change(registration: Registration, changes: Changes, *, now: datetime) -> None:
    """What people may change by their own link. A guest whose name is emptied stays at home:
    that place goes to the next in line. Raises TooLate or NoPlaceInTheHall.
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
    if changes.is_online is not None and changes.is_online is not registration.is_online:
        _move(registration, is_online=changes.is_online, now=now)


def _move(registration: Registration, *, is_online: bool, now: datetime) -> None:
    """Move a party between the hall and online; a letter and the calendar say so.

    Online has room for everyone, and the places (or the place in line) go to the next. The hall
    must have room.
    """
    before = registration.places if registration.status in rules.SEATED else 0
    if not is_online and not pools.take(registration.pool_id, registration.party_size):
        raise rules.NoPlaceInTheHall(registration.party_size)
    registration.is_online = is_online
    seat(registration, now=now)
    if before:
        pools.give_back(registration.pool_id, before)
    if is_online:
        offer_places(registration.pool_id, now=now)


def shrink(registration: Registration, *, by: int, now: datetime) -> None:
    """Make the party smaller; its places go to the next in line. The pool is locked already."""
    if not by:
        return
    registration.party_size -= by
    entry = registration.place_in_line
    if entry:
        entry.party_size = registration.party_size
    if registration.status in rules.SEATED and not registration.is_online:
        pools.give_back(registration.pool_id, by)
    offer_places(registration.pool_id, now=now)  # a smaller party may fit now
