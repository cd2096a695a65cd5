from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.models import SEATED, ClaimStatus
from events_app.capacity.rules import NoRoom, Want
from events_app.core.db import db
from events_app.registrations import letters, rules
from events_app.registrations.actions.answering import (
    change_answers,
    still_asked,
    take_answers_away,
)
from events_app.registrations.actions.choosing import choose, drop_options
from events_app.registrations.actions.guests import become, free_addresses, tell_gone, tell_renewed
from events_app.registrations.actions.posting import end_link, post
from events_app.registrations.actions.registering import new_participant
from events_app.registrations.actions.status import hold, set_status
from events_app.registrations.actions.waiting_list import (
    go_to_hall,
    leave_hall_line,
    offer_places,
    seat,
)
from events_app.registrations.models import Ended, GoneBy, Option, Participant, Registration
from events_app.registrations.rules import Changes


def change(registration: Registration, changes: Changes, *, now: datetime) -> Sequence[Option]:
    """What people may change by their own link. A guest whose name is emptied stays at home:
    that place goes to the next in line. Who is named besides comes too, if there is a place.

    Gives the options that they want and that are full by now. Raises TooLate, AnswersClosed,
    ChoicesClosed, NoChoice, TooManyGuests, NoPlaceForGuest, LargerThanRoom, NoPlaceInTheHall,
    NoPlaceThere or TooManyOptions.
    """
    registration = hold(registration, registration.contact)
    if not rules.may_change(registration, now=now):
        raise rules.too_late(registration, now=now)
    rules.must_be_chosen(registration.event, is_online=changes.is_online)
    if changes.known_guests not in (None, tuple(guest.id for guest in registration.guests)):
        raise rules.GuestsChanged
    registration.changed_at = now
    contact = registration.contact
    contact.name, contact.organisation = changes.name, changes.organisation
    asked = rules.needs(registration.form, diet=changes.diet, access_needs=changes.access_needs)
    contact.diet, contact.access_needs = asked["diet"], asked["access_needs"]
    if changes.answers and not rules.may_answer(registration.form, registration.event, now=now):
        raise rules.AnswersClosed
    change_answers(contact.answers, still_asked(registration.form.id, changes.answers))
    before = registration.claim
    renewed = _change_guests(registration, changes.guests, changes.guest_addresses, now=now)
    _take_part(registration, changes, now=now)
    has_moved = registration.claim is not before
    _grow(registration, now=now)  # last: where they take part now is where there must be room
    if not has_moved:  # else they have just heard of another place
        tell_renewed(renewed, now=now)
    if changes.options is None:
        return ()
    if not rules.may_take_options(registration, registration.form, now=now):
        raise rules.ChoicesClosed
    return choose(contact, changes.options, now=now)


def _take_part(registration: Registration, changes: Changes, *, now: datetime) -> None:
    if changes.waits_for_hall:
        _wait_for_hall(registration, now=now)
    elif changes.is_online is not None and rules.may_choose(registration.event):
        _move(registration, is_online=changes.is_online, now=now)


def _change_guests(
    registration: Registration, names: Sequence[str], addresses: Sequence[str], *, now: datetime
) -> Sequence[Participant]:
    """`names`, `addresses`: of the guests that there are, in their order, and of new ones. Gives
    those whose address stays, in another line or with another name. A larger party takes its
    places once it is known where (`_grow`).
    """
    guests, form = registration.guests, registration.form
    said = list(rules.with_addresses(names, addresses))
    known, new = list(zip(guests, said, strict=False)), said[len(guests) :]
    gone = [guest for guest, (name, _email) in known if not name]
    others = [(guest, one) for guest, one in known if all(one)]
    more = [one for one in new if one[0]]
    if more and len(guests) - len(gone) + len(more) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    for guest, (name, email) in known:
        if name and not email:
            guest.name = name
    come = [*(one for _guest, one in others), *more]
    typed = {email for _name, email in come if email}
    known_as: dict[str, Participant] = {}
    for guest in (*gone, *(guest for guest, _one in others)):
        stays = guest.email in typed  # the same person in another line, or with another name
        if stays:
            known_as[guest.email] = guest
        take_out(guest, None if stays else Ended.TAKEN_OUT, now=now)
    _bring(registration, come, known_as, now=now)
    by = len(more) - len(gone)
    registration.party_size += max(0, by)
    shrink(registration, by=max(0, -by), now=now)
    set_status(registration, registration.claim, now=now)
    return [guest for guest in registration.guests if guest.email in known_as]


def take_out(guest: Participant, why: Ended | None, *, now: datetime) -> None:
    """Somebody who does not come as this guest any more: who knew of it is told, and what they
    answered and chose goes. The place stays with the party. `why` None: they come as another one.
    """
    if why:
        by = GoneBy.GUEST if why is Ended.LEFT else GoneBy.CONTACT
        tell_gone([guest], by=by, now=now)
    if why and guest.email:
        end_link(guest, why)
    take_answers_away(guest.answers)
    drop_options(guest, leaves=True, now=now)
    guest.registration.participants.remove(guest)
    db.session.flush()  # their address is free for somebody else


