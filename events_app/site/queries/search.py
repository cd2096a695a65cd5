"""What the desk finds for a few words, in all rooms at once."""

from collections.abc import Sequence

from events_app.core.components import Components, Hit, Sought
from events_app.site.rules import MayOpen

LEAST = 2
"""Letters that are looked for; fewer fit everything."""
A_KIND = 6
"""Of each kind of thing at most: one more letter is quicker than a longer list."""


def found(
    components: Components, words: str, *, may_open: MayOpen
) -> list[tuple[str, Sequence[Hit]]]:
    """By heading, without those of which there is nothing."""
    if len(words) < LEAST:
        return []
    kinds = [kind for component in components for kind in component.search]
    kinds.sort(key=lambda kind: kind.place)
    sought = Sought(words, A_KIND)
    shown = [
        (str(kind.heading), list(kind.find(sought))) for kind in kinds if may_open(kind.endpoint)
    ]
    return [(heading, hits) for heading, hits in shown if hits]
