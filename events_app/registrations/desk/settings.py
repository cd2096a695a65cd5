"""How registration goes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.capacity.models import Pool
from events_app.capacity.queries import parties_in_line
from events_app.core import clock, links, seen
from events_app.core.db import saving
from events_app.core.editing import editing
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event, Ownership
from events_app.events.rules import is_public
from events_app.registrations import actions, queries, rules
from events_app.registrations.desk.blueprint import bp
from events_app.registrations.forms import SettingsForm, settings_form
from events_app.registrations.models import Access, RegistrationForm


@bp.route("/<int:event_id>/settings", methods=["GET", "POST"])
@allowed(may_organise)
def settings(event_id: int) -> ResponseReturnValue:
    event, known = events.by_id(event_id), queries.maybe_form(event_id)
    form = editing(
        lambda sent: settings_form(event, known, sent),
        *((known, *known.pools) if known else ()),
    )
    is_whole = form.validate_on_submit()
    follows = _follows(event, known, form) if is_whole else None
    looked = seen.shown(follows)
    if is_whole and (not follows or looked.is_confirmed):
        try:
            with saving():
                actions.set_up(
                    event, form.settings(), size=form.size.data or 0, online_size=form.online,
                    form=known, by=staff(), now=clock.now(),
                )  # fmt: skip
        except rules.TooFewPlaces as why:
            field = form.online_size if why.is_online else form.size
            field.errors = [str(why.sentence)]
        except rules.NotOpen as why:
            form.form_errors.append(str(why.sentence))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".settings", event_id=event_id), 303)
    is_closed = known is not None and known.access is Access.INVITATION
    page = render_template(
        "registrations/settings.html",
        event=event,
        known=known,
        is_public=is_public(event),
        is_elsewhere=event.ownership is Ownership.EXTERNAL,
        form=form,
        held=rules.Held.of(queries.allotments(event_id)),
        follows=None if form.errors else follows,
        seen=looked,
        invitation=links.to(
            "registrations.register", slug=event.slug, **{"pass": queries.pass_for(event_id)}
        )
        if is_closed
        else "",
    )
    return page, 422 if form.errors else 200


def _follows(
    event: Event, known: RegistrationForm | None, form: SettingsForm
) -> rules.Consequences:
    now, said = clock.now(), form.settings()
    made = 0
    if known and rules.may_offer(event, hours=said.offer_hours, now=now):
        made = _offers(known.pool, form.size.data) + _offers(known.online_pool, form.online)
    return rules.consequences(
        known, event, said, offers=made, told=queries.needs_told(event.id), now=now
    )


def _offers(pool: Pool, size: int | None) -> int:
    """How many in line are offered places when the pool gets this size; None: room for all."""
    if pool.size is None or (size is not None and size <= pool.size):
        return 0
    free = None if size is None else size + pool.over_allowance - pool.taken
    return rules.offers(free, parties_in_line(pool.id))
