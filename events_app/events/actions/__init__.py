"""The verbs of events: write them, and lead them through their life."""

from events_app.events.actions.covers import keep_cover
from events_app.events.actions.editing import change, copy, draft
from events_app.events.actions.living import (
    archive,
    cancel,
    finish,
    go_on,
    postpone,
    publish,
    remove,
    reword,
)
from events_app.events.actions.places import change_series, change_venue

__all__ = [
    "archive",
    "cancel",
    "change",
    "change_series",
    "change_venue",
    "copy",
    "draft",
    "finish",
    "go_on",
    "keep_cover",
    "postpone",
    "publish",
    "remove",
    "reword",
]
