from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event
from events_app.events.rules import begins_at, is_to_come
from events_app.invitations import actions, queries
from events_app.invitations.forms import LANGUAGES, AmbassadorForm, InviteForm
from events_app.invitations.models import Ambassador, GuestPlaces
from events_app.invitations.rules import AmbassadorAlready, AnsweredAlready, answer_of, why_closed
from events_app.registrations import queries as registrations
from events_app.registrations.forms import HoldForm
from events_app.registrations.rules import NO_PLACES, default_release, looked_at
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("invitations", __name__)


@bp.get("/")
@allowed(may_organise)
def ambassadors() -> ResponseReturnValue:
    """All ambassadors, with figures for one event."""
    coming = queries.events_to_invite_for(clock.now())
    key = request.args.get("event", type=int)
    event = next((event for event in coming if event.id == key), coming[0] if coming else None)
    return render_template(
        "invitations/ambassadors.html", ambassadors=queries.ambassadors(),
        event=event, figures=queries.figures(event.id) if event else {},
        coming=coming,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@allowed(may_organise)
def appoint() -> ResponseReturnValue:
    form = AmbassadorForm()
    form.offer(*_choices(None))
    if not form.validate_on_submit():
        return render_template("invitations/edit.html", form=form, ambassador=None)
    try:
        with saving():
            there = idempotency.spend(now=clock.now()).leads_to(url_for(".ambassadors"))
            made = actions.appoint(_profile(form), by=staff(), now=clock.now())
            actions.send_link(made.ambassador, now=clock.now())
    except AmbassadorAlready as why:
        form.email.errors = [str(why.sentence)]
        page = render_template("invitations/edit.html", form=form, ambassador=None)
        return page, why.status
    name = made.ambassador.person.known_as
    flash(_("%(name)s gets an e-mail with the link to their page.", name=name), "success")
    if made.was:
        flash(
            _(
                "We knew this address already, as %(was)s (%(language)s). What you filled in has"
                " taken the place of that everywhere.",
                was=made.was.known_as,
                language=LANGUAGES[made.was.language],
            ),
            "info",
        )
    return redirect(there, 303)


@bp.route("/<int:key>", methods=["GET", "POST"])
@allowed(may_organise)
def edit(key: int) -> ResponseReturnValue:
    ambassador = queries.ambassador(key)
    sectors, regions = _choices(ambassador)

    def made(sent: Sent) -> AmbassadorForm:
        form = AmbassadorForm(sent)
        form.offer(sectors, regions)
        form.email.data = ambassador.person.email  # the person's; contacts changes it
        if sent is None:
            _fill(form, ambassador)
        return form

    form = editing(made, ambassador, ambassador.person)
    if not form.validate_on_submit():
        return _edit_page(ambassador, form)
    with saving():
        actions.change(ambassador, _profile(form), by=staff(), now=clock.now())
    flash(_("Saved."), "success")
    leaves_places = not ambassador.is_active and _held(ambassador)
    there = url_for(".edit", key=key) if leaves_places else url_for(".ambassadors")
    return redirect(there, 303)


def _edit_page(ambassador: Ambassador, form: AmbassadorForm) -> str:
    held = [(each, seen.shown(*looked_at(each.allotment)).mark) for each in _held(ambassador)]
    return render_template(
        "invitations/edit.html", form=form, ambassador=ambassador, held=held,
        stopped_at=queries.stopped_at(ambassador),
        unanswered=_may_say_yes(ambassador),
    )  # fmt: skip


def _may_say_yes(ambassador: Ambassador) -> dict[Event, int]:
    """How many of their invitations to each event have no answer, and can have a yes."""
    found = Counter(each.event for each in queries.unanswered(ambassador.id))
    now = clock.now()
    places = registrations.places([event.id for event in found], now=now)
    return {
        event: number
        for event, number in found.items()
        if not why_closed(event, places.get(event.id, NO_PLACES), now=now)
    }


def _held(ambassador: Ambassador) -> list[GuestPlaces]:
    """What is held for their guests now."""
    known = queries.all_places_for_guests(ambassador.id)
    return [each for each in known if not each.allotment.released_at]


@bp.post("/<int:key>/link")
@allowed(may_organise)
def send_link(key: int) -> ResponseReturnValue:
    ambassador = queries.ambassador(key)
    with saving():
        there = idempotency.spend(now=clock.now()).leads_to(url_for(".edit", key=key))
        actions.send_link(ambassador, now=clock.now())
    flash(_("The link is on its way to %(name)s.", name=ambassador.person.name), "success")
    return redirect(there, 303)


@bp.route("/<int:key>/event/<int:event_id>", methods=["GET", "POST"])
@allowed(may_organise)
def invite(key: int, event_id: int) -> ResponseReturnValue:
    """What became of this ambassador's invitations; and a new one in their name."""
    ambassador, event, form = queries.ambassador(key), events.by_id(event_id), InviteForm()
    status = 200
    if form.validate_on_submit():
        try:
            with saving():
                sending = idempotency.spend(now=clock.now())
                there = sending.leads_to(url_for(".invite", key=key, event_id=event_id))
                actions.invite(event, ambassador, form.guest(), now=clock.now())
        except Refusal as why:
            form.form_errors.append(str(why.sentence))
            status = why.status
        else:
            flash(_("The invitation to %(name)s is on its way.", name=form.name.data), "success")
            return redirect(there, 303)
    now = clock.now()
    places = queries.places(event_id, key, now=now)
    page = render_template(
        "invitations/invite.html", ambassador=ambassador, event=event, form=form,
        sent=queries.of_ambassador(key, event_id), used=queries.used(key, event_id),
        withdraw=lambda key: url_for(".withdraw", key=key), answer_of=answer_of,
        places=places, closed=why_closed(event, places, now=now),
        held=queries.places_for_guests(key, event_id),
        may_hold=(
            ambassador.is_active
            and registrations.maybe_form(event_id)
            and is_to_come(event, now=now)
        ),
        stopped_at=queries.stopped_at(ambassador),
    )  # fmt: skip
    return page, status


@bp.route("/<int:key>/event/<int:event_id>/hold", methods=["GET", "POST"])
@allowed(may_organise)
def hold(key: int, event_id: int) -> ResponseReturnValue:
    """Places for the guests of this ambassador."""
    ambassador, event, form = queries.ambassador(key), events.by_id(event_id), HoldForm()
    now, there = clock.now(), url_for(".invite", key=key, event_id=event_id)
    if form.validate_on_submit():
        try:
            with saving():
                idempotency.spend(now=now).leads_to(there)
                terms = form.terms(ambassador.person.label)
                actions.hold_places(event, ambassador, terms, by=staff(), now=now)
        except Refusal as why:
            form.refuse(why)
        else:
            flash(_("The places are held."), "success")
            return redirect(there, 303)
    if form.release_at.raw_data is None and begins_at(event):
        form.release_at.data = default_release(event, now=now)
    page = render_template(
        "invitations/hold.html", ambassador=ambassador, event=event, form=form,
        places=registrations.places([event_id], now=now).get(event_id, NO_PLACES),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/withdraw/<int:key>")
@allowed(may_organise)
def withdraw(key: int) -> ResponseReturnValue:
    invitation = queries.invitation(key)
    try:
        with saving():
            actions.withdraw(invitation, by=staff(), now=clock.now())
    except AnsweredAlready as why:
        flash(str(why.sentence), "error")  # the list says what the answer is
    else:
        flash(_("The invitation is withdrawn."), "success")
    event_id, ambassador_id = invitation.event_id, invitation.ambassador_id
    if ambassador_id is None:  # who invited has been wiped
        return redirect(url_for(".ambassadors", event=event_id), 303)
    return redirect(url_for(".invite", key=ambassador_id, event_id=event_id), 303)


def _choices(ambassador: Ambassador | None) -> list[list[tuple[int, str]]]:
    """Sectors and regions."""
    chosen = (ambassador.sector, ambassador.region) if ambassador else ()
    return [
        [(theme.id, text.local(theme.name)) for theme in themes.of_kind(kind, chosen=chosen)]
        for kind in (Kind.SECTOR, Kind.REGION)
    ]


def _profile(form: AmbassadorForm) -> actions.Profile:
    return actions.Profile(
        name=form.name.data or "",
        email=(form.email.data or "").lower(),
        language=form.language.data,
        title=form.local("title"),
        sector_id=int(form.sector.data) if form.sector.data else None,
        region_id=int(form.region.data) if form.region.data else None,
        quota=form.quota.data or 0,
        is_active=form.is_active.data,
        is_public=form.is_public.data,
    )


def _fill(form: AmbassadorForm, ambassador: Ambassador) -> None:
    form.name.data = ambassador.person.name
    form.language.data = ambassador.person.language
    form.show_local("title", ambassador.title)
    form.sector.data = str(ambassador.sector_id or "")
    form.region.data = str(ambassador.region_id or "")
    form.quota.data = ambassador.quota
    form.is_active.data = ambassador.is_active
    form.is_public.data = ambassador.is_public
