"""What we hold on somebody, for them; and wiping it. Addresses travel in forms: no URL has one."""

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, get_template_attribute, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import queries as colleagues
from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, components, seen, web
from events_app.core.db import reading, saving
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.delivery.rules import UNSENT
from events_app.newsletters.queries.arriving import came_by
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
    words = json.dumps(_worded(held), ensure_ascii=False, indent=2, default=_plain)
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
        looked = _looked(form.address)["seen"]
    try:
        if looked.has_changed:
            raise seen.FollowsOtherwise
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


def _worded(held: dict[str, Any]) -> dict[str, Any]:
    """For the person whom it is about: states in the words of our pages, and no codes."""
    status = get_template_attribute("ui/parts.html", "status_words")
    state = get_template_attribute("delivery/words.html", "state_words")
    each_with_status = [*held.get("registrations", ()), *held.get("invitations", ())]
    if held.get("ambassador"):
        each_with_status += held["ambassador"]["invitations_sent"]
    if held.get("newsletter"):
        each_with_status.append(held["newsletter"])
    for each in each_with_status:
        each["status"] = status(each["status"].value).strip()
    for each in held.get("registrations", ()):
        each["came_by"] = came_by(each["came_by"])
    for each in held["letters"]:
        each["state"] = state(each["state"]).strip()
    return held


def _asked(form: AddressForm) -> ResponseReturnValue:
    return render_template("privacy/look.html", form=form, held=None), 422 if form.errors else 200


def _page(form: AddressForm) -> str:
    return render_template(
        "privacy/look.html",
        form=form,
        has_seat=colleagues.member_by_email(form.address) is not None,
        mentions=queries.mentions(form.address),
        **_looked(form.address),
    )


def _looked(address: str) -> dict[str, Any]:
    """What is held, and what follows when it is wiped."""
    found, now = queries.everything_on(address, _holdings()), clock.now()
    held = found.data
    coming = [
        each
        for each in registrations.of_address(address)
        if not registration_rules.may_erase(each, now=now)
    ]
    waiting = [each for each in held["letters"] if each["state"] in UNSENT]
    numbers = {name: len(some) if isinstance(some, list) else some for name, some in held.items()}
    numbers.pop("journal")
    places = [(each.event_id, each.status, each.party_size) for each in coming]
    looked = seen.shown(numbers, places, len(waiting))
    return {
        "held": held, "lines": found.lines, "coming": coming, "waiting": waiting, "seen": looked
    }  # fmt: skip


def _holdings() -> tuple[components.Holding, ...]:
    return components.holdings(components.offered())


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
