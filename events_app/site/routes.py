"""The pages around the rooms."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import rules as accounts
from events_app.contacts import rules as contacts
from events_app.core import clock, idempotency, links, rate_limits, text, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError, TooMany
from events_app.core.text import _
from events_app.delivery import rules as delivery
from events_app.events import queries as events
from events_app.events import rules as event_rules
from events_app.events.models import Preset, Status
from events_app.invitations import rules as invitations
from events_app.kits import on_demand
from events_app.kits.rules.values import Page
from events_app.newsletters import rules as newsletters
from events_app.registrations import queries as registrations
from events_app.registrations import rules as registration_rules
from events_app.registrations.rules import Places
from events_app.site import actions, rules
from events_app.site.forms import ContactForm

bp = web.public("site", __name__)
SHOWN = 3
LOOKED_AT = 12
"""Of the next events, to find the conference among them."""


@bp.get("/")
def home() -> ResponseReturnValue:
    now = clock.now()
    coming = events.coming(now, LOOKED_AT, with_postponed=True)
    first = next((it for it in coming if it.status is not Status.POSTPONED), None)
    following = [event for event in coming if event is not first]
    conference = next((it for it in following if it.preset is Preset.CONFERENCE), None)
    past = events.past(now, SHOWN)
    places = registrations.places([event.id for event in coming], now=now)
    states = {
        event.id: event_rules.state(event, now=now, places=_availability(places.get(event.id)))
        for event in coming
    }
    return render_template(
        "site/home.html",
        next=first,
        conference=conference,
        others=[event for event in following if event is not conference][:SHOWN],
        states=states,
        changes={event.id: event_rules.changes(event) for event in coming},
        past=past,
        report=event_rules.highlights(text.local(past[0].report) if past else ""),
    )


def _availability(places: Places | None) -> str:
    """Nothing where there is no registration of ours."""
    return places.availability if places else ""


@bp.get("/cards/<name>.png")
def card(name: str) -> ResponseReturnValue:
    """What other sites show with a link to one of our pages."""
    if name not in rules.CARDS:
        raise NotFoundError
    title, sentence = rules.CARDS[name]
    page = Page(str(title), str(sentence))
    return on_demand.shared(on_demand.page_card(page, text.language()))


@bp.get("/about")
def about() -> ResponseReturnValue:
    return render_template("site/about.html")


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """With the terms that the night works by."""
    return render_template(
        "site/privacy.html",
        accounts=accounts,
        contacts=contacts,
        delivery=delivery,
        invitations=invitations,
        newsletters=newsletters,
        registrations=registration_rules,
    )


@bp.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("site/accessibility.html")


@bp.get("/security")
def security() -> ResponseReturnValue:
    return render_template(
        "site/security.html",
        is_encrypted=links.base().startswith("https:"),
        mailbox=links.mailbox(),
    )


@bp.get("/partners")
def partners() -> ResponseReturnValue:
    return render_template("site/partners.html")


@bp.route("/contact", methods=["GET", "POST"])
def contact() -> ResponseReturnValue:
    form = ContactForm()
    if not form.validate_on_submit():
        return render_template("site/contact.html", form=form)
    now = clock.now()
    try:
        with saving():
            idempotency.spend(now=now).leads_to(url_for(".contact"))
            sender = rate_limits.client(request.remote_addr)
            rate_limits.hit(f"contact:{sender}", limit=5, per=timedelta(hours=1), now=now)
            actions.ask(form.question(), now=now)
    except TooMany as why:
        form.form_errors.append(why.sentence)
        page = render_template("site/contact.html", form=form)
        return page, why.status, {"Retry-After": str(why.retry_after)}
    flash(
        _("Thank you. Your question is on its way; we answer within two working days."), "success"
    )
    return redirect(url_for(".contact"), 303)
