"""One drain at a time of each kind of letters; those that people wait for go first."""

import threading
from collections.abc import Callable, Sequence

from flask import current_app

from events_app.core import clock
from events_app.core.letters import Stream
from events_app.delivery import queries
from events_app.delivery.dispatch import Dispatch
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY


class Turn:
    """One drain at a time in a process. Whoever asks meanwhile makes it look once more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_wanted = threading.Event()

    def take(self, work: Callable[[], bool]) -> bool:
        """True when the work said that there is more."""
        self._is_wanted.set()
        more = False
        while self._is_wanted.is_set() and self._lock.acquire(blocking=False):
            try:
                self._is_wanted.clear()
                more = work()
            finally:
                self._lock.release()
        return more


def drain(streams: Sequence[Stream], *, seconds: float, is_over: Callable[[], bool]) -> bool:
    """Send what is due in these streams; True when there is more to do.

    Letters that people wait for go first: between two claims a drain of the others looks for them.
    """
    turns = current_app.extensions.setdefault(
        "delivery.turns", {HIGH_PRIORITY: Turn(), LOW_PRIORITY: Turn()}
    )

    def soon() -> None:
        if queries.is_due(HIGH_PRIORITY, clock.now()):
            drain(HIGH_PRIORITY, seconds=seconds, is_over=is_over)

    def work() -> bool:
        if not queries.is_due(streams, clock.now()):
            return False
        first = (lambda: None) if streams == HIGH_PRIORITY else soon
        return Dispatch(streams, first, is_over).run(seconds=seconds)

    return bool(turns[streams].take(work))
