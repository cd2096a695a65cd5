"""The page of who registered, by their own link."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.capacity.queries import number_in_line
from events_app.core import clock, seen, text, web
from events_app.core.db import saving
from events_app.core.errors import Refusal
from events_app.core.text import _, lazy
from events_app.events.rules import is_to_come
from events_app.registrations import actions, letters, queries, questions, rules
from events_app.registrations.forms import LeaveForm
from events_app.registrations.models import Answer, Registration, Status, Transfer
from events_app.registrations.routes.answers import Shown, own_calendar
from events_app.registrations.routes.blueprint import bp

LEFT = {
    Status.WAITLISTED: lazy("You are no longer on the waiting list."),
    Status.OFFERED: lazy("You have turned down the place."),
}
"""What who leaves has given up, where that was no place of theirs."""


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
        may_take_part_online=rules.may_wait_online(registration),
        has_lost_choice=rules.has_lost_choice(registration),
        place="" if rules.has_lost_choice(registration) else letters.place(registration),
        stream=registration.event.stream_url if rules.may_watch(registration) else "",
        answers=[shown_answer(answer, token) for answer in registration.contact.answers],
        options=rules.in_words(rules.options_of(registration.contact)),
        to_choose=rules.group_names(rules.to_choose(registration, now=clock.now())),
        has_options=bool(rules.groups_for(registration.form)),
        is_past=not is_to_come(registration.event, now=clock.now()),
        is_expected=registration.status in rules.ALIVE,
        may_register=rules.may_register(registration.form, registration.event, now=clock.now()),
        may_take_again=rules.may_take_again(registration, now=clock.now()),
        may_change=rules.may_change(registration, now=clock.now()),
        may_erase=rules.may_erase(registration, now=clock.now()),
        may_change_address=rules.may_change_address(registration, now=clock.now()),
        may_hand_over=rules.may_hand_over(registration, now=clock.now()),
        asked=_open_transfer(registration),
        shown=_as_shown(registration).mark,
        form=form,
    )


def _as_shown(registration: Registration) -> seen.Shown:
    """What its buttons to leave are about."""
    hall = registration.hall_claim
    return seen.shown(registration.status, registration.is_online, hall and hall.status)


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
    act = partial(actions.confirm, now=clock.now())
    return pressed(token, act, _("Your registration is confirmed."))


@bp.post("/registration/<token>/accept")
def accept(token: str) -> ResponseReturnValue:
    act = partial(actions.accept, offer=request.form.get("offer", type=int), now=clock.now())
    return pressed(token, act, _("The place is yours. The e-mail that says so is on its way."))


@bp.post("/registration/<token>/stay-online")
def stay_online(token: str) -> ResponseReturnValue:
    act = partial(actions.stay_online, now=clock.now())
    return pressed(token, act, _("You take part online. You wait for the hall no longer."))


@bp.post("/registration/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    web.private()
    registration, form = queries.by_token(token), LeaveForm()
    if not form.validate_on_submit():
        return _personal(registration, form, token=token), 422
    if registration.status in rules.ALIVE and _as_shown(registration).has_changed:
        why = seen.FollowsOtherwise()
        form.form_errors.append(str(why.sentence))
        return _personal(registration, form, token=token), why.status
    left = LEFT.get(registration.status, "")
    act = partial(actions.give_up, reason=form.reason.data or "", now=clock.now())
    return pressed(token, act, str(left))


def pressed(token: str, act: Callable[[Registration], None], said: str) -> ResponseReturnValue:
    """A button of their own page, which says what came of it. `said`: when it is done."""
    web.private()
    registration = queries.by_token(token)
    try:
        with saving():
            act(registration)
    except rules.LinkEnded:
        raise  # their page is gone
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        if said:
            flash(said, "success")
    return redirect(url_for(".show", token=token), 303)


@bp.get("/registration/<token>/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    web.private()
    return own_calendar(lambda: queries.by_token(token).contact)
