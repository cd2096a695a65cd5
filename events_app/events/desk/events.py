from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.contacts import queries as contacts
from events_app.core import clock, idempotency, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import Refusal
from events_app.core.pictures import PictureRefused
from events_app.core.text import _
from events_app.events import actions, queries, rules
from events_app.events.desk.follows import choice_goes, follows, gets_hall, hall_comes, tells
from events_app.events.forms import CopyForm, DeskListForm, EventForm, WordsForm
from events_app.events.models import Event, Status
from events_app.registrations import queries as registrations
from events_app.registrations.actions import add_hall
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("events", "events_app.events.desk")

OUTCOMES = {"cancel": actions.cancel, "postpone": actions.postpone}
THEMES = (Kind.SECTOR, Kind.CHALLENGE, Kind.PROGRAMME_LINE, Kind.ACTION_LINE, Kind.REGION)


# -- find


@bp.get("/")
@allowed(rules.may_change_texts)
def index() -> ResponseReturnValue:
    form = DeskListForm(request.args)
    form.offer(themes.all_of_kind(Kind.SECTOR))
    now, sought = clock.now(), text.sought(form.q.data or "")
    found = queries.for_desk(
        status=form.chosen_status(),
        period=form.chosen(form.period),
        sector=form.chosen(form.sector),
        search=sought,
        now=now,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "events/index.html",
        form=form,
        found=found,
        places=registrations.places([event.id for event in found.events], now=now),
        now=now,
        sought=rules.Wanted(search=sought).looked_for,
    )


# -- write


@bp.route("/new", methods=["GET", "POST"])
@allowed(rules.may_change_texts)
def new() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/<int:id>/edit", methods=["GET", "POST"])
@allowed(rules.may_change_texts)
def edit(id: int) -> ResponseReturnValue:
    return _edit(queries.by_id(id))


def _edit(event: Event | None) -> ResponseReturnValue:
    keep_cover = _cover_sent()
    form = _form(event)
    keep_cover(form)
    asked: dict[str, Any] = {"asks": ()}
    settled = rules.facts_stay(event, now=clock.now()) if event else None
    if form.validate_on_submit() and _may_be_so(event, form):
        asked = _asked(event, form, is_settled=bool(settled))
        if not asked["asks"] or asked["seen"].is_confirmed:
            there = _saved(event, form)
            if there:
                flash(_("Saved."), "success")
                flash(f"event-{event.id}" if event else "event-new", "saved")
                return redirect(there, 303)
            asked = {"asks": ()}
    contradictions = event and rules.contradictions(
        rules.texts(event), registrations.record_of(event), now=clock.now()
    )
    return render_template(
        "events/edit.html", form=form, event=event, settled=settled,
        contradictions=contradictions, **asked,
    )  # fmt: skip


def _may_be_so(event: Event | None, form: EventForm) -> bool:
    """Before anything is asked; else the form says why not."""
    try:
        if event:
            rules.check_facts(event, form.content(), now=clock.now())
    except Refusal as why:
        form.form_errors.append(why.sentence)
        return False
    return True


def _asked(event: Event | None, form: EventForm, *, is_settled: bool) -> dict[str, Any]:
    """What would change of what people know, and what follows from it: nothing, of what is over."""
    content = form.content()
    if event is None or not rules.is_public(event):
        return {"asks": ()}
    if not rules.moves(event, content) and not rules.goes_elsewhere(event, content):
        return {"asks": ()}
    chosen = content.venue
    venue = queries.venue(chosen) if isinstance(chosen, int) else chosen
    place = rules.address(venue) if venue else ""
    asks = rules.moved(event, content, place=place)
    hall = None if is_settled else hall_comes(event, content)
    told = follows(
        *(() if is_settled else (event,)),
        tells=tells(event, content, place=place, hall=hall),
        choice_goes=None if is_settled else choice_goes(event, content),
        hall=hall,
        facts=rules.facts_after(content, place=place),
    )
    return {"asks": asks, "follows": told, "seen": seen.shown(asks, told)}


def _form(event: Event | None) -> EventForm:
    chosen = (*event.themes, event.lead_sector) if event else ()
    offered = themes.of_kind(*THEMES, chosen=chosen)
    choices = {
        "venues": queries.venue_choices(),
        "series": queries.series_choices(),
        "organisations": contacts.organisation_choices(),
    }
    if event is None:
        form = EventForm()
        form.offer(offered, **choices)
        return form

    def made(sent: Sent) -> EventForm:
        form = EventForm(sent)
        form.cover_before = event.cover_key
        if sent is None:
            form.show(event)
        form.offer(offered, **choices)
        return form

    return editing(made, event)


def _cover_sent() -> Callable[[EventForm], None]:
    """Keeps a picture that was sent, so that nobody has to choose it again. It takes a second: so
    it comes before the event is held.
    """
    sent = request.files.get("cover")
    if not sent:
        return lambda _form: None
    try:
        cover = actions.keep_cover(sent.read())
    except PictureRefused as why:
        sentence = why.sentence
        return lambda form: form.refuse_cover(sentence)
    return lambda form: form.keep(cover)


