"""An event's home at the desk: its status, and what hangs on it in the other rooms."""

from collections.abc import Iterable
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, seen
from events_app.core.db import saving
from events_app.core.text import _
from events_app.events import actions as acting
from events_app.events import queries as events
from events_app.events import rules
from events_app.events.models import Event, Status
from events_app.kits import queries as kits
from events_app.kits.rules import wording as kit_wording
from events_app.kits.rules.lifecycle import follows, is_overtaken
from events_app.registrations import queries as registrations
from events_app.registrations.models import Allotment
from events_app.registrations.rules import Held, may_see_list
from events_app.registrations.rules import wording as form_wording
from events_app.site import actions, queries
from events_app.site.desk.search import bp


@bp.get("/events/<int:id>")
@allowed(rules.may_change_texts)
def event(id: int) -> ResponseReturnValue:
    found, now = events.by_id(id), clock.now()
    is_draft = found.status is Status.DRAFT
    is_past = rules.is_past(found, now=now)
    hanging = queries.hanging(found) if rules.may_remove(found) else None
    allotments = registrations.allotments(id)
    return render_template(
        "site/event.html",
        event=found,
        places=registrations.places([id], now=now).get(id),
        held=Held.of(allotments),
        held_too_long=_held_too_long(found, allotments),
        gaps=rules.missing(found) + (rules.too_late(found, now=now) if is_draft else []),
        remarks=rules.remarks(found),
        contradictions=_contradictions(found, now),
        is_past=is_past,
        waiting=None if is_past else _waiting(found),
        kit_at=_kit_at(found, now),
        changes=[] if is_past else rules.changes(found),
        may_go_on=found.starts_at > now,
        told=_told_postponed(found),
        behind=_behind(found),
        seen_postponed=seen.shown(*_goes_on(found)).mark,
        now=now,
        tell_last=rules.tell_last(found, now=now),
        location=rules.location(found),
        moves=rules.MOVES[found.status],
        is_off=rules.is_off(found.status),
        heard_at=rules.heard_at(found, now=now),
        may_organise=may_organise(staff()),
        may_see_list=may_see_list(staff()),
        hanging=hanging,
        seen_hanging=seen.shown(found.revision, hanging).mark,
    )


def _contradictions(event: Event, now: datetime) -> list[LazyString]:
    """In all words that go with it."""
    kit, form = kits.kit_of(event), registrations.maybe_form(event.id)
    said = [
        *(kit_wording.texts(kit) if kit else rules.texts(event)),
        *(form_wording.texts(form) if form else ()),
    ]
    return rules.contradictions(said, registrations.record_of(event), now=now)


def _waiting(event: Event) -> registrations.Letters | None:
    """Letters about this event that are still to be written."""
    is_told = event.tell_at is None or event.status not in rules.GOES_ON
    return None if is_told else registrations.still_to_tell([event]).get(event.id)


def _held_too_long(event: Event, allotments: Iterable[Allotment]) -> list[str]:
    """Whose places would be held beyond its beginning, since it is earlier now."""
    if event.status is Status.POSTPONED:
        return []
    return [
        each.name
        for each in allotments
        if not each.released_at and each.release_at > event.starts_at
    ]


def _told_postponed(event: Event) -> int:
    """How many addresses know that it is postponed."""
    if event.status is not Status.POSTPONED:
        return 0
    everybody, unaware = registrations.letters_to([event]), registrations.still_to_tell([event])
    return sum(each.all for each in everybody.values()) - sum(each.all for each in unaware.values())


def _behind(event: Event) -> int:
    """How many of the others get an e-mail when it goes on: about what changed before it was
    postponed.
    """
    if event.status is not Status.POSTPONED:
        return 0
    all_told = registrations.still_to_tell([event], becomes=Status.PUBLISHED).values()
    return sum(each.all for each in all_told) - _told_postponed(event)


def _goes_on(event: Event) -> tuple[object, ...]:
    """What the question says before a postponement is undone."""
    return event.starts_at, event.ends_at, _told_postponed(event), _behind(event)


def _kit_at(event: Event, now: datetime) -> datetime | None:
    """When the kit follows what has changed; None: there is none that does."""
    kit = kits.kit_of(event)
    version = kits.last_version(kit) if kit and follows(kit, now) else None
    if version is None or version.event_revision >= event.revision:
        return None
    return now if is_overtaken(version) else rules.follow_at(event, now=now)


@bp.post("/events/<int:id>/go-on")
@allowed(may_organise)
def go_on(id: int) -> ResponseReturnValue:
    event = events.by_id(id)
    try:
        if event.status is Status.POSTPONED:
            seen.check(*_goes_on(event), back=url_for(".event", id=id))
        with saving():
            acting.go_on(event, by=staff(), now=clock.now())
    except (rules.DateHasPassed, rules.NotPossible) as why:
        flash(str(why.sentence), "error")
    else:
        sentence = _("The event goes on: %(when)s. Who was told otherwise gets an e-mail.",
                     when=rules.when(event))  # fmt: skip
        flash(sentence, "success")
    return redirect(url_for(".event", id=id), 303)


@bp.post("/events/<int:id>/remove")
@allowed(rules.may_change_texts)
def remove_event(id: int) -> ResponseReturnValue:
    """A draft that came to nothing."""
    back = url_for(".event", id=id)
    try:
        with saving():
            there = idempotency.spend(now=clock.now(), removes=True).leads_to(
                url_for("events_desk.index")
            )
            event = events.by_id(id)
            if rules.may_remove(event):
                seen.check(event.revision, queries.hanging(event), back=back)
            actions.remove_draft(event, by=staff(), now=clock.now())
    except rules.NotPossible as why:
        flash(str(why.sentence), "error")
        return redirect(back, 303)
    flash(_("The draft is gone."), "success")
    return redirect(there, 303)
