"""The page of who registered, by their own link."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.capacity.queries import number_in_line
from events_app.core import clock, text, web
from events_app.core.db import saving
from events_app.core.errors import Refusal
from events_app.core.text import _
from events_app.registrations import actions, letters, queries, questions, rules
from events_app.registrations.forms import LeaveForm
from events_app.registrations.models import Answer, Registration, Status, Transfer
from events_app.registrations.routes.answers import Shown, own_calendar
from events_app.registrations.routes.blueprint import bp


@bp.get("/registration/<token>")
def show(token: str) -> ResponseReturnValue:
    web.private()
    return _personal(queries.by_token(token), LeaveForm(), token=token)


def _personal(registration: Registration, form: LeaveForm, *, token: str) -> str:
    return render_template(
        "registrations/show.html",
        token=token,
        registration=registration,
        event=registration.event,
        number=number_in_line(registration.hall_claim or registration.claim),
        held_until=rules.held_until(registration),
        hall_kept_until=rules.hall_kept_until(registration),
        lost_in_hall=rules.option_names(rules.lost_in_hall(registration.contact)),
        may_wait_for_hall=rules.may_wait_for_hall(registration),
        has_lost_choice=rules.has_lost_choice(registration),
        place="" if rules.has_lost_choice(registration) else letters.place(registration),
        stream=registration.event.stream_url if rules.may_watch(registration) else "",
        answers=[shown_answer(answer, token) for answer in registration.contact.answers],
        options=rules.in_words(rules.options_of(registration.contact)),
        is_past=not rules.is_to_come(registration.event, now=clock.now()),
        may_change=rules.may_change(registration, now=clock.now()),
        may_erase=rules.may_erase(registration, now=clock.now()),
        may_change_address=rules.may_change_address(registration, now=clock.now()),
        may_hand_over=rules.may_hand_over(registration, now=clock.now()),
        asked=_open_transfer(registration),
        form=form,
    )


def _open_transfer(registration: Registration) -> Transfer | None:
    """To another address, while it can be taken."""
    asked = queries.transfer_of(registration.contact.id)
    return asked if asked and rules.may_take(asked, now=clock.now()) else None


def shown_answer(answer: Answer, token: str) -> Shown:
    return (
        text.local(answer.question.label),
        questions.shown(answer.question, answer.value),
        answer.file and url_for(".file", token=token, answer=answer.id),
    )


@bp.get("/registration/<token>/files/<int:answer>")
def file(token: str, answer: int) -> ResponseReturnValue:
    """What they sent themselves."""
    web.private()
    return web.sent_file(*queries.file_of(queries.by_token(token).contact.answers, answer))


@bp.post("/registration/<token>/confirm")
def confirm(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    try:
        with saving():
            actions.confirm(registration, now=clock.now())
    except rules.LinkEnded:
        raise  # their page is gone
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("Your registration is confirmed."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/accept")
def accept(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    with saving():
        actions.accept(registration, now=clock.now())
    flash(_("The place is yours. The e-mail that says so is on its way."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/stay-online")
def stay_online(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    with saving():
        actions.stay_online(registration, now=clock.now())
    flash(_("You take part online. You wait for the hall no longer."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    web.private()
    registration, form = queries.by_token(token), LeaveForm()
    if not form.validate_on_submit():
        return _personal(registration, form, token=token), 422
    was_offered = registration.status is Status.OFFERED
    with saving():
        actions.give_up(registration, reason=form.reason.data or "", now=clock.now())
    if was_offered:
        flash(_("You have turned down the place."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.get("/registration/<token>/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    web.private()
    return own_calendar(lambda: queries.by_token(token).contact)
