"""What people change by their own link."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, seen, web
from events_app.core.db import saving
from events_app.core.text import _
from events_app.registrations import actions, queries, questions, rules
from events_app.registrations.forms import ChangeForm, change_form
from events_app.registrations.models import Option, Registration, RegistrationForm
from events_app.registrations.routes.answers import (
    as_stored,
    asked_again,
    is_sent_again,
    note_saved,
)
from events_app.registrations.routes.blueprint import bp
from events_app.registrations.routes.own_page import shown_answer


@bp.route("/registration/<token>/change", methods=["GET", "POST"])
def change(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    if not rules.may_change(registration, now=clock.now()):
        return _too_late(registration, token)
    registration_form, now = queries.form_of(registration.event_id), clock.now()
    form = change_form(registration, registration_form, now=now)
    if not form.validate_on_submit():
        return _change_page(registration, form, token=token)
    has_changed = _as_shown(registration).has_changed
    if has_changed and is_sent_again():
        return redirect(url_for(".show", token=token), 303)
    try:
        _must_be_in_time(registration_form, now=now)
        changes = form.changes(now=clock.now())
        if has_changed:
            raise rules.ChangedElsewhere
        with saving():
            missed = actions.change(registration, changes, now=clock.now())
            full = [each for each in missed if rules.may_have(registration, each.group)]
            elsewhere = rules.option_names(each for each in missed if each not in full)
            has = rules.options_of(registration.contact)
    except rules.NOT_CHANGED as why:
        form.refuse(why, guests=len(registration.guests))
        return _change_page(registration, form, token=token), why.status
    note_saved()
    groups = {option.group_id for option in full}
    kept = [
        each for each in has if each.group_id in groups and each.id not in (changes.options or ())
    ]
    _tell_changed(full=full, kept=kept, elsewhere=elsewhere)
    return redirect(url_for(".show", token=token), 303)


def _too_late(registration: Registration, token: str) -> ResponseReturnValue:
    """Their own page says what has happened; what was typed is there to copy."""
    why = rules.too_late(registration, now=clock.now())
    if request.method == "POST":
        raise why
    flash(str(why.sentence), "error")
    return redirect(url_for(".show", token=token), 303)


def _as_shown(registration: Registration) -> seen.Shown:
    """What the page has: no addresses and answers of guests, for with another address it is
    another guest.
    """
    contact = registration.contact
    return seen.shown(
        (contact.name, contact.organisation, contact.diet, contact.access_needs),
        (registration.is_online, registration.hall_claim is not None),
        sorted(option.id for option in rules.options_of(contact)),
        as_stored(contact.answers),
        [(guest.id, guest.name) for guest in registration.guests],
    )


def _tell_changed(*, full: Sequence[Option], kept: Sequence[Option], elsewhere: str) -> None:
    """`kept`: what stays in place of what is full."""
    flash(_("Your changes are saved."), "success")
    if full:
        names = rules.option_names(full)
        flash(_("This is full by now, so you do not have it: %(what)s.", what=names), "error")
    if kept:
        names = rules.option_names(kept)
        flash(_("So you keep what you had: %(what)s.", what=names), "info")
    if elsewhere:
        flash(
            _(
                "You do not have this, for it is not there where you take part: %(what)s.",
                what=elsewhere,
            ),
            "error",
        )


def _must_be_in_time(registration_form: RegistrationForm, *, now: datetime) -> None:
    """Raises AnswersClosed when the form closed while a page with questions was open."""
    has_answers = any(name.startswith("question_") for name in (*request.form, *request.files))
    if has_answers and not rules.may_answer(registration_form, registration_form.event, now=now):
        raise rules.AnswersClosed


def _change_page(registration: Registration, form: ChangeForm, *, token: str) -> str:
    registration_form = queries.form_of(registration.event_id)
    return render_template(
        "registrations/change.html",
        token=token,
        registration=registration,
        event=registration.event,
        registration_form=registration_form,
        form=form,
        shown=_as_shown(registration).mark,
        needs_wiped_on=rules.needs_wiped_on(registration_form, registration.event),
        asked=asked_again(form, registration.event, partial(shown_answer, token=token)),
        answers=[
            shown_answer(each, token)
            for each in (registration.contact.answers if not form.asked else ())
        ],
        guests=[
            (name, url_for(".guest_answers_for", token=token, guest=id))
            for id, name in rules.guest_names(
                registration.participants, sees_addresses=False
            ).items()
        ]
        if questions.for_another(registration_form.questions_of_guests)
        and rules.may_answer(registration_form, registration.event, now=clock.now())
        else [],
    )
