from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, web
from events_app.core.db import saving
from events_app.core.text import _
from events_app.privacy import actions
from events_app.registrations import queries as registrations

bp = web.public("privacy", __name__)


@bp.post("/registration/<token>/erase")
def erase(token: str) -> ResponseReturnValue:
    """By their own link; it opens nothing any more."""
    web.private()
    registration = registrations.by_token(token)
    slug = registration.event.slug
    with saving():
        actions.erase_registration(registration, now=clock.now())
    flash(_("Your data of this registration is wiped. The link in your letters no longer works."),
          "success")  # fmt: skip
    return redirect(url_for("events.show", slug=slug), 303)
