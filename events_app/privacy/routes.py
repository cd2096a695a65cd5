from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, idempotency, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError
from events_app.privacy import actions
from events_app.registrations import queries as registrations

bp = web.public("privacy", __name__)


@bp.post("/registration/<token>/erase")
def erase(token: str) -> ResponseReturnValue:
    """By their own link; it opens nothing any more."""
    web.private()
    now = clock.now()
    try:
        with saving():
            there = idempotency.spend(now=now, removes=True).leads_to(url_for(".erased"))
            actions.erase_registration(registrations.by_token(token), now=now)
    except NotFoundError:  # pressed on another page of theirs, say
        return render_template("privacy/erased.html", is_done=False), 404
    return redirect(there, 303)


@bp.get("/privacy/erased")
def erased() -> ResponseReturnValue:
    """The same words for everyone: it says nothing of whose data it was."""
    return render_template("privacy/erased.html", is_done=True)
