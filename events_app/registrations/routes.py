from flask import render_template
from flask.typing import ResponseReturnValue

from events_app.core import web
from events_app.registrations import queries

bp = web.public("registrations", __name__)


@bp.get("/registration/<token>")
def show(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    return render_template("registrations/show.html", registration=registration)
