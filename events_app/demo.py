"""Demo content for a first start: what the rooms tell by their seeds, in order of time."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from operator import itemgetter

from events_app.accounts.models import StaffMember
from events_app.core.components import Components
from events_app.core.seeds import Seeds, Stage


def load(components: Components, *, by: StaffMember, now: datetime) -> None:
    """Fill an empty house. Dates are counted from `now`.

    Letters are written and stay: none of them leaves, whatever the settings.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        stage = Stage(now, beside)
        stage.keep(by.role, by)
        scenes = chain.from_iterable(each.scenes(stage) for each in _seeds(components))
        for moment, happen in sorted(scenes, key=itemgetter(0)):
            happen(moment)


def addresses(components: Components) -> list[tuple[str, str]]:
    """Pages worth a look that need a personal link: label and address; empty without the demo."""
    pages: Iterable[Iterable[tuple[str, str]]] = (
        each.pages() for each in reversed(_seeds(components))
    )
    return [*chain.from_iterable(pages)]


def _seeds(components: Components) -> Sequence[Seeds]:
    return [each.seeds for each in components if each.seeds]
