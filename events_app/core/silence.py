"""A service that does not answer: one line in the log when that begins, and one when it ends."""

import logging
from threading import Lock

log = logging.getLogger(__name__)


class Silence:
    def __init__(self, name: str, meanwhile: str = "") -> None:
        self._name, self._meanwhile = name, meanwhile
        self._lock = Lock()
        self.why: str | None = None
        """In its own words; None while it answers."""

    def begins(self, why: object) -> None:
        words = next(iter(str(why).strip().splitlines()), type(why).__name__)
        with self._lock:
            is_new, self.why = self.why is None, words
        if is_new:
            log.error("%s does not answer (%s)%s", self._name, words, self._meanwhile)

    def is_over(self) -> None:
        if self.why is None:
            return
        with self._lock:
            was_silent, self.why = self.why is not None, None
        if was_silent:
            log.warning("%s answers again", self._name)
