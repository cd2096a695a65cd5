from flask import render_template
from flask.typing import ResponseReturnValue

from events_app.core import web

bp = web.public("accounts", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    return render_template("accounts/sign_in.html")
