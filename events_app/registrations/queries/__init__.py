"""Every question asked of this room's tables."""

from events_app.registrations.queries.due import (
    answers_to_wipe,
    asked_again,
    astray,
    behind,
    called_off,
    forms_with_needs,
    letters_to,
    moved,
    needs_of,
    overdue,
    pools_with_room,
    still_to_tell,
    to_call_off,
    to_forget,
    unconfirmed,
    waiting_letters,
)
from events_app.registrations.queries.forms import (
    answered,
    form_at,
    form_of,
    form_of_pool,
    form_read,
    has_pass,
    maybe_form,
    pass_for,
    places,
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
    IS_ALIVE,
    alive,
    by_id,
    by_token,
    file_of,
    fresh,
    held_on,
    of_address,
    of_claim,
    with_people,
)
from events_app.registrations.rules import Letters, Places

__all__ = [
    "IS_ALIVE", "Letters", "Places", "Wanted", "alive", "answered", "answers_to_wipe",
    "asked_again", "astray", "behind", "by_id", "by_token", "called_off", "counts", "events",
    "everyone", "file_of", "form_at", "form_of", "form_of_pool", "form_read",
    "forms_with_needs", "found", "fresh", "has_pass", "held_on", "letters_to", "listed",
    "maybe_form", "moved", "needs_of", "of_address", "of_claim", "overdue", "pass_for",
    "places", "pools_with_room", "question", "still_to_tell", "to_call_off", "to_forget",
    "unconfirmed", "waiting_letters", "with_people",
]  # fmt: skip
