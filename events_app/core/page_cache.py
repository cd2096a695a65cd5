"""Pages that are kept as long as what they were made from stays the same.

The key of a page is all that was read for it, so other rows give another key. Nobody has to tell
that something changed, and no kept page can be out of date. When room is needed, the pages go that
were not asked for longest.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

LARGEST = 8 << 20
"""Bytes, in each process."""


@dataclass(frozen=True, slots=True)
class Kept:
    body: bytes
    tag: str
    """Of the body, for an ETag: the same in all processes."""


class PageCache:
    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._size = 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, made_of: object, make: Callable[[], str | bytes]) -> Kept:
        """`made_of`: all that `make` reads, with a repr that tells it apart."""
        key = hashlib.sha256(repr(made_of).encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        body = made if isinstance(made, bytes) else made.encode()
        kept = Kept(body, hashlib.sha256(body).hexdigest()[:32])
        with self._lock:
            if key not in self._kept:
                self._size += len(body)
            self._kept[key] = kept
            while self._size > self._largest:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest.body)
        return kept
