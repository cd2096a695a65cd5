"""What the pages of a contact and of a guest share."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from flask import Response, request, session

from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.registrations import letters, rules
from events_app.registrations.forms import AnswersForm, AskedAgain
from events_app.registrations.models import Answer, Participant

Shown = tuple[str, str, str | None]
"""A question, the answer in words, and where what was sent can be had."""
SAVED = "changed"
"""In the session: what was saved last on such a page."""


def as_stored(answers: Iterable[Answer]) -> list[tuple[int, object, str | None]]:
    """For the mark of a page that shows them (core/seen.py)."""
    return sorted((each.question_id, each.value, each.file) for each in answers)


def is_sent_again() -> bool:
    """A second press of the page that was saved last."""
    return session.get(SAVED) == _sent()


def note_saved() -> None:
    session[SAVED] = _sent()


def _sent() -> str:
    """A fingerprint of what was typed, and of where."""
    typed = sorted((name, values) for name, values in request.form.lists() if name != "csrf_token")
    files = sorted((name, file.filename) for name, file in request.files.items())
    said = repr((request.path, typed, files))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def asked_again(
    form: AnswersForm, event: Event, shown: Callable[[Answer], Shown]
) -> list[tuple[AskedAgain, datetime | None, Shown | None]]:
    """Each question, when its answer is wiped, and the answer that its field cannot show."""
    return [
        (
            each,
            rules.answer_wiped_on(each.question, event),
            shown(each.answer) if each.answer and each.is_apart else None,
        )
        for each in form.asked
    ]


def own_calendar(find: Callable[[], Participant]) -> Response:
    """`find`: by the own link. One that has ended shows the event as cancelled."""
    try:
        person = find()
        body, name = letters.followed(person), person.code
    except rules.LinkEnded as why:
        body, name = why.calendar, "HCT"
        if not body:
            raise
    if not body:
        raise NotFoundError
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer
