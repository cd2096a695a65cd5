"""The page of a guest who has an address."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, idempotency, seen, text, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.events.rules import is_to_come
from events_app.registrations import actions, letters, queries, questions, rules
from events_app.registrations.forms import AnswersForm, answers_form
from events_app.registrations.models import Answer, EntryState, Participant, Status
from events_app.registrations.routes.answers import (
    Shown,
    as_stored,
    asked_again,
    is_sent_again,
    note_saved,
    own_calendar,
)
from events_app.registrations.routes.blueprint import bp


def _by_token(token: str) -> Participant:
    """Whoever was a guest and took over the place of the contact is led to the page of now."""
    person = queries.person_by_token(token)
    if person.is_contact:
        if request.method == "POST":
            flash(_("You have taken over the place since. Nothing was changed just now."), "info")
        abort(redirect(url_for(".show", token=token), 303))
    return person


@bp.get("/guest/<token>")
def guest(token: str) -> ResponseReturnValue:
    web.private()
    person = _by_token(token)
    registration, event = person.registration, person.registration.event
    is_past = not is_to_come(event, now=clock.now())
    is_seated = registration.status is Status.CONFIRMED
    return render_template(
        "registrations/guest.html",
        token=token,
        person=person,
        registration=registration,
        event=event,
        place=letters.place(registration),
        stream=event.stream_url if rules.may_watch(registration) else "",
        is_past=is_past,
        is_seated=is_seated,
        is_handed_over=registration.source == actions.HANDED_OVER,
        is_expected=registration.status in rules.ALIVE,
        may_register=rules.may_register(registration.form, event, now=clock.now()),
        has_entry=person.calendar_entry is not None and person.entry.state is EntryState.SENT,
        may_leave=rules.may_change(registration, now=clock.now()),
        answers=[_shown_to_guest(answer, token=token) for answer in person.answers],
        may_answer=bool(registration.form.questions_of_guests)
        and rules.may_change(registration, now=clock.now())
        and rules.may_answer(registration.form, event, now=clock.now()),
    )


@bp.route("/guest/<token>/answers", methods=["GET", "POST"])
def guest_answers(token: str) -> ResponseReturnValue:
    """What they answer themselves."""
    web.private()
    person = _by_token(token)
    return _answers(
        person, by=person, back=url_for(".guest", token=token),
        shown=partial(_shown_to_guest, token=token),
    )  # fmt: skip


@bp.get("/guest/<token>/files/<int:answer>")
def guest_file(token: str, answer: int) -> ResponseReturnValue:
    """What they sent themselves."""
    web.private()
    return web.sent_file(*queries.file_of(_by_token(token).answers, answer))


@bp.route("/registration/<token>/guests/<int:guest>/answers", methods=["GET", "POST"])
def guest_answers_for(token: str, guest: int) -> ResponseReturnValue:
    """What the contact answers for a guest. What the guest sent is the guest's to see."""
    web.private()
    registration = queries.by_token(token)
    person = rules.guest(registration, guest)
    return _answers(
        person, by=registration.contact, back=url_for(".change", token=token),
        shown=lambda answer: (*_shown_to_guest(answer, token="")[:2], None),
    )  # fmt: skip


def _answers(
    person: Participant, *, by: Participant, back: str, shown: Callable[[Answer], Shown]
) -> ResponseReturnValue:
    now, is_own = clock.now(), by is person
    registration_form = queries.form_of(person.event_id)
    event, asked = registration_form.event, registration_form.questions_of_guests
    names = rules.guest_names(person.registration.participants, sees_addresses=False)
    own_alone = [] if is_own else [q for q in asked if q not in questions.for_another(asked)]
    asked = [question for question in asked if question not in own_alone]
    if not asked:
        raise rules.NotAsked if request.method == "POST" else NotFoundError
    form, status = answers_form(person, asked, is_own=is_own), 200
    stored = seen.shown(as_stored(each for each in person.answers if each.question in asked))
    if form.validate_on_submit():
        if stored.has_changed and is_sent_again():
            return redirect(back, 303)
        try:
            _save(person, form, stored, by=by, now=now)
        except (rules.NotAsked, rules.ChangedElsewhere) as why:
            form.form_errors.append(str(why.sentence))
            status = why.status
        else:
            note_saved()
            flash(_("Your changes are saved."), "success")
            return redirect(back, 303)
    elif form.errors:
        status = 422
    return render_template(
        "registrations/answers.html",
        name="" if is_own else names[person.id],
        event=event,
        is_own=is_own,
        back=back,
        may_answer=rules.may_answer(registration_form, event, now=now),
        form=form,
        shown=stored.mark,
        asked=asked_again(form, event, shown),
        own_alone=[text.local(question.label) for question in own_alone],
    ), status


def _save(
    person: Participant,
    form: AnswersForm,
    stored: seen.Shown,
    *,
    by: Participant,
    now: datetime,
) -> None:
    """Raises NotAsked or ChangedElsewhere."""
    answers = form.answers(now=now)
    if stored.has_changed:
        if not answers:
            return  # a second press: it is so already
        raise rules.ChangedElsewhere
    with saving():
        actions.answer(person, answers, by=by, now=now)


def _shown_to_guest(answer: Answer, *, token: str) -> Shown:
    return (
        text.local(answer.question.label),
        questions.shown(answer.question, answer.value),
        answer.file and url_for(".guest_file", token=token, answer=answer.id),
    )


@bp.post("/guest/<token>/leave")
def leave_party(token: str) -> ResponseReturnValue:
    web.private()
    try:
        with saving():
            sending = idempotency.spend(now=clock.now(), removes=True)
            person = _by_token(token)
            slug = person.registration.event.slug
            there = sending.leads_to(url_for("events.show", slug=slug))
            actions.leave_party(person, now=clock.now())
    except rules.TooLate as why:  # their page says what has happened
        flash(str(why.sentence), "error")
        return redirect(url_for(".guest", token=token), 303)
    flash(_("You do not come along any more. An e-mail that says so is on its way."), "success")
    return redirect(there, 303)


@bp.get("/guest/<token>/calendar.ics")
def guest_calendar(token: str) -> ResponseReturnValue:
    web.private()
    return own_calendar(lambda: queries.person_by_token(token))
