"""What is decided without asking anything: life, calendars, search engines, the drawn cover."""

from events_app.events.rules.calendar import calendar_entry
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
    state,
)
from events_app.events.rules.place import address, location
from events_app.events.rules.structured import Addresses, structured
from events_app.events.rules.wanted import Kind, Wanted

__all__ = [
    "MOVES",
    "PUBLIC",
    "Addresses",
    "Kind",
    "Scene",
    "Wanted",
    "address",
    "calendar_entry",
    "is_past",
    "is_public",
    "is_rescheduled",
    "location",
    "may_become",
    "may_change_facts",
    "may_change_texts",
    "scene",
    "state",
    "structured",
]
