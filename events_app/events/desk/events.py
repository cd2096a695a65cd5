from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.contacts import queries as contacts
from events_app.core import clock, once, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import Refusal
from events_app.core.pictures import PictureRefused
from events_app.core.text import _
from events_app.events import actions, queries, rules
from events_app.events.desk.follows import follows, tells
from events_app.events.forms import CopyForm, DeskListForm, EventForm, WordsForm
from events_app.events.models import Event, Status
from events_app.kits import queries as kits
from events_app.registrations import queries as registrations
from events_app.site.queries import hanging as hanging_on
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
    form.offer(themes.of_kind(Kind.SECTOR))
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


@bp.get("/<int:id>")
@allowed(rules.may_change_texts)
def show(id: int) -> ResponseReturnValue:
    event, now = queries.by_id(id), clock.now()
    is_draft = event.status is Status.DRAFT
    is_past = rules.is_past(event, now=now)
    hanging = hanging_on(event) if rules.may_remove(event) else None
    return render_template(
        "events/desk.html",
        event=event,
        places=registrations.places([id], now=now).get(id),
        gaps=rules.missing(event) + (rules.too_late(event, now=now) if is_draft else []),
        remarks=rules.remarks(event),
        contradictions=rules.contradictions(event, today=text.there(now, event.timezone).date()),
        is_past=is_past,
        waiting=_waiting(event),
        kit_at=_kit_at(event, now),
        changes=[] if is_past else rules.changes(event),
        may_go_on=event.starts_at > now,
        told=_told_postponed(event),
        seen_postponed=seen.shown(*_goes_on(event)).mark,
        now=now,
        tell_last=event.moved_since + rules.QUIET_MOST if event.moved_since else now,
        location=rules.location(event),
        moves=rules.MOVES[event.status],
        may_organise=may_organise(staff()),
        hanging=hanging,
        seen_hanging=seen.shown(hanging).mark,
    )


def _waiting(event: Event) -> registrations.Letters | None:
    """Letters about this event that are still to be written."""
    is_told = event.tell_at is None or event.status not in rules.GOES_ON
    return None if is_told else registrations.still_to_tell([event]).get(event.id)


def _told_postponed(event: Event) -> int:
    """How many addresses know that it is postponed."""
    if event.status is not Status.POSTPONED:
        return 0
    everybody, unaware = registrations.letters_to([event.id]), registrations.still_to_tell([event])
    return sum(each.all for each in everybody.values()) - sum(each.all for each in unaware.values())


def _goes_on(event: Event) -> tuple[object, ...]:
    """What the question says before a postponement is undone."""
    return event.starts_at, event.ends_at, _told_postponed(event)


def _kit_at(event: Event, now: datetime) -> datetime | None:
    """When the kit follows what has changed; None: there is none that does."""
    kit = kits.kit_of(event)
    version = kits.last_version(kit) if kit and kit.status == "published" else None
    if version is None or version.event_revision >= event.revision:
        return None
    return max(now, event.changed_at + rules.QUIET)


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
    if form.validate_on_submit():
        asked = _asked(event, form)
        if not asked["asks"] or asked["seen"].is_confirmed:
            there = _saved(event, form)
            if there:
                flash(_("Saved."), "success")
                flash(f"event-{event.id}" if event else "event-new", "saved")
                return redirect(there, 303)
            asked = {"asks": ()}
    return render_template("events/edit.html", form=form, event=event, **asked)


def _asked(event: Event | None, form: EventForm) -> dict[str, Any]:
    """What would change of what people know, and what follows from it."""
    content = form.content()
    if event is None or not rules.is_public(event) or not rules.moves(event, content):
        return {"asks": ()}
    chosen = content.venue
    venue = queries.venue(chosen) if isinstance(chosen, int) else chosen
    place = rules.address(venue) if venue else ""
    asks = rules.moved(event, content, place=place)
    told = follows(event, tells=tells(event, content, place=place))
    return {"asks": asks, "follows": told, "seen": seen.shown(asks, told)}


def _form(event: Event | None) -> EventForm:
    offered = list(themes.of_kind(*THEMES))
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
        kept = [theme for theme in (*event.themes, event.lead_sector) if theme]
        form.offer(offered + [theme for theme in kept if theme not in offered], **choices)
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
                sending = once.spend(now=now)
                made = actions.draft(content, by=staff(), now=now)
                return sending.leads_to(url_for(".show", id=made.id))
            actions.change(event, content, by=staff(), now=now)
    except rules.NotReady as why:
        form.form_errors.extend(why.sentences)
        return ""
    except Refusal as why:
        form.form_errors.append(why.sentence)
        return ""
    return url_for(".show", id=event.id)


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
            sending = once.spend(now=now)
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
    return redirect(url_for(".show", id=id), 303)


@bp.route("/<int:id>/<any(cancel, postpone):outcome>", methods=["GET", "POST"])
@allowed(may_organise)
def stop(id: int, outcome: str) -> ResponseReturnValue:
    event, form = queries.by_id(id), WordsForm()
    wanted = Status.CANCELLED if outcome == "cancel" else Status.POSTPONED
    if event.status is wanted and form.validate_on_submit() and form.words() == event.cancel_note:
        return redirect(url_for(".show", id=id), 303)  # sent twice
    if not rules.may_become(event.status, wanted):
        raise rules.NotPossible
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
    return redirect(url_for(".show", id=id), 303)


@bp.post("/<int:id>/go-on")
@allowed(may_organise)
def go_on(id: int) -> ResponseReturnValue:
    event = queries.by_id(id)
    try:
        if event.status is Status.POSTPONED:
            seen.check(*_goes_on(event))
        with saving():
            actions.go_on(event, by=staff(), now=clock.now())
    except (rules.DateHasPassed, seen.FollowsOtherwise) as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("The event goes on as planned. Who was told otherwise gets an e-mail."), "success")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/<int:id>/finish")
@allowed(may_organise)
def finish(id: int) -> ResponseReturnValue:
    with saving():
        actions.finish(queries.by_id(id), by=staff(), now=clock.now())
    flash(_("The event is closed."), "success")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/<int:id>/archive")
@allowed(may_organise)
def archive(id: int) -> ResponseReturnValue:
    with saving():
        actions.archive(queries.by_id(id), by=staff(), now=clock.now())
    flash(_("The event is in the archive."), "success")
    return redirect(url_for(".index"), 303)
