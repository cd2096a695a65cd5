"""Places that are held for somebody's guests: made, changed, released, taken away."""

from datetime import datetime

from events_app.accounts.actions import change, note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.capacity.models import Pool
from events_app.capacity.rules import NoRoom, TooSmall, Want
from events_app.core.db import db
from events_app.events.rules import label
from events_app.registrations import queries, rules
from events_app.registrations.actions.waiting_list import offer_places
from events_app.registrations.models import Allotment, RegistrationForm
from events_app.registrations.rules import Terms

NOBODY = "–"


def allot(
    form: RegistrationForm, terms: Terms, *, by: StaffMember | None, now: datetime
) -> Allotment:
    """Hold places of the hall. Raises NotOpen, TooFewToHold or ReleasedAtWrongTime."""
    rules.must_come(form.event, now=now)
    rules.must_release_in_time(terms.release_at, form.event, now=now)
    capacity.lock(form.pool_ids)
    want = Want(pool_id=form.pool_id, places=terms.places, passes_line=_passes_line(form, now=now))
    try:
        [claim] = capacity.take([want], now=now)
    except NoRoom as why:
        raise _too_few(form, why) from None
    made = Allotment(
        form=form,
        name=terms.name,
        claim=claim,
        pool=Pool(size=terms.places),
        release_at=terms.release_at,
    )
    db.session.add(made)
    db.session.flush()
    after = {"held": terms.places, "release_at": terms.release_at.isoformat()}
    note("registrations.allotted", made, label(form.event), by=by, now=now, after=after)
    return made


def change_allotment(
    allotment: Allotment, terms: Terms, *, by: StaffMember | None, now: datetime
) -> None:
    """Raises ReleasedAlready, TooFewToHold, GuestsHaveThem or ReleasedAtWrongTime."""
    allotment = _hold(allotment)
    form, claim = allotment.form, allotment.claim
    if allotment.released_at:
        raise rules.ReleasedAlready
    if terms.release_at != allotment.release_at:
        rules.must_release_in_time(terms.release_at, form.event, now=now)
    before, after = change(allotment, release_at=terms.release_at)
    if terms.places != claim.places:
        before["held"], after["held"] = claim.places, terms.places
        _resize(allotment, terms.places, now=now)
    allotment.name = terms.name
    if after:
        note(
            "registrations.allotment_changed", allotment, label(form.event), by=by, now=now,
            before=before, after=after,
        )  # fmt: skip


def _resize(allotment: Allotment, places: int, *, now: datetime) -> None:
    form, claim = allotment.form, allotment.claim
    more = places - claim.places
    if more > 0:
        try:
            capacity.grow(claim, by=more, passes_line=_passes_line(form, now=now))
        except NoRoom as why:
            raise _too_few(form, why) from None
    try:
        capacity.resize(allotment.pool_id, places)
    except TooSmall as why:
        raise rules.GuestsHaveThem(why.taken) from None
    if more < 0:
        capacity.shrink(claim, by=-more)
        offer_places(form.pool_id, now=now)
    else:
        offer_places(allotment.pool_id, now=now)


def release(allotment: Allotment, *, by: StaffMember | None, now: datetime) -> None:
    """What nobody has taken goes to whoever wants it, first to those in line. Who has a place keeps
    it: it is one like others from now on. Twice is once.
    """
    _release(_hold(allotment), by=by, now=now)


def release_due(allotment: Allotment, *, now: datetime) -> None:
    """By the clock, unless a later moment was chosen meanwhile."""
    allotment = _hold(allotment)
    if rules.is_due_for_release(allotment, allotment.form.event, now=now):
        _release(allotment, by=None, now=now)


def _release(allotment: Allotment, *, by: StaffMember | None, now: datetime) -> None:
    form, free = allotment.form, allotment.pool.free
    if allotment.released_at:
        return
    capacity.release(allotment.claim, allotment.pool_id, now=now)
    note(
        "registrations.released", allotment, label(form.event), by=by, now=now,
        after={"freed": free},
    )  # fmt: skip
    offer_places(form.pool_id, now=now)


def remove_allotment(allotment: Allotment, *, by: StaffMember | None, now: datetime) -> None:
    """One that nobody came by. Raises GuestsCame."""
    allotment = _hold(allotment)
    form = allotment.form
    if allotment.id in queries.with_guests(form.event_id):
        raise rules.GuestsCame
    note("registrations.allotment_removed", allotment, label(form.event), by=by, now=now)
    _remove(allotment)
    offer_places(form.pool_id, now=now)


def forget_name(allotment: Allotment) -> None:
    """Of whom they were held for, who is wiped."""
    allotment.name = NOBODY


def remove_all(form: RegistrationForm) -> None:
    """Of a form that goes, and by which nobody came."""
    for allotment in queries.allotments(form.event_id):
        _remove(allotment)


def _remove(allotment: Allotment) -> None:
    claim, pool_id = allotment.claim, allotment.pool_id
    db.session.delete(allotment)
    db.session.flush()
    capacity.undo(claim)
    capacity.remove([pool_id])


def _hold(allotment: Allotment) -> Allotment:
    """Lock the places of its event and its own, and read it anew. Raises NotFoundError."""
    form = allotment.form
    capacity.lock((*form.pool_ids, allotment.pool_id))
    return queries.allotment(allotment.id, event_id=form.event_id)


def _passes_line(form: RegistrationForm, *, now: datetime) -> bool:
    """Nobody in line can be offered what is free."""
    return not rules.may_offer(form.event, hours=form.offer_hours, now=now)


def _too_few(form: RegistrationForm, why: NoRoom) -> rules.TooFewToHold:
    free = form.pool.free or 0
    return rules.TooFewToHold(max(0, free), is_due_to_line=free > why.left)
