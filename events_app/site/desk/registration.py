"""A registration at the desk and the list of an event: both say by which room somebody came."""

from functools import cache

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.capacity.queries import number_in_line
from events_app.core import clock, csv_export, seen, text
from events_app.core.db import saving
from events_app.core.text import _
from events_app.delivery.models import Scope
from events_app.delivery.queries import is_suppressed
from events_app.events import queries as events
from events_app.newsletters.queries.arriving import came_by
from events_app.registrations import actions as registering
from events_app.registrations import queries as registrations
from events_app.registrations import questions, rules
from events_app.registrations.forms import LeaveForm
from events_app.registrations.models import Participant, Registration
from events_app.site.desk.search import bp


@bp.get("/registrations/<int:event_id>/<int:id>")
@allowed(rules.may_see_list)
def registration(event_id: int, id: int) -> ResponseReturnValue:
    return _page(registrations.by_id(id, event_id=event_id), LeaveForm())


def _page(registration: Registration, form: LeaveForm) -> str:
    event, sees_all = registration.event, rules.may_see_all(staff())
    names = rules.guest_names(registration.participants, sees_addresses=sees_all)
    return render_template(
        "site/registration.html",
        registration=registration,
        event=event,
        number=number_in_line(registration.hall_claim or registration.claim),
        seen_code=seen.shown(registration.code).mark,
        names=names,
        addresses=rules.guest_addresses(registration.guests) if sees_all else "",
        seen_names={one.id: seen.shown(one.name).mark for one in registration.participants},
        held_until=rules.held_until(registration),
        hall_kept_until=rules.hall_kept_until(registration),
        answers=_answers(registration, registration.contact),
        answers_of_guests=[
            (names[guest.id], answers)
            for guest in registration.guests
            if (answers := _answers(registration, guest))
        ],
        options=rules.in_words(
            option
            for option in rules.options_of(registration.contact)
            if option.group in rules.seen_by(staff(), [option.group])
        ),
        sees_all=sees_all,
        is_barred=sees_all and is_suppressed(registration.email, Scope.ALL),
        came_by=came_by(registration.source),
        is_to_come=not rules.may_erase(registration, now=clock.now()),
        form=form,
    )


def _answers(registration: Registration, person: Participant) -> list[tuple[str, str, str | None]]:
    """Those that this colleague may read: the question, the answer in words, and where what was
    sent can be had.
    """
    asked = rules.seen_by(staff(), [answer.question for answer in person.answers])
    return [
        (
            text.local(answer.question.label),
            questions.shown(answer.question, answer.value),
            answer.file
            and url_for(
                "registrations_desk.file",
                event_id=registration.event_id,
                id=registration.id,
                answer=answer.id,
            ),
        )
        for answer in person.answers
        if answer.question in asked
    ]


@bp.post("/registrations/<int:event_id>/<int:id>/cancel")
@allowed(rules.may_see_all)
def cancel_registration(event_id: int, id: int) -> ResponseReturnValue:
    registration, form = registrations.by_id(id, event_id=event_id), LeaveForm()
    if not form.validate_on_submit():
        return _page(registration, form), 422
    try:
        with saving():
            seen.check(registration.code)
            registering.give_up(
                registration, reason=form.reason.data or "", by=staff(), now=clock.now()
            )
    except (seen.FollowsOtherwise, rules.LinkEnded):
        why = seen.FollowsOtherwise()
        form.form_errors.append(str(why.sentence))
        return _page(registration, form), why.status
    flash(_("Cancelled. The e-mail is on its way."), "success")
    return redirect(url_for(".registration", event_id=event_id, id=id), 303)


@bp.get("/registrations/<int:event_id>/list.csv")
@allowed(rules.may_see_list)
def export(event_id: int) -> ResponseReturnValue:
    """Leaves as it is read: as small in memory for 100,000 people as for ten."""
    event, sees_all = events.by_id(event_id), rules.may_see_all(staff())
    if request.method == "GET":  # HEAD takes nothing along
        with saving():
            registering.take_along(event, by=staff(), now=clock.now())
    form = registrations.form_of(event.id)
    asked = rules.seen_by(staff(), form.questions)
    groups = rules.seen_by(staff(), form.option_groups)
    rows = rules.rows(
        registrations.everyone(event_id),
        asked,
        groups,
        sees_all=sees_all,
        source=cache(came_by),  # a handful in a list
        exported=questions.exported,
    )
    return csv_export.download(event.slug, rules.head(asked, groups, sees_all=sees_all), rows)
