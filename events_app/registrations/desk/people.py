"""Who comes to an event."""

from collections.abc import Iterable
from typing import get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, seen, text, web
from events_app.core.db import saving
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.events import queries as events
from events_app.registrations import actions, queries, rules
from events_app.registrations.desk.blueprint import bp
from events_app.registrations.forms import SearchForm
from events_app.registrations.models import OptionGroup, Status
from events_app.registrations.queries.listing import LATEST, Sort, Wanted


@bp.get("/")
@allowed(rules.may_see_list)
def index() -> ResponseReturnValue:
    is_past = request.args.get("past") == "1"
    lines = queries.events(clock.now(), is_past=is_past)
    return render_template(
        "registrations/index.html",
        lines=lines,
        is_past=is_past,
        may_organise=may_organise(staff()),
    )


@bp.get("/<int:event_id>")
@allowed(rules.may_see_list)
def people(event_id: int) -> ResponseReturnValue:
    event = events.by_id(event_id)
    groups = rules.seen_by(staff(), queries.option_groups(event_id))
    wanted, sees_all = _wanted(groups), rules.may_see_all(staff())
    found, after = queries.listed(event.id, wanted, finds_addresses=sees_all)
    counts = queries.counts(event.id)
    return render_template(
        "registrations/people.html",
        event=event,
        places=queries.places([event.id], now=clock.now()).get(event.id),
        counts=counts,
        groups=groups,
        among=LATEST if wanted.q and sum(counts.values()) > LATEST else None,
        form=SearchForm(formdata=None, q=wanted.q, meta={"csrf": False}),
        wanted=wanted,
        typed=request.args.get("q", ""),
        states=rules.STATES,
        people=found,
        after=after,
        sees_all=sees_all,
        may_organise=may_organise(staff()),
    )


def _wanted(groups: Iterable[OptionGroup]) -> Wanted:
    """What the address asks for; what it asks wrongly is left out."""
    option = request.args.get("option", type=web.key)
    status, sort = request.args.get("status", ""), request.args.get("sort", "")
    return Wanted(
        status=Status(status) if status in set(Status) else None,
        q=text.sought(request.args.get("q", "")),
        sort=sort if sort in get_args(Sort) else "new",  # type: ignore[arg-type] # just looked
        after=request.args.get("after", type=web.key),
        option=option if any(option == o.id for g in groups for o in g.options) else None,
    )


@bp.post("/<int:event_id>/tell")
@allowed(may_organise)
def tell(event_id: int) -> ResponseReturnValue:
    """The letters about a change that wait for the end of the quiet period leave now."""
    with saving():
        actions.tell_now(events.by_id(event_id), by=staff(), now=clock.now())
    flash(_("The e-mails leave now."), "success")
    return redirect(url_for("site_desk.event", id=event_id), 303)


@bp.post("/<int:event_id>/<int:id>/promote")
@allowed(rules.may_see_all)
def promote(event_id: int, id: int) -> ResponseReturnValue:
    registration = queries.by_id(id, event_id=event_id)
    there = url_for("site_desk.registration", event_id=event_id, id=id)
    try:
        with saving():
            seen.check(registration.code, back=there)
            actions.promote(registration, by=staff(), now=clock.now())
    except rules.LinkEnded:  # while the places were locked
        raise seen.FollowsOtherwise(there) from None
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("This person has a place. The e-mail is on its way."), "success")
    return redirect(there, 303)


@bp.post("/<int:event_id>/<int:id>/guests/<int:guest>/erase")
@allowed(rules.may_see_all)
def erase_guest(event_id: int, id: int, guest: int) -> ResponseReturnValue:
    registration = queries.by_id(id, event_id=event_id)
    there = url_for("site_desk.registration", event_id=event_id, id=id)
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        seen.check(rules.guest(registration, guest).name, back=there)
        actions.erase_guest(registration, guest, by=staff(), now=clock.now())
    flash(_("The guest is wiped."), "success")
    return redirect(there, 303)


@bp.get("/<int:event_id>/<int:id>/files/<int:answer>")
@allowed(rules.may_see_list)
def file(event_id: int, id: int, answer: int) -> ResponseReturnValue:
    people = queries.by_id(id, event_id=event_id).participants
    answers = [answer for person in people for answer in person.answers]
    asked = rules.seen_by(staff(), [each.question for each in answers])
    seen_here = [each for each in answers if each.question in asked]
    return web.sent_file(*queries.file_of(seen_here, answer))
