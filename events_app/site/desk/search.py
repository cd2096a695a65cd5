"""Finding anything at the desk, and how it looks."""

from datetime import timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import rules as accounts
from events_app.accounts.lock import allowed, may_open
from events_app.core import clock, components, text, web
from events_app.core.components import Bar
from events_app.core.db import reading
from events_app.core.text import _
from events_app.events.queries import lists as events
from events_app.registrations.queries import listing as registrations
from events_app.site import queries
from events_app.site.forms import StyleForm
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("site", "events_app.site.desk", prefix="/desk")

KEPT_OF_SEARCH = 200
"""Characters in the session: more than are looked for, so that the page can say so."""


# -- find anything


@bp.get("/search")
@allowed(accounts.may_enter)
def search() -> ResponseReturnValue:
    """What was last looked for in this browser: names do not belong in addresses and logs."""
    return render_template("site/search.html", **_found(session.get("sought", "")))


@bp.post("/search")
@allowed(accounts.may_enter)
def search_for() -> ResponseReturnValue:
    session["sought"] = _typed()
    return redirect(url_for(".search"), 303)


@bp.post("/search/results")
@allowed(accounts.may_enter)
def search_results() -> ResponseReturnValue:
    """The results alone, for the dialog."""
    with reading():
        return render_template("site/results.html", **_found(_typed()))


def _typed() -> str:
    return " ".join(request.form.get("q", "").replace("\0", "").split())[:KEPT_OF_SEARCH]


def _found(typed: str) -> dict[str, Any]:
    words, rooms = text.sought(typed), components.offered()
    items = (*components.menu(rooms, Bar.DESK), *components.menu(rooms, Bar.SEARCH))
    pages = [(item.endpoint, str(item.label)) for item in items if may_open(item.endpoint)]
    return {
        "typed": typed,
        "words": words,
        "pages": [page for page in pages if words.lower() in page[1].lower()],
        "found": queries.found(rooms, words, may_open=may_open),
        "least": queries.LEAST,
        "among_people": registrations.LATEST,
        "among_events": events.AMONG,
    }


# -- how it looks


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
        form.is_asking = True
    starts = clock.now() + timedelta(days=30)
    return render_template(
        "site/style.html",
        form=form,
        is_public=request.args.get("look") == "site",
        starts=starts,
        ends=starts + timedelta(hours=4),
        sectors=[(each.code, text.local(each.name)) for each in themes.all_of_kind(Kind.SECTOR)],
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
