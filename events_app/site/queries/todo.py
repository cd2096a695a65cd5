"""What needs somebody now, in all rooms at once."""

from datetime import datetime

from events_app.core.components import Components, Need
from events_app.site.rules import MayOpen


def needs(components: Components, *, may_open: MayOpen, now: datetime) -> list[Need]:
    """The most urgent first; of what the reader may do."""
    kinds = [kind for component in components for kind in component.needs]
    kinds.sort(key=lambda kind: kind.place)
    return [
        need
        for kind in kinds
        if may_open(kind.endpoint)
        for need in kind.find(now)
        if may_open(need.act.endpoint)
    ]
