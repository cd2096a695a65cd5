from flask import render_template
from flask.typing import ResponseReturnValue

from events_app.accounts import rules
from events_app.accounts.lock import allowed
from events_app.core import web

bp = web.desk("accounts", __name__)


@bp.get("/")
@allowed(rules.may_enter)
def journal() -> ResponseReturnValue:
    return render_template("accounts/journal.html")