def _saved(event: Event | None, form: EventForm) -> str:
    """Where to go now; nowhere: refused, and the form says why."""
    now, content = clock.now(), form.content()
    try:
        with saving():
            if event is None:
                sending = idempotency.spend(now=now)
                made = actions.draft(content, by=staff(), now=now)
                return sending.leads_to(url_for("site_desk.event", id=made.id))
            if gets_hall(event, content):
                add_hall(event, by=staff(), now=now)
            actions.change(event, content, by=staff(), now=now)
    except rules.NotReady as why:
        form.form_errors.extend(why.sentences)
        return ""
    except Refusal as why:
        form.form_errors.append(why.sentence)
        return ""
    return url_for("site_desk.event", id=event.id)


@bp.route("/<int:id>/copy", methods=["GET", "POST"])
@allowed(rules.may_change_texts)
def copy(id: int) -> ResponseReturnValue:
    event, form = queries.by_id(id), CopyForm()
    form.begin(event)
    if not form.validate_on_submit():
        return render_template("events/copy.html", event=event, form=form, free=_next(event))
    now = clock.now()
    try:
        with saving():
            sending = idempotency.spend(now=now)
            made = actions.copy(event, form.chosen(), starts_at=form.start(), by=staff(), now=now)
            there = sending.leads_to(url_for(".edit", id=made.id))
    except rules.InThePast as why:
        form.starts_at.errors = [str(why.sentence)]
        return render_template("events/copy.html", event=event, form=form, free=_next(event)), 409
    except Refusal as why:
        form.form_errors.append(why.sentence)
        return render_template("events/copy.html", event=event, form=form, free=_next(event)), 409
    flash(_("This is the copy. Go through it before you publish it."), "success")
    return redirect(there, 303)


def _next(event: Event) -> int | None:
    """The number of the next edition, where they are numbered."""
    if not event.edition or not event.series_id:
        return None
    return queries.next_edition(event.series_id)


# -- lead through its life


@bp.errorhandler(rules.NotPossible)
def moved_on(why: rules.NotPossible) -> ResponseReturnValue:
    """From a page that was open while a colleague did something else with the event."""
    flash(str(why.sentence), "error")
    return redirect(url_for("site_desk.event", id=(request.view_args or {})["id"]), 303)


@bp.post("/<int:id>/publish")
@allowed(may_organise)
def publish(id: int) -> ResponseReturnValue:
    try:
        with saving():
            actions.publish(queries.by_id(id), by=staff(), now=clock.now())
    except rules.NotReady as why:
        for sentence in why.sentences:
            flash(str(sentence), "error")
    else:
        flash(_("The event is public now."), "success")
    return redirect(url_for("site_desk.event", id=id), 303)


@bp.route("/<int:id>/<any(cancel, postpone):outcome>", methods=["GET", "POST"])
@allowed(may_organise)
def stop(id: int, outcome: str) -> ResponseReturnValue:
    """Once it is stopped, what readers are told of it can be changed here."""
    event = queries.by_id(id)
    wanted = Status.CANCELLED if outcome == "cancel" else Status.POSTPONED
    form = _words_form(event, wanted)
    if not rules.may_become(event.status, wanted):
        if event.status is wanted:
            return _reworded(event, form)
        if request.method == "POST" and rules.is_off(event.status):
            flash(str(rules.NotPossible(event).sentence), "error")  # their words stay in the form
            return render_template("events/words.html", event=event, form=form)
        raise rules.NotPossible(event)
    told = follows(event)
    looked = seen.shown(rules.facts(event), told)
    if not form.validate_on_submit() or looked.has_changed:
        return render_template(
            "events/stop.html",
            event=event,
            form=form,
            outcome=outcome,
            follows=told,
            seen=looked,
        )
    with saving():
        OUTCOMES[outcome](event, words=form.words(), by=staff(), now=clock.now())
    flash(_("Done. Who registered gets an e-mail within a few minutes."), "success")
    return redirect(url_for("site_desk.event", id=id), 303)


def _words_form(event: Event, wanted: Status) -> WordsForm:
    """With what readers are told, if the event has this status already."""

    def make(sent: Sent) -> WordsForm:
        form = WordsForm(sent)
        if sent is None and not rules.may_become(event.status, wanted):
            form.show(event.cancel_note)
        return form

    return editing(make, event)


def _reworded(event: Event, form: WordsForm) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return render_template("events/words.html", event=event, form=form)
    with saving():
        actions.reword(event, form.words(), by=staff(), now=clock.now())
    flash(_("Saved."), "success")
    return redirect(url_for("site_desk.event", id=event.id), 303)


@bp.post("/<int:id>/finish")
@allowed(may_organise)
def finish(id: int) -> ResponseReturnValue:
    with saving():
        actions.finish(queries.by_id(id), by=staff(), now=clock.now())
    flash(_("The event is closed."), "success")
    return redirect(url_for("site_desk.event", id=id), 303)


@bp.post("/<int:id>/archive")
@allowed(may_organise)
def archive(id: int) -> ResponseReturnValue:
    try:
        with saving():
            actions.archive(queries.by_id(id), by=staff(), now=clock.now())
    except rules.StillHeard as why:
        flash(str(why.sentence), "error")
        return redirect(url_for("site_desk.event", id=id), 303)
    flash(_("The event is in the archive."), "success")
    return redirect(url_for(".index"), 303)
