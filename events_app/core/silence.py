"""Something outside that does not do its work: one line in the log when that begins, and one when
it ends.
"""

import logging
from threading import Lock

log = logging.getLogger(__name__)


class Silence:
    def __init__(
        self,
        name: str,
        meanwhile: str = "",
        *,
        fault: str = "does not answer",
        end: str = "answers again",
    ) -> None:
        self._name, self._meanwhile, self._fault, self._end = name, meanwhile, fault, end
        self._lock = Lock()
        self.why: str | None = None
        """In its own words; None while it answers."""

    def begins(self, why: object) -> None:
        words = next(iter(str(why).strip().splitlines()), type(why).__name__)
        with self._lock:
            is_new, self.why = self.why is None, words
        if is_new:
            log.error("%s %s (%s)%s", self._name, self._fault, words, self._meanwhile)

    def is_over(self) -> None:
        if self.why is None:
            return
        with self._lock:
            was_silent, self.why = self.why is not None, None
        if was_silent:
            log.warning("%s %s", self._name, self._end)
