"""Places that are held for somebody's guests."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, links, seen
from events_app.core.db import saving
from events_app.core.editing import editing
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event
from events_app.events.rules import begins_at, is_to_come
from events_app.registrations import actions, queries, rules
from events_app.registrations.desk.blueprint import bp
from events_app.registrations.forms import AllotmentForm, allotment_form
from events_app.registrations.models import Allotment


@bp.route("/<int:event_id>/held", methods=["GET", "POST"])
@allowed(may_organise)
def held(event_id: int) -> ResponseReturnValue:
    event, now, form = events.by_id(event_id), clock.now(), AllotmentForm()
    if form.validate_on_submit():
        try:
            with saving():
                there = idempotency.spend(now=now).leads_to(url_for(".held", event_id=event_id))
                terms = form.terms(form.name.data or "")
                actions.allot(queries.form_of(event_id), terms, by=staff(), now=now)
        except Refusal as why:
            form.refuse(why)
        else:
            flash(_("The places are held."), "success")
            return redirect(there, 303)
    if form.release_at.raw_data is None and begins_at(event):
        form.release_at.data = rules.default_release(event, now=now)
    found = queries.allotments(event_id)
    page = render_template(
        "registrations/held.html",
        event=event,
        places=queries.places([event_id], now=now).get(event_id),
        allotments=[
            (each, _link(event, each), seen.shown(*rules.looked_at(each)).mark) for each in found
        ],
        has_guests=queries.with_guests(event_id),
        may_hold=is_to_come(event, now=now),
        form=form,
    )
    return page, 422 if form.errors else 200


def _link(event: Event, allotment: Allotment) -> str:
    given = {"pass": queries.allotment_pass(allotment)}
    return links.to("registrations.register", slug=event.slug, **given)


@bp.route("/<int:event_id>/held/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def allotment(event_id: int, id: int) -> ResponseReturnValue:
    known = queries.allotment(id, event_id=event_id)
    form = editing(lambda sent: allotment_form(known, sent), known.form.pool, known, known.pool)
    if form.validate_on_submit():
        try:
            with saving():
                terms = form.terms(form.name.data or "")
                actions.change_allotment(known, terms, by=staff(), now=clock.now())
        except Refusal as why:
            form.refuse(why)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".held", event_id=event_id), 303)
    event = events.by_id(event_id)
    page = render_template("registrations/allotment.html", event=event, allotment=known, form=form)
    return page, 422 if form.errors else 200


@bp.post("/<int:event_id>/held/<int:id>/release")
@allowed(may_organise)
def release(event_id: int, id: int) -> ResponseReturnValue:
    there = url_for(".held", event_id=event_id)
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        known = queries.allotment(id, event_id=event_id)
        seen.check(*rules.looked_at(known), back=there)
        actions.release(known, by=staff(), now=clock.now())
    flash(_("The places are released."), "success")
    return redirect(there, 303)


@bp.post("/<int:event_id>/held/<int:id>/remove")
@allowed(may_organise)
def remove_allotment(event_id: int, id: int) -> ResponseReturnValue:
    there = url_for(".held", event_id=event_id)
    try:
        with saving():
            idempotency.spend(now=clock.now(), removes=True).leads_to(there)
            known = queries.allotment(id, event_id=event_id)
            actions.remove_allotment(known, by=staff(), now=clock.now())
    except rules.GuestsCame as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("The places are not held any more."), "success")
    return redirect(there, 303)