def _bring(
    registration: Registration,
    people: Sequence[tuple[str, str]],
    known_as: Mapping[str, Participant],
    *,
    now: datetime,
) -> None:
    """New guests, each with a name and an address or "". The places are the party's already, or
    will be. `known_as`: whose address came with the party until now. It keeps its code, link and
    calendar entry; the rest is new, so that nobody sees who has an address.
    """
    form = registration.form
    free = free_addresses(form.event_id, (email for _name, email in people), now=now)
    for (name, _), email in zip(people, free, strict=True):
        person = new_participant(form, name, email)
        if email in known_as:
            become(person, known_as[email])
        registration.participants.append(person)


def _grow(registration: Registration, *, now: datetime) -> None:
    """Take, or wait for, what a larger party is short of.

    Raises NoPlaceForGuest or LargerThanRoom.
    """
    form = registration.form
    passes_line = not rules.may_offer(registration.event, hours=form.offer_hours, now=now)
    for claim in registration.claims:
        by = registration.party_size - claim.places
        if not by:
            continue
        if claim.status not in SEATED:
            rules.must_fit_ever(claim.pool, registration.party_size, form=form)
        try:
            capacity.grow(claim, by=by, passes_line=passes_line)
        except NoRoom as why:
            if claim.pool_id in form.pool_ids:
                raise rules.NoPlaceForGuest(why.left) from None
            _leave_held(registration, left=why.left, passes_line=passes_line, now=now)


def _leave_held(registration: Registration, *, left: int, passes_line: bool, now: datetime) -> None:
    """Places like everybody's, for a party that what is held for it has no room for, as at
    registering. `left`: of what is held.
    """
    before = registration.claim
    want = Want(
        pool_id=registration.form.pool_id,
        places=registration.party_size,
        replaces=before.id,
        passes_line=passes_line,
    )
    try:
        [claim] = capacity.take([want], now=now)
    except NoRoom as why:
        raise rules.NoPlaceForGuest(max(left, why.left - before.places)) from None
    capacity.end(before, now=now)
    set_status(registration, claim, now=now)


def _move(registration: Registration, *, is_online: bool, now: datetime) -> None:
    """Move a party between the hall and online; a letter and the calendar say so.

    There must be room. The places that it had (or waited for) go to the next.
    """
    hall = registration.hall_claim
    if hall and not is_online and capacity.accept(hall):
        go_to_hall(registration, hall, now=now)
        return
    leave_hall_line(registration, now=now)  # first: nobody waits for themselves
    if is_online is registration.is_online:
        return
    before, there = registration.claim, registration.form.pool_ids[is_online]
    was_online = not is_online if before.status is ClaimStatus.HELD else None
    want = Want(pool_id=there, places=registration.party_size, replaces=before.id)
    try:
        [registration.claim] = capacity.take([want], now=now)
    except NoRoom:
        takes_part = not is_online and registration.status in rules.SEATED
        refused = rules.NoPlaceInTheHall if takes_part else rules.NoPlaceThere
        raise refused(registration.party_size) from None
    capacity.end(before, now=now)
    seat(registration, was_online=was_online, now=now)
    offer_places(before.pool_id, now=now)


def _wait_for_hall(registration: Registration, *, now: datetime) -> None:
    """Take part online, and be in line for the hall; who waits there keeps their number. With a
    place free in the hall they get that. Raises NoPlaceThere or LargerThanRoom.
    """
    if registration.hall_claim or not rules.may_wait_for_hall(registration):
        return
    hall, online = registration.form.pool_ids
    want = Want(pool_id=hall, places=registration.party_size, may_wait=True)
    if registration.is_online:
        rules.must_fit_ever(registration.form.pool, want.places, form=registration.form)
        [claim] = capacity.take([want], now=now)
        if claim.status is ClaimStatus.HELD:
            go_to_hall(registration, claim, now=now)
        else:
            registration.hall_claim = claim
        return
    waits = registration.claim
    try:
        [registration.claim] = capacity.take(
            [replace(want, pool_id=online, may_wait=False)], now=now
        )
    except NoRoom:
        raise rules.NoPlaceThere(registration.party_size) from None
    registration.hall_claim = waits
    capacity.join_line(waits)
    seat(registration, now=now)


def leave_party(guest: Participant, *, now: datetime) -> None:
    """By their own link: the place goes to the next in line, and both they and the contact are
    told. Raises TooLate.
    """
    registration = hold(guest.registration, guest)
    if not rules.may_change(registration, now=now) or guest not in registration.guests:
        raise rules.too_late(registration, now=now)
    who = letters.who(guest)
    take_out(guest, Ended.LEFT, now=now)
    shrink(registration, by=1, now=now)
    registration.letters_sent += 1
    contact = registration.contact
    post(letters.guest_left(contact, guest=who), contact, now=now)
    set_status(registration, registration.claim, now=now)


def shrink(registration: Registration, *, by: int, now: datetime) -> None:
    """Make the party smaller; its places go to the next in line. The pool is locked already."""
    if not by:
        return
    registration.party_size -= by
    for claim in registration.claims:
        capacity.shrink(claim, by=by)
        offer_places(claim.pool_id, now=now)  # a smaller party may fit now
