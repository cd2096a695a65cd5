"""The pages around the rooms, behind the lock."""

from datetime import timedelta
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import rules as accounts
from events_app.accounts.lock import allowed
from events_app.core import clock, text, web
from events_app.core.text import _
from events_app.site.forms import StyleForm
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("site", __name__, prefix="/desk")


class Pages(NamedTuple):
    page: int
    pages: int


@bp.get("/style")
@allowed(accounts.may_edit)
def style() -> ResponseReturnValue:
    """Every part of the look in every state; with ?mistakes the forms have errors."""
    form = StyleForm(meta={"csrf": False})
    form.offer()
    if "mistakes" in request.args:
        form.process(None)
        form.validate()
    starts = clock.now() + timedelta(days=30)
    return render_template(
        "site/style.html",
        form=form,
        is_public=request.args.get("look") == "site",
        starts=starts,
        ends=starts + timedelta(hours=4),
        sectors=[(each.code, text.local(each.name)) for each in themes.of_kind(Kind.SECTOR)],
        pages=Pages(page=6, pages=12),
    )


@bp.post("/style")
@allowed(accounts.may_edit)
def style_sent() -> ResponseReturnValue:
    """Where all forms and buttons of that page lead."""
    flash(_("This page only shows how things look. Nothing has changed."), "info")
    return redirect(url_for(".style"), 303)


@bp.post("/style/preview")
@allowed(accounts.may_edit)
def style_preview() -> ResponseReturnValue:
    web.framed_here()
    return render_template("site/style_preview.html", typed=request.form.get("name", ""))
