from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit, may_organise
from events_app.core import clock, idempotency, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.themes import actions, queries, rules
from events_app.themes.forms import ThemeForm
from events_app.themes.models import Kind

bp = web.desk("themes", __name__)


@bp.get("/")
@allowed(may_edit)
def themes() -> ResponseReturnValue:
    kind = _kind(request.args.get("kind", Kind.SECTOR.value))
    return render_template(
        "themes/themes.html",
        kind=kind,
        kinds=Kind,
        themes=queries.all_of_kind(kind),
        weigh=rules.weigh,
        may_change=may_organise(staff()),
    )


@bp.route("/add/<kind>", methods=["GET", "POST"])
@allowed(may_organise)
def add(kind: str) -> ResponseReturnValue:
    chosen, form = _kind(kind), ThemeForm(colour="#5a6785")
    if form.validate_on_submit():
        try:
            with saving():
                idempotency.spend(now=clock.now()).leads_to(url_for(".themes", kind=chosen.value))
                actions.add(
                    chosen, form.local("name"), form.colour.data or "", by=staff(), now=clock.now()
                )
        except rules.ColourUnclear as why:
            form.colour.errors = [str(why.sentence)]
        except rules.NameTaken as why:
            form[f"name_{why.language}"].errors = [str(why.sentence)]
        else:
            return _saved(chosen)
    return render_template("themes/add.html", kind=chosen, form=form)


@bp.route("/<int:key>", methods=["GET", "POST"])
@allowed(may_organise)
def edit(key: int) -> ResponseReturnValue:
    theme = queries.theme(key)

    def made(sent: Sent) -> ThemeForm:
        form = ThemeForm(sent, colour=theme.colour)
        if sent is None:
            form.show_local("name", theme.name)
        return form

    form = editing(made, theme)
    if form.validate_on_submit():
        try:
            with saving():
                actions.edit(
                    theme, form.local("name"), form.colour.data or "", by=staff(), now=clock.now()
                )
        except rules.ColourUnclear as why:
            form.colour.errors = [str(why.sentence)]
        except rules.NameTaken as why:
            form[f"name_{why.language}"].errors = [str(why.sentence)]
        else:
            return _saved(theme.kind)
    return render_template(
        "themes/edit.html", theme=theme, form=form, weighed=rules.weigh(theme.colour)
    )


@bp.post("/<int:key>/retire")
@allowed(may_organise)
def retire(key: int) -> ResponseReturnValue:
    theme = queries.theme(key)
    with saving():
        actions.retire(theme, by=staff(), now=clock.now())
    web.can_undo(
        _("%(theme)s is no longer offered. What has it keeps it.", theme=text.local(theme.name)),
        url_for(".offer_again", key=key),
    )
    return redirect(url_for(".themes", kind=theme.kind.value), 303)


@bp.post("/<int:key>/offer")
@allowed(may_organise)
def offer_again(key: int) -> ResponseReturnValue:
    theme = queries.theme(key)
    with saving():
        actions.offer_again(theme, by=staff(), now=clock.now())
    return _saved(theme.kind)


@bp.post("/<int:key>/move")
@allowed(may_organise)
def move(key: int) -> ResponseReturnValue:
    theme = queries.theme(key)
    with saving():
        actions.move(theme, up="up" in request.form, by=staff(), now=clock.now())
    return redirect(url_for(".themes", kind=theme.kind.value, _anchor=f"theme-{theme.id}"), 303)


def _saved(kind: Kind) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for(".themes", kind=kind.value), 303)


def _kind(value: str) -> Kind:
    try:
        return Kind(value)
    except ValueError as why:
        raise NotFoundError from why
