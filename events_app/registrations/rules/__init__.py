"""Who gets a place, who waits, how long an offer stands, and who may see the list."""

from events_app.registrations.rules.asking import (
    GUESTS_MOST,
    Applicant,
    Asked,
    Changes,
    Settings,
    answer_wiped_on,
    kept_choice,
    label,
    may_see_all,
    may_see_list,
    needs_wiped_on,
    shown_answer,
    source,
)
from events_app.registrations.rules.moving import (
    ALIVE,
    MOVES,
    QUIET,
    SEATED,
    facts,
    facts_hash,
    may_change,
    may_move,
    offer_deadline,
)
from events_app.registrations.rules.opening import (
    NO_PLACES,
    TAKES,
    Places,
    State,
    must_be_open,
    state,
    state_with_places,
)
from events_app.registrations.rules.refusals import (
    AlreadyRegistered,
    Full,
    NoFreePlace,
    NotOpen,
    TooFewPlaces,
    TooLate,
    TooManyGuests,
)

__all__ = [
    "ALIVE", "GUESTS_MOST", "MOVES", "NO_PLACES", "QUIET", "SEATED", "TAKES", "AlreadyRegistered",
    "Applicant", "Asked", "Changes", "Full", "NoFreePlace", "NotOpen", "Places", "Settings",
    "State", "TooFewPlaces", "TooLate", "TooManyGuests", "answer_wiped_on", "facts", "facts_hash",
    "kept_choice", "label", "may_change", "may_move", "may_see_all", "may_see_list",
    "must_be_open", "needs_wiped_on", "offer_deadline", "shown_answer", "source", "state",
    "state_with_places",
]  # fmt: skip
