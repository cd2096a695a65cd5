"""Every question asked of this room's tables."""

from events_app.registrations.queries.due import (
    answers_to_wipe,
    behind,
    called_off,
    forms_with_needs,
    miscounted,
    moved,
    needs_of,
    overdue,
    pools_with_room,
    to_call_off,
)
from events_app.registrations.queries.forms import (
    answered,
    form_at,
    form_of,
    form_of_pool,
    has_pass,
    maybe_form,
    pass_for,
    places,
    pool,
    question,
)
from events_app.registrations.queries.listing import (
    Wanted,
    counts,
    events,
    everyone,
    found,
    listed,
)
from events_app.registrations.queries.people import (
    alive,
    by_id,
    by_token,
    first_in_line,
    fresh,
    number_in_line,
)
from events_app.registrations.rules import Places

__all__ = [
    "Places", "Wanted", "alive", "answered", "answers_to_wipe", "behind", "by_id", "by_token",
    "called_off", "counts", "events", "everyone", "first_in_line", "form_at", "form_of",
    "form_of_pool", "forms_with_needs", "found", "fresh", "has_pass", "listed", "maybe_form",
    "miscounted", "moved", "needs_of", "number_in_line", "overdue", "pass_for", "places",
    "pool", "pools_with_room", "question", "to_call_off",
]  # fmt: skip
