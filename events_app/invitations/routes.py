"""The guest's page, and the ambassador's own page; both behind personal links."""

from dataclasses import replace
from itertools import chain
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, idempotency, links, text, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError, Refusal
from events_app.core.own_links import ask_for_link, own_page
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event
from events_app.events.rules import is_public, location
from events_app.invitations import actions, queries
from events_app.invitations.forms import InviteForm, ListForm
from events_app.invitations.models import Ambassador, Invitation, Status
from events_app.invitations.rules import (
    LINES_MAX,
    AnsweredAlready,
    Line,
    answer_of,
    answer_shown,
    may_say_yes,
    may_share,
    why_closed,
)
from events_app.registrations import queries as registrations
from events_app.registrations import rules as registration_rules
from events_app.registrations.forms import RegisterForm, form_for, page_of

bp = web.public("invitations", __name__)


# -- the guest


@bp.get("/invitation/<token>")
def show(token: str) -> ResponseReturnValue:
    web.private()
    invitation, now = queries.by_token(token), clock.now()
    event = invitation.event
    places = queries.places(event.id, invitation.ambassador_id, now=now)
    return render_template(
        "invitations/show.html", invitation=invitation, event=event, token=token,
        place=location(event), answer=answer_shown(invitation), places=places,
        may_say_yes=may_say_yes(invitation),
        has_begun=event.starts_at <= now, closed=why_closed(event, places, now=now),
    )  # fmt: skip


