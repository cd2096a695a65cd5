"""What we hold on somebody, for them; and wiping it. Addresses travel in forms: no URL has one."""

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import queries as colleagues
from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, components, web
from events_app.core.db import reading, saving
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.delivery.rules import UNSENT
from events_app.privacy import actions, queries
from events_app.privacy.forms import AddressForm
from events_app.registrations import queries as registrations
from events_app.registrations import rules as registration_rules

bp = web.desk("privacy", __name__, prefix="/desk/contacts/privacy")


@bp.route("/", methods=["GET", "POST"])
@allowed(may_organise)
def look() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return _asked(form)
    with reading():
        return _page(form)


@bp.post("/file")
@allowed(may_organise)
def file() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return _asked(form)
    with reading():
        held = queries.everything_on(form.address, _holdings()).data
    with saving():
        actions.note_file(by=staff(), now=clock.now())
    words = json.dumps(held, ensure_ascii=False, indent=2, default=_plain)
    answer = Response(words, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return answer


@bp.post("/erase")
@allowed(may_organise)
def erase() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return _asked(form)
    with reading():
        naming = queries.naming(form.address)
    try:
        with saving():
            actions.erase(
                form.address, holdings=_holdings(), naming=naming, by=staff(), now=clock.now()
            )
    except Refusal as why:
        form.form_errors.append(str(why.sentence))
        with reading():
            return _page(form), why.status
    flash(_("Everything we held on this address is wiped."), "success")
    return redirect(url_for(".look"), 303)


def _asked(form: AddressForm) -> ResponseReturnValue:
    return render_template("privacy/look.html", form=form, held=None), 422 if form.errors else 200


def _page(form: AddressForm) -> str:
    found, now = queries.everything_on(form.address, _holdings()), clock.now()
    return render_template(
        "privacy/look.html",
        form=form,
        held=found.data,
        lines=found.lines,
        has_seat=colleagues.member_by_email(form.address) is not None,
        coming=[
            each
            for each in registrations.of_address(form.address)
            if not registration_rules.may_erase(each, now=now)
        ],
        waiting=[each for each in found.data["letters"] if each["state"] in UNSENT],
        mentions=queries.mentions(form.address),
    )


def _holdings() -> tuple[components.Holding, ...]:
    return components.holdings(components.offered())


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
