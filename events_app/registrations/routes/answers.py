"""What the pages of a contact and of a guest share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Response

from events_app.core import calendars, text
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.registrations import letters, rules
from events_app.registrations.forms import AnswersForm, AskedAgain
from events_app.registrations.models import Answer, EntryState, Participant

Shown = tuple[str, str, str | None]
"""A question, the answer in words, and where what was sent can be had."""


def asked_again(
    form: AnswersForm, event: Event, shown: Callable[[Answer], Shown]
) -> list[tuple[AskedAgain, datetime, Shown | None]]:
    """Each question, when its answer is wiped, and the answer that its field cannot show."""
    return [
        (
            each,
            rules.answer_wiped_on(each.question, event),
            shown(each.answer) if each.answer and each.is_apart else None,
        )
        for each in form.asked
    ]


def own_calendar(person: Participant) -> Response:
    if person.calendar_entry is None or person.entry.state is EntryState.PLANNED:
        raise NotFoundError
    entry, registration = letters.entry(person), person.registration
    if person.entry.state is EntryState.WITHDRAWN:
        entry = replace(letters.entry_told(entry, person), status="CANCELLED")
    with text.speaking(registration.language):
        body = calendars.published([entry], name=text.local(registration.event.title))
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{person.code}.ics"'
    return answer
