from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, web
from events_app.core.db import saving
from events_app.privacy import actions
from events_app.registrations import queries as registrations

bp = web.public("privacy", __name__)


@bp.post("/registration/<token>/erase")
def erase(token: str) -> ResponseReturnValue:
    """By their own link; it opens nothing any more."""
    web.private()
    registration = registrations.by_token(token)
    with saving():
        actions.erase_registration(registration, now=clock.now())
    return redirect(url_for(".erased"), 303)


@bp.get("/privacy/erased")
def erased() -> ResponseReturnValue:
    """The same words for everyone: it says nothing of whose data it was."""
    return render_template("privacy/erased.html")
