"""Answers change and go, and what people sent goes with them.

Files follow when the transaction is committed; where that is cut short, the night finds them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from events_app.core import files
from events_app.core.db import after_commit, db
from events_app.registrations import rules
from events_app.registrations.actions.status import hold
from events_app.registrations.models import Answer, AskedOf, Participant, Question


def wipe_answers(which: ColumnElement[bool]) -> None:
    """The only way that answers go, but one by one, by `change_answers`."""
    gone = db.session.scalars(
        delete(Answer).where(which).returning(Answer.file),
        execution_options={"synchronize_session": False},
    ).all()
    after_commit(lambda: files.sent.forget(gone))


def still_asked(
    form_id: int, answers: Mapping[int, Any], *, is_guest: bool = False
) -> dict[int, Any]:
    """Without those to questions that are gone, or are not asked of guests. The pools of the event
    are locked: whoever takes a question away locks them too.
    """
    if not answers:
        return {}
    wanted = select(Question.id).where(Question.form_id == form_id)
    if is_guest:
        wanted = wanted.where(Question.asked_of == AskedOf.EVERYONE)
    asked = set(db.session.scalars(wanted))
    return {id: value for id, value in answers.items() if id in asked}


def take_answers_away(answers: list[Answer]) -> None:
    """All of one who answers, with what they sent."""
    change_answers(answers, dict.fromkeys(answer.question_id for answer in answers))


def answer(
    person: Participant, answers: Mapping[int, Any], *, by: Participant, now: datetime
) -> None:
    """To questions that are asked of guests too, by themselves or by the contact for them. Raises
    TooLate or AnswersClosed.
    """
    registration = hold(person.registration, person, by)
    form = registration.form
    if not rules.may_change(registration, now=now) or person not in registration.guests:
        raise rules.too_late(registration, now=now)
    if not rules.may_answer(form, registration.event, now=now):
        raise rules.AnswersClosed
    change_answers(person.answers, still_asked(form.id, answers, is_guest=True))


def change_answers(answers: list[Answer], changed: Mapping[int, Any]) -> None:
    """`answers`: of one who answers. `changed`: by question id, as its kind stores it; None takes
    the answer away.
    """
    known = {answer.question_id: answer for answer in answers}
    gone = [known[id].file for id in changed if id in known]
    for id, value in changed.items():
        if value is None:
            if id in known:
                answers.remove(known[id])
            continue
        if id not in known:
            known[id] = Answer(question_id=id)
            answers.append(known[id])
        for name, column in rules.answer_columns(value).items():
            setattr(known[id], name, column)
    after_commit(lambda: files.sent.forget(gone))
