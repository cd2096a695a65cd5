from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.forms import options
from events_app.core.text import _
from events_app.events import actions, queries, rules
from events_app.events.desk.follows import another_address
from events_app.events.forms import SeriesForm, VenueForm
from events_app.events.models import AttendanceMode
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("venues", "events_app.events.desk")


@bp.get("/")
@allowed(rules.may_change_texts)
def index() -> ResponseReturnValue:
    return render_template(
        "events/venues.html",
        venues=queries.venues(),
        series=queries.all_series(),
        may_organise=may_organise(staff()),
    )


@bp.route("/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def venue(id: int) -> ResponseReturnValue:
    found, now = queries.venue(id), clock.now()
    offered = themes.of_kind(Kind.REGION, chosen=[found.region])
    regions = [(str(each.id), text.local(each.name)) for each in offered]

    def made(sent: Sent) -> VenueForm:
        form = VenueForm(sent)
        form.region.choices = options([("", _("Unknown")), *regions])
        if sent is None:
            form.show(found)
        return form

    form = editing(made, found)
    coming = [
        each
        for each in queries.coming_at(found, now=now)
        if each.status in rules.GOES_ON and each.attendance_mode is not AttendanceMode.ONLINE
    ]
    is_whole = form.validate_on_submit()
    old, new = rules.address(found), rules.address(form.said()) if is_whole else ""
    asks = bool(is_whole and coming and old != new)
    told = another_address(*coming) if asks else None
    named = [(each.id, each.title, each.starts_at) for each in coming]
    looked = seen.shown(old, new, named, told)
    if is_whole and (looked.is_confirmed or not asks):
        try:
            with saving():
                actions.change_venue(found, form.said(), by=staff(), now=now)
        except rules.VenueTaken as why:
            form.name.errors, asks = [str(why.sentence)], False
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".index"), 303)
    return render_template(
        "events/venue.html",
        form=form,
        venue=found,
        coming=coming,
        asks=asks,
        old=old,
        new=new,
        follows=told,
        seen=looked,
    )


@bp.route("/series/<int:id>", methods=["GET", "POST"])
@allowed(rules.may_change_texts)
def series(id: int) -> ResponseReturnValue:
    found = queries.series_by_id(id)

    def made(sent: Sent) -> SeriesForm:
        form = SeriesForm(sent)
        if sent is None:
            form.show(found)
        return form

    form = editing(made, found)
    if form.validate_on_submit():
        try:
            with saving():
                actions.change_series(
                    found,
                    title=form.local("title"),
                    description=form.local("description"),
                    by=staff(),
                    now=clock.now(),
                )
        except rules.SeriesTaken as why:
            form[f"title_{why.language}"].errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".index"), 303)
    return render_template("events/series_edit.html", form=form, series=found)
