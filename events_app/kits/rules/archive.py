"""A ZIP that streams: its length is known before the first byte, and one file is held at a time.

Stored, not deflated: pictures and PDFs are compressed already.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZipFile, ZipInfo

ENTRY, END = 30 + 46, 22
"""Bytes besides name (written twice) and content: local and central header, and the end of the
directory (APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
"""
PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    content: bytes


def length(names_and_sizes: Iterable[tuple[str, int]]) -> int:
    """Bytes of the whole ZIP."""
    return END + sum(ENTRY + 2 * len(name.encode()) + size for name, size in names_and_sizes)


def stream(parts: Iterable[Part], moment: datetime) -> Iterator[bytes]:
    """The ZIP piece by piece; all files carry one moment, so the same kit is the same ZIP."""
    window = _Window()
    with ZipFile(window, "w") as archive:
        for part in parts:
            entry = ZipInfo(part.name, moment.timetuple()[:6])
            entry.external_attr = PLAIN_FILE
            archive.writestr(entry, part.content)
            yield window.taken()
    yield window.taken()


class _Window(io.BytesIO):
    """The end of a file whose beginning has been sent. `ZipFile` goes back for the sizes of one
    entry, never further.
    """

    _sent = 0

    def tell(self) -> int:
        return self._sent + super().tell()

    def seek(self, at: int, whence: int = 0, /) -> int:
        return self._sent + super().seek(at - self._sent, whence)

    def taken(self) -> bytes:
        """What was written since the last time; it is sent now."""
        data = self.getvalue()
        self._sent += len(data)
        super().seek(0)
        self.truncate()
        return data
