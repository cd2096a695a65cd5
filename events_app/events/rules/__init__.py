"""What is decided without asking anything: life, calendars, search engines, the drawn cover."""

from events_app.events.rules.calendar import calendar_entry
from events_app.events.rules.content import (
    COPIED,
    LONGEST,
    PLAIN,
    TEXTS,
    Content,
    Cover,
    NewSeries,
    NewVenue,
    Part,
    Sender,
    differences,
    moves,
    snapshot,
)
from events_app.events.rules.cover import Scene, scene
from events_app.events.rules.life import (
    MOVES,
    PUBLIC,
    is_past,
    is_public,
    is_rescheduled,
    may_become,
    may_change_facts,
    may_change_texts,
    may_remove,
    state,
)
from events_app.events.rules.place import address, location
from events_app.events.rules.ready import (
    NotPossible,
    NotReady,
    missing,
    remarks,
    too_late,
)
from events_app.events.rules.report import Highlights, highlights
from events_app.events.rules.structured import Addresses, structured
from events_app.events.rules.wanted import Kind, Wanted

__all__ = [
    "COPIED",
    "LONGEST",
    "MOVES",
    "PLAIN",
    "PUBLIC",
    "TEXTS",
    "Addresses",
    "Content",
    "Cover",
    "Highlights",
    "Kind",
    "NewSeries",
    "NewVenue",
    "NotPossible",
    "NotReady",
    "Part",
    "Scene",
    "Sender",
    "Wanted",
    "address",
    "calendar_entry",
    "differences",
    "highlights",
    "is_past",
    "is_public",
    "is_rescheduled",
    "location",
    "may_become",
    "may_change_facts",
    "may_change_texts",
    "may_remove",
    "missing",
    "moves",
    "remarks",
    "scene",
    "snapshot",
    "state",
    "structured",
    "too_late",
]
