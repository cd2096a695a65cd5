"""The pages around the rooms, behind the lock."""

from datetime import timedelta
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from events_app.accounts import rules as accounts
from events_app.accounts.lock import allowed, may_open, staff
from events_app.core import clock, seen, text, web
from events_app.core.db import reading, saving
from events_app.core.text import _, lazy
from events_app.events import queries as events
from events_app.events import rules as event_rules
from events_app.registrations.rules import may_see_all
from events_app.site import actions, queries
from events_app.site.forms import StyleForm
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("site", __name__, prefix="/desk")

KEPT_OF_SEARCH = 200
"""Characters in the session: more than are looked for, so that the page can say so."""

Menu = tuple[tuple[str, LazyString], ...]
MENU: Menu = (
    ("accounts_desk.home", lazy("Today")),
    ("events_desk.index", lazy("Events")),
    ("venues_desk.index", lazy("Venues and series")),
    ("registrations_desk.index", lazy("Registrations")),
    ("invitations_desk.ambassadors", lazy("Ambassadors")),
    ("newsletters_desk.index", lazy("Newsletters")),
    ("kits_desk.index", lazy("Communication kits")),
    ("contacts_desk.organisations", lazy("Contacts")),
    ("themes_desk.themes", lazy("Themes")),
    ("delivery_desk.overview", lazy("E-mails")),
    ("accounts_desk.journal", lazy("Journal")),
    ("accounts_desk.colleagues", lazy("Colleagues")),
)
"""What stands beside every page of the desk."""
MORE: Menu = (
    ("events_desk.new", lazy("New event")),
    ("invitations_desk.appoint", lazy("New ambassador")),
    ("contacts_desk.add_organisation", lazy("Add an organisation")),
    ("people_desk.people", lazy("People")),
    ("people_desk.add", lazy("Add a person")),
    ("delivery_desk.inbox", lazy("All e-mails")),
    ("delivery_desk.kinds", lazy("Examples of all e-mails")),
    ("accounts_desk.invite", lazy("Invite a colleague")),
    ("accounts_desk.me", lazy("Your seat")),
    ("site_desk.style", lazy("How it looks")),
)
"""What else can be gone to by its name."""


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
    words = text.sought(typed)
    pages = [(endpoint, str(label)) for endpoint, label in (*MENU, *MORE) if may_open(endpoint)]
    return {
        "typed": typed,
        "words": words,
        "pages": [page for page in pages if words.lower() in page[1].lower()],
        "found": queries.found(words, may_open=may_open, finds_addresses=may_see_all(staff())),
        "least": queries.LEAST,
    }


# -- events that came to nothing


@bp.post("/events/<int:id>/remove")
@allowed(event_rules.may_change_texts)
def remove_event(id: int) -> ResponseReturnValue:
    event = events.by_id(id)
    try:
        if event_rules.may_remove(event):
            seen.check(queries.hanging(event))
    except seen.FollowsOtherwise as why:
        flash(str(why.sentence), "error")
        return redirect(url_for("events_desk.show", id=id), 303)
    with saving():
        actions.remove_draft(event, by=staff(), now=clock.now())
    flash(_("The draft is gone."), "success")
    return redirect(url_for("events_desk.index"), 303)


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
