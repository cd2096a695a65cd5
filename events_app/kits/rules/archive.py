"""A ZIP that streams: its length is known before the first byte, and nothing is held twice.

Stored, not deflated: pictures and PDFs are compressed already. Written by hand because the
standard library cannot tell the length beforehand, nor write sizes ahead of streamed data.
Source: APPNOTE.TXT 6.3.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from struct import Struct

LOCAL = Struct("<IHHHHHIIIHH")
CENTRAL = Struct("<IHHHHHHIIIHHHHHII")
END = Struct("<IHHHHIIH")
UTF8 = 0x800
NEEDS = 20
UNIX = 0x031E
PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    content: bytes


def length(names_and_sizes: Iterable[tuple[str, int]]) -> int:
    """Bytes of the whole ZIP."""
    rows = [(len(name.encode()), size) for name, size in names_and_sizes]
    return END.size + sum(LOCAL.size + CENTRAL.size + 2 * name + size for name, size in rows)


def stream(parts: Iterable[Part], moment: datetime) -> Iterator[bytes]:
    """The ZIP piece by piece; all files carry one moment, so the same kit is the same ZIP."""
    time, date = _dos(moment)
    directory, at, count = [], 0, 0
    for part in parts:
        name, size, check = part.name.encode(), len(part.content), zlib.crc32(part.content)
        shared = (NEEDS, UTF8, 0, time, date, check, size, size, len(name), 0)
        yield LOCAL.pack(0x04034B50, *shared) + name
        yield part.content
        entry = CENTRAL.pack(0x02014B50, UNIX, *shared, 0, 0, 0, PLAIN_FILE, at)
        directory.append(entry + name)
        at += LOCAL.size + len(name) + size
        count += 1
    whole = b"".join(directory)
    yield whole + END.pack(0x06054B50, 0, 0, count, count, len(whole), at, 0)


def _dos(moment: datetime) -> tuple[int, int]:
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, (moment.year - 1980) << 9 | moment.month << 5 | moment.day
