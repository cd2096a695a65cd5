from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from events_app.accounts import queries as accounts
from events_app.core.db import db
from events_app.events import rules
from events_app.events.models import Event
from events_app.events.rules import Record
from events_app.registrations.models import RegistrationForm


def records(events: Collection[Event]) -> dict[int, Record]:
    """What words that go with these events are compared with: their days and hours as they are, as
    the journal says that they were, and those of registration.
    """
    ids = [event.id for event in events]
    was: dict[str, dict[int, set[datetime]]] = {
        name: defaultdict(set) for name in ("starts_at", "ends_at")
    }
    for line in accounts.lines_about({Event.__name__: ids}):
        for name, moments in was.items():
            if line.subject_id and line.before and name in line.before:
                moments[line.subject_id].add(datetime.fromisoformat(line.before[name]))
    form = RegistrationForm
    opening = select(form.event_id, form.opens_at, form.closes_at).where(form.event_id.in_(ids))
    registers = {key: moments for key, *moments in db.session.execute(opening)}
    return {
        event.id: rules.record(
            event,
            began=was["starts_at"][event.id],
            ended=was["ends_at"][event.id],
            registers=registers.get(event.id, ()),
        )
        for event in events
    }


def record_of(event: Event) -> Record:
    return records([event])[event.id]
