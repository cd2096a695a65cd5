"""The form of an event, and the page after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, rate_limits, web
from events_app.core.db import reading, saving
from events_app.core.errors import Refusal, TooMany
from events_app.events import queries as events
from events_app.events.rules import is_public, location
from events_app.registrations import actions, queries, rules
from events_app.registrations.forms import RegisterForm, form_for, page_of
from events_app.registrations.models import Allotment, RegistrationForm
from events_app.registrations.routes.blueprint import bp

FREELY, TO_ONE_MAILBOX = 10, 10
"""An hour: what one network address sends before its places are held, and what of it may go to one
mailbox. What others do to a mailbox keeps nobody from registering with it.
"""

HOUR = timedelta(hours=1)


@bp.route("/events/<slug>/register", methods=["GET", "POST"])
def register(slug: str) -> ResponseReturnValue:
    now = clock.now()
    if request.method != "POST":
        return _empty(slug, now=now)
    with reading():
        registration_form = queries.form_at(slug)
        by = _pass(registration_form.event_id)
        if not is_public(registration_form.event):
            raise events.not_there(slug)
        form = form_for(registration_form, held=by.free, source=_source())
        if not form.validate_on_submit():
            return _page(registration_form, form, now=now, by=by)
    try:
        _register(registration_form, form, now=now, by=by)
    except Refusal as why:
        choice = why if isinstance(why, rules.PartyTooLarge) else None
        if choice is None:
            form.form_errors.append(str(why.sentence))
        wait = {"Retry-After": str(why.retry_after)} if isinstance(why, TooMany) else {}
        page = _page(registration_form, form, now=now, by=by, choice=choice)
        return page, why.status, wait
    return redirect(url_for(".received", slug=slug), 303)


def _source() -> str:
    return rules.source(request.args.get("source", ""))


def _empty(slug: str, *, now: datetime) -> str:
    read = queries.form_read(slug)
    if not is_public(read):
        raise events.not_there(slug)
    places, by = queries.places([read.event_id], now=now)[read.event_id], _pass(read.event_id)
    places = places.with_held(by.free)

    def made() -> str:
        registration_form = queries.form_at(slug)
        form = form_for(registration_form, held=by.free, source=_source())
        return _page(registration_form, form, now=now, by=by)

    return web.kept_form((tuple(read), places.told, by.is_invited), made)


@dataclass(frozen=True, slots=True)
class Pass:
    """What the link that they came by opens."""

    is_invited: bool
    allotment: Allotment | None

    @property
    def free(self) -> int:
        """Places that are held for them, and that nobody has yet."""
        return self.allotment.pool.free or 0 if self.allotment else 0


def _pass(event_id: int) -> Pass:
    given = request.args.get("pass", "")
    allotment = queries.by_pass(event_id, given) if given else None
    return Pass(allotment is not None or queries.has_pass(event_id, given), allotment)


def _register(
    registration_form: RegistrationForm, form: RegisterForm, *, now: datetime, by: Pass
) -> None:
    with saving():  # of its own: the next may have to wait for a place
        number = _count((form.email.data or "").lower(), now=now)
    applicant = form.applicant(now=now)
    with saving():
        ended = actions.register(
            registration_form,
            applicant,
            now=now,
            is_invited=by.is_invited,
            must_confirm=number > FREELY,
            allotment=by.allotment,
        )
    session[rules.RECEIVED] = ended.receipt(
        registration_form.event, applicant, before=session.get(rules.RECEIVED), now=now
    )


def _count(email: str, *, now: datetime) -> int:
    """How many came from this network address in this hour. Raises TooMany, also where one mailbox
    would get too many letters from there.
    """
    network = rate_limits.client(request.remote_addr)
    client = f"registrations:client:{network}"
    most = {
        client: current_app.config["REGISTRATIONS_PER_HOUR"],
        f"registrations:mailbox:{rate_limits.hidden(email)}:{network}": TO_ONE_MAILBOX,
    }
    return rate_limits.hit_each(most, per=HOUR, now=now)[client]


def _page(
    registration_form: RegistrationForm,
    form: RegisterForm,
    *,
    now: datetime,
    by: Pass,
    choice: rules.PartyTooLarge | None = None,
) -> str:
    """Of `now` it may use no more than the state of the places: the empty page is kept."""
    values = page_of(
        registration_form, form, now=now, is_invited=by.is_invited, held=by.free, choice=choice
    )
    return render_template("registrations/register.html", **values)


@bp.get("/events/<slug>/register/received")
def received(slug: str) -> ResponseReturnValue:
    """The same for every address: nobody learns here who is registered, and nobody gets a page of
    an address that is not theirs. The personal link comes by letter.
    """
    web.private()
    registration_form = queries.form_at(slug)
    event = registration_form.event
    if not is_public(event):
        raise events.not_there(slug)
    receipt = rules.received(session.get(rules.RECEIVED), event, now=clock.now())
    return render_template(
        "registrations/received.html",
        event=event,
        place=location(event),
        receipt=receipt,
        options=rules.options_received(registration_form, receipt),
    )