@bp.route("/invitation/<token>/accept", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """The event's own form, with what the invitation knows filled in."""
    web.private()
    invitation, now = queries.by_token(token), clock.now()
    if not may_say_yes(invitation):
        return redirect(url_for(".show", token=token), 303)
    form = form_for(
        registrations.form_of(invitation.event_id),
        held=_held(invitation),
        name=invitation.name,
        email=invitation.email,
        organisation=invitation.organisation,
    )
    if not form.validate_on_submit():
        return _form_page(invitation, form)
    applicant = replace(form.applicant(now=now), source="invitation")
    try:
        with saving():
            ended = actions.accept(invitation, applicant, now=now)
    except registration_rules.PartyTooLarge as choice:
        return _form_page(invitation, form, choice), choice.status
    except Refusal as why:
        form.form_errors.append(str(why.sentence))
        return _form_page(invitation, form), why.status
    session[registration_rules.RECEIVED] = ended.receipt(
        invitation.event, applicant, before=session.get(registration_rules.RECEIVED), now=now
    )
    return redirect(url_for("registrations.received", slug=invitation.event.slug), 303)


def _held(invitation: Invitation) -> int:
    """Places that are held for this ambassador's guests, and that nobody has yet."""
    held = queries.places_for_guests(invitation.ambassador_id, invitation.event_id)
    return held.pool.free or 0 if held else 0


def _form_page(
    invitation: Invitation,
    form: RegisterForm,
    choice: registration_rules.PartyTooLarge | None = None,
) -> str:
    registration_form = registrations.form_of(invitation.event_id)
    values = page_of(
        registration_form, form, now=clock.now(), is_invited=True,
        held=_held(invitation), choice=choice,
    )  # fmt: skip
    return render_template("invitations/accept.html", invitation=invitation, **values)


@bp.post("/invitation/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    web.private()
    invitation = queries.by_token(token)
    try:
        if invitation.status is not Status.DECLINED:
            with saving():
                actions.decline(invitation, now=clock.now())
    except AnsweredAlready as why:
        flash(str(why.sentence), "error")  # their page says what they answered
    return redirect(url_for(".show", token=token), 303)


@bp.post("/invitation/<token>/object")
def object_to(token: str) -> ResponseReturnValue:
    web.private()
    invitation = queries.by_token(token)
    with saving():
        actions.object_to(invitation, now=clock.now())
    flash(_("We will not send you invitations any more."), "success")
    return redirect(url_for(".show", token=token), 303)


# -- the ambassador


@bp.route("/ambassador", methods=["GET", "POST"])
def ask_link() -> ResponseReturnValue:
    return ask_for_link(
        "ambassador", actions.ask_link,
        page="invitations/ask_link.html", asked="invitations/link_asked.html",
    )  # fmt: skip


@bp.get("/ambassador/<token>")
def ambassador(token: str) -> ResponseReturnValue:
    found = _open(token)
    event = _event()
    return _page(found, token, event, InviteForm(formdata=None), _list_form(formdata=None))


@bp.post("/ambassador/<token>/invite")
def invite(token: str) -> ResponseReturnValue:
    found, event, form = _open(token), _shown_event(), InviteForm()
    if not form.validate_on_submit():
        return _page(found, token, event, form, _list_form(formdata=None)), 422
    try:
        with saving():
            sending = idempotency.spend(now=clock.now())
            there = sending.leads_to(url_for(".ambassador", token=token, event=event.id))
            actions.invite(event, found, form.guest(), now=clock.now())
    except Refusal as why:
        form.form_errors.append(str(why.sentence))
        return _page(found, token, event, form, _list_form(formdata=None)), why.status
    flash(_("The invitation to %(name)s is on its way.", name=form.name.data), "success")
    return redirect(there, 303)


@bp.post("/ambassador/<token>/list")
def invite_list(token: str) -> ResponseReturnValue:
    """Each line its own fate; what was refused stays in the field with the reason."""
    found, event, form = _open(token), _shown_event(), _list_form()
    if not form.validate_on_submit():
        return _page(found, token, event, InviteForm(formdata=None), form), 422
    lines = form.lines()
    now_lines, later = lines[:LINES_MAX], lines[LINES_MAX:]
    there = url_for(".ambassador", token=token, event=event.id)
    with saving():
        sending = idempotency.spend(now=clock.now())
        left = [(line.typed, why) for line in now_lines if (why := _sent(line, form, event, found))]
        sent = len(now_lines) - len(left)
        if sent:
            sending.leads_to(there)
        else:
            sending.made_nothing()
    if sent:
        flash(
            text.plural(
                "%(num)d invitation is on its way.", "%(num)d invitations are on their way.", sent
            ),
            "success",
        )
    if not left and not later:
        return redirect(there, 303)
    form.people.data = "\n".join([*(typed for typed, _why in left), *(it.typed for it in later)])
    return _page(found, token, event, InviteForm(formdata=None), form, left=left, later=len(later))


def _sent(line: Line, form: ListForm, event: Event, ambassador: Ambassador) -> str:
    """Why it was not."""
    if line.problem:
        return str(line.problem)
    try:
        actions.invite(event, ambassador, form.guest(line), now=clock.now())
    except Refusal as why:  # before anything was written
        return str(why.sentence)
    return ""


@bp.post("/ambassador/<token>/withdraw/<int:key>")
def withdraw(token: str, key: int) -> ResponseReturnValue:
    found = _open(token)
    invitation = queries.invitation(key)
    if invitation.ambassador_id != found.id:
        raise NotFoundError
    try:
        with saving():
            actions.withdraw(invitation, by=None, now=clock.now())
    except AnsweredAlready as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("The invitation is withdrawn."), "success")
    return redirect(url_for(".ambassador", token=token, event=invitation.event_id), 303)


def _list_form(**more: Any) -> ListForm:
    return ListForm(prefix="list-", **more)  # two forms share a page


def _open(token: str) -> Ambassador:
    web.private()
    with own_page("invitations.ask_link"):
        return queries.ambassador_by_token(token)


def _event() -> Event | None:
    """The event on the page: the one asked for, or the next to which people can be invited."""
    now, key = clock.now(), request.args.get("event", type=int)
    coming = queries.events_to_invite_for(now)
    places = registrations.places([event.id for event in coming], now=now)
    asked = (event for event in coming if event.id == key)
    is_open = (
        event
        for event in coming
        if not why_closed(event, places.get(event.id, registration_rules.NO_PLACES), now=now)
    )
    return next(chain(asked, is_open, coming), None)


def _shown_event() -> Event:
    """The event of the page that was sent, and no other; also when nobody is invited to it any
    more.
    """
    event = events.by_id(request.args.get("event", 0, type=web.key))
    if not is_public(event):
        raise NotFoundError
    return event


def _page(
    found: Ambassador,
    token: str,
    event: Event | None,
    form: InviteForm,
    people: ListForm,
    left: list[tuple[str, str]] | None = None,
    later: int = 0,
) -> str:
    """`left`: lines that were refused, and why; `later`: how many lines were over the limit."""
    sent: list[Invitation] = []
    share, figures, places, closed, now = "", None, None, None, clock.now()
    if event:
        sent = list(queries.of_ambassador(found.id, event.id))
        figures = queries.figures(event.id).get(found.id)
        places = queries.places(event.id, found.id, now=now)
        closed = why_closed(event, places, now=now)
        if may_share(places):
            share = links.to("events.show", slug=event.slug, source=queries.share_code(found))
    return render_template(
        "invitations/ambassador.html", ambassador=found, token=token, event=event, form=form,
        people=people, left=left, later=later, most=LINES_MAX, sent=sent, figures=figures,
        share=share,
        used=queries.used(found.id, event.id) if event else 0, answer_of=answer_of,
        places=places, closed=closed,
        held=queries.places_for_guests(found.id, event.id) if event else None,
        coming=queries.events_to_invite_for(now),
        withdraw=lambda key: url_for(".withdraw", token=token, key=key),
    )  # fmt: skip
