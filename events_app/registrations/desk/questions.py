"""What is asked of people."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.core import clock, idempotency, seen
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.registrations import actions, queries
from events_app.registrations.desk.blueprint import bp
from events_app.registrations.forms import QuestionForm, question_form
from events_app.registrations.models import Question
from events_app.registrations.questions import KINDS, Kind


@bp.get("/<int:event_id>/questions/new")
@allowed(may_organise)
def kinds(event_id: int) -> ResponseReturnValue:
    """The first step of a new question: what people answer with."""
    event = queries.form_of(event_id).event
    return render_template("registrations/kinds.html", event=event, kinds=KINDS.values())


@bp.route("/<int:event_id>/questions/new/<kind>", methods=["GET", "POST"])
@allowed(may_organise)
def add_question(event_id: int, kind: str) -> ResponseReturnValue:
    if kind not in KINDS:
        raise NotFoundError
    return _question(event_id, KINDS[kind], None)


@bp.route("/<int:event_id>/questions/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def question(event_id: int, id: int) -> ResponseReturnValue:
    known = queries.question(queries.form_of(event_id), id)
    return _question(event_id, KINDS[known.kind], known)


def _question(event_id: int, kind: Kind, known: Question | None) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)

    def made(sent: Sent) -> QuestionForm:
        others = [each for each in registration_form.questions if each is not known]
        form = question_form(kind, sent, others=others)
        if known and sent is None:
            form.show(known)
        return form

    sent = request.form if request.method == "POST" else None
    if sent and known is None:
        idempotency.must_be_new()
    form = editing(made, known) if known else made(sent)
    is_whole = form.validate_on_submit()
    drops = known is not None and form.drops_guests(known)
    lost = queries.answered_by_guests(known.id) if known and drops else 0
    follows = seen.shown(lost)
    if is_whole and (not lost or follows.is_confirmed):
        there = url_for(".settings", event_id=event_id, _anchor="questions")
        with saving():
            if known is None:
                idempotency.spend(now=clock.now()).leads_to(there)
            actions.ask(
                registration_form, form.question(known), question=known, by=staff(), now=clock.now()
            )
        flash(_("Saved."), "success")
        return redirect(there, 303)
    answered = queries.answered(known.id) if known else 0
    return render_template(
        "registrations/question.html",
        event=registration_form.event,
        question=known,
        kind=kind,
        answered=answered,
        seen=seen.shown(*_asked(known)) if known else None,
        lost=lost,
        follows=follows,
        form=form,
    ), 422 if form.errors else 200


@bp.post("/<int:event_id>/questions/<int:id>/move")
@allowed(may_organise)
def move_question(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    known = queries.question(registration_form, id)
    with saving():
        actions.move_question(registration_form, known, up=request.form.get("up") == "1")
    return redirect(url_for(".settings", event_id=event_id) + "#questions", 303)


@bp.post("/<int:event_id>/questions/<int:id>/remove")
@allowed(may_organise)
def remove_question(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    there = url_for(".settings", event_id=event_id, _anchor="questions")
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        known = queries.question(registration_form, id)
        seen.check(*_asked(known), back=url_for(".question", event_id=event_id, id=id))
        actions.remove_question(registration_form, known, by=staff(), now=clock.now())
    flash(_("The question and its answers are removed."), "success")
    return redirect(there, 303)


def _asked(question: Question) -> tuple[object, ...]:
    """What whoever removes it has looked at."""
    return question.label, queries.answered(question.id)
