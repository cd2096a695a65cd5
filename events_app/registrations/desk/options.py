"""Options with places of their own."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, seen
from events_app.core.db import saving
from events_app.core.editing import editing
from events_app.core.text import _
from events_app.events.models import Event
from events_app.registrations import actions, queries, rules
from events_app.registrations.desk.blueprint import bp
from events_app.registrations.forms import OptionGroupForm, group_form
from events_app.registrations.models import OptionGroup, RegistrationForm


@bp.route("/<int:event_id>/options/new", methods=["GET", "POST"])
@allowed(may_organise)
def add_options(event_id: int) -> ResponseReturnValue:
    return _options(queries.form_of(event_id), None)


@bp.route("/<int:event_id>/options/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    return _options(registration_form, queries.option_group(registration_form, id))


def _options(registration_form: RegistrationForm, known: OptionGroup | None) -> ResponseReturnValue:
    event, there = registration_form.event, _to_options(registration_form.event_id)
    form = _group_form(event, known)
    if form.validate_on_submit():
        try:
            with saving():
                if known is None:
                    idempotency.spend(now=clock.now()).leads_to(there)
                actions.set_options(
                    registration_form, form.settings(), group=known, by=staff(), now=clock.now()
                )
        except (rules.OptionTaken, rules.OptionHad, rules.MoreOptionsHad) as why:
            form.refuse(why)
        else:
            flash(_("Saved."), "success")
            return redirect(there, 303)
    return render_template(
        "registrations/options.html",
        event=event,
        group=known,
        seen=seen.shown(*_offered(known)) if known else None,
        form=form,
    ), 422 if form.errors else 200


def _group_form(event: Event, known: OptionGroup | None) -> OptionGroupForm:
    if known is None:
        return group_form(event, None, request.form if request.method == "POST" else None)
    pools = sorted((option.pool for option in known.options), key=lambda pool: pool.id)
    return editing(lambda sent: group_form(event, known, sent), known, *pools)


def _to_options(event_id: int) -> str:
    return url_for(".settings", event_id=event_id, _anchor="options")


@bp.post("/<int:event_id>/options/<int:id>/move")
@allowed(may_organise)
def move_options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    known = queries.option_group(registration_form, id)
    with saving():
        actions.move_options(registration_form, known, up=request.form.get("up") == "1")
    return redirect(_to_options(event_id), 303)


@bp.post("/<int:event_id>/options/<int:id>/remove")
@allowed(may_organise)
def remove_options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form, there = queries.form_of(event_id), _to_options(event_id)
    back = url_for(".options", event_id=event_id, id=id)
    try:
        with saving():
            idempotency.spend(now=clock.now(), removes=True).leads_to(there)
            known = queries.option_group(registration_form, id)
            seen.check(*_offered(known), back=back)
            actions.remove_options(registration_form, known, by=staff(), now=clock.now())
    except rules.OptionTaken as why:
        flash(str(why.sentence), "error")
        return redirect(back, 303)
    flash(_("These options are removed."), "success")
    return redirect(there, 303)


def _offered(group: OptionGroup) -> tuple[object, ...]:
    """What whoever removes it has looked at."""
    return group.label, [option.label for option in group.options]
