"""Note what readers knew otherwise of an event, and when who registered is told."""

from collections.abc import Mapping
from datetime import datetime

from events_app.events import rules
from events_app.events.models import Event


def follow(
    event: Event, before: Mapping[str, str], *, now: datetime, at_once: bool = False
) -> None:
    """`before`: `rules.announced` of the event before the change. Wording alone is nothing to tell.

    Changes that follow each other before people are told are one change to them, from what was
    so before the first. A choice between hall and online that goes is told at once: who chose
    would read what is no longer so.
    """
    after = rules.announced(event)
    changed = {name for name in after if after[name] != before[name]}
    if not changed or event.status not in rules.GOES_ON:
        return
    if event.moved_since is None or rules.is_due(event.tell_at, now=now):
        event.moved_since, event.stood = now, dict(before)
    is_at_once = at_once or (before["choice"] and not after["choice"])
    event.tell_at = now if is_at_once else rules.tell_at(event, now=now)
    if changed & {"starts_at", "ends_at"}:
        _remember_when(event)
    if "place" in changed:
        is_besides = event.stood["place"] == rules.ONLINE and after["choice"]  # nobody has to move
        is_new = event.stood["place"] not in ("", after["place"]) and not is_besides
        event.previous_place = (
            {name: event.stood[name] for name in ("place", "town")} if is_new else {}
        )


def _remember_when(event: Event) -> None:
    began, ended = (datetime.fromisoformat(event.stood[n]) for n in ("starts_at", "ends_at"))
    is_new = (began, ended) != (event.starts_at, event.ends_at)
    event.previous_starts_at, event.previous_ends_at = (began, ended) if is_new else (None, None)
