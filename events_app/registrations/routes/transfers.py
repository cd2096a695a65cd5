"""A place goes to another address: an own new one, or a colleague's."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, idempotency, rate_limits, web
from events_app.core.db import saving
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.events.rules import is_to_come
from events_app.registrations import actions, letters, queries, rules
from events_app.registrations.forms import AddressForm, HandOverForm, TakeForm, take_form
from events_app.registrations.models import Registration, RegistrationForm, Transfer
from events_app.registrations.routes.blueprint import bp
from events_app.registrations.routes.own_page import pressed

CANNOT_ASK = (rules.ConfirmFirst, rules.NoPlaceYet, rules.TooLate)
TYPED, LONGEST = ("name", "email"), 200
ASKED_A_DAY = 5
"""Letters to addresses that somebody typed on the page of one registration."""


@bp.route("/registration/<token>/address", methods=["GET", "POST"])
def address(token: str) -> ResponseReturnValue:
    """The contact gives another address; only the button in the letter there changes it."""
    web.private()
    registration, form = queries.by_token(token), AddressForm()
    form.own = registration.email
    return _ask_transfer(registration, form, token=token, is_hand_over=False)


@bp.route("/registration/<token>/hand-over", methods=["GET", "POST"])
def hand_over(token: str) -> ResponseReturnValue:
    """Offer the place to somebody else, who takes it with the button in the letter there."""
    web.private()
    registration, form = queries.by_token(token), HandOverForm()
    form.own = registration.email
    return _ask_transfer(registration, form, token=token, is_hand_over=True)


def _ask_transfer(
    registration: Registration, form: AddressForm, *, token: str, is_hand_over: bool
) -> ResponseReturnValue:
    try:
        return _asked(registration, form, token=token, is_hand_over=is_hand_over)
    except CANNOT_ASK as why:
        return _not_asked(why, token=token)


def _asked(
    registration: Registration, form: AddressForm, *, token: str, is_hand_over: bool
) -> ResponseReturnValue:
    """The answer is the same for an address that is registered for this event."""
    now = clock.now()
    rules.must_pass_on(registration, is_hand_over=is_hand_over, now=now)
    if request.method != "POST" and (offer := queries.open_offer(registration, now=now)):
        flash(str(rules.OfferOpen(offer.name).sentence), "info")
        return redirect(url_for(".show", token=token), 303)
    if not form.validate_on_submit():
        page = _asking_page(registration, form, token=token, is_hand_over=is_hand_over)
        return page, 422 if form.errors else 200
    with saving():  # of its own: the next may have to wait for a place
        key = f"registrations:transfer:{registration.id}"
        rate_limits.hit(key, limit=ASKED_A_DAY, per=timedelta(days=1), now=now)
    try:
        with saving():
            there = idempotency.spend(now=now).leads_to(url_for(".show", token=token))
            actions.transfer(
                registration,
                email=form.to,
                name=form.name.data or "" if isinstance(form, HandOverForm) else "",
                is_hand_over=is_hand_over,
                now=now,
            )
    except rules.OfferOpen as why:
        form.form_errors.append(str(why.sentence))
        page = _asking_page(registration, form, token=token, is_hand_over=is_hand_over)
        return page, why.status
    flash(_("An e-mail is on its way to %(email)s.", email=form.to), "success")
    return redirect(there, 303)


def _not_asked(why: Refusal, *, token: str) -> ResponseReturnValue:
    """Back to their own page, which says what is so now, with what they typed."""
    flash(str(why.sentence), "error")
    typed = [words[:LONGEST] for name in TYPED if (words := request.form.get(name, "").strip())]
    if typed:
        flash(_("You had typed: %(words)s", words=", ".join(typed)), "info")
    return redirect(url_for(".show", token=token), 303)


def _asking_page(
    registration: Registration, form: AddressForm, *, token: str, is_hand_over: bool
) -> str:
    return render_template(
        "registrations/hand_over.html" if is_hand_over else "registrations/address.html",
        token=token,
        registration=registration,
        event=registration.event,
        until=rules.answer_until(registration, is_hand_over=is_hand_over, now=clock.now()),
        options=rules.in_words(rules.options_of(registration.contact)),
        form=form,
    )


@bp.post("/registration/<token>/take-back")
def take_back(token: str) -> ResponseReturnValue:
    act = partial(actions.take_back, asked=request.form.get("asked", type=int))
    said = _("It is taken back. The button in that e-mail does nothing any more.")
    return pressed(token, act, said)


@bp.route("/transfer/<token>", methods=["GET", "POST"])
def transfer(token: str) -> ResponseReturnValue:
    """For who holds the letter: the button that changes the address, or takes the place."""
    web.private()
    asked, now = queries.transfer_by_token(token), clock.now()
    registration_form = queries.form_of(asked.participant.event_id)
    form = take_form(asked, registration_form) if asked.is_hand_over else None
    is_sent = request.method == "POST"
    if is_sent and not rules.may_take(asked, now=now):  # the page says what has happened
        return redirect(url_for(".transfer", token=token), 303)
    if not is_sent or (form and not form.validate_on_submit()):
        page = _transfer_page(asked, registration_form, form, token=token)
        return page, 422 if form and form.errors else 200
    try:
        given = form.given(now=now) if form else None
        with saving():
            actions.take(asked, given, now=now)
    except (rules.NotOpen, rules.TooLate):  # meanwhile; the page says what has happened
        return redirect(url_for(".transfer", token=token), 303)
    except (rules.NotAsked, rules.AlreadyExpected) as why:
        problem = why.sentence if isinstance(why, rules.AlreadyExpected) else ""
        if form and not problem:
            form.form_errors.append(str(why.sentence))
        page = _transfer_page(asked, registration_form, form, token=token, problem=problem)
        return page, why.status
    flash(
        _("The place is yours. The e-mail that says so is on its way.")
        if asked.is_hand_over
        else _("Your address is changed. An e-mail with your new link is on its way."),
        "success",
    )
    return redirect(url_for(".show", token=letters.token(asked.participant)), 303)


def _transfer_page(
    asked: Transfer,
    registration_form: RegistrationForm,
    form: TakeForm | None,
    *,
    token: str,
    problem: Any = "",
) -> str:
    registration, event = asked.participant.registration, registration_form.event
    guest, may_take = rules.guest_who_takes(asked), rules.may_take(asked, now=clock.now())
    if may_take and queries.expected_elsewhere(asked):
        problem = problem or rules.AlreadyExpected().sentence
    return render_template(
        "registrations/transfer.html",
        token=token,
        asked=asked,
        registration=registration,
        event=event,
        place=letters.place(registration),
        comes_along=guest is not None,
        has_answers=guest is not None and bool(guest.answers),
        others=len(registration.guests) - (guest is not None),
        options=rules.in_words(rules.options_of(asked.participant)),
        hall_kept_until=rules.hall_kept_until(registration),
        may_take=may_take,
        is_past=not is_to_come(event, now=clock.now()),
        is_late=asked.expires_at <= clock.now(),
        form=form,
        problem=problem,
        needs_wiped_on=rules.needs_wiped_on(registration_form, event),
        questions=[
            (field, question, rules.answer_wiped_on(question, event))
            for question, field in (form.asked if form else ())
        ],
    )


@bp.post("/transfer/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    web.private()
    asked = queries.transfer_by_token(token)
    with saving():
        actions.decline(asked, now=clock.now())
    return redirect(url_for(".transfer", token=token), 303)
