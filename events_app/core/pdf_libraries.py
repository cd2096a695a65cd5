"""The system libraries that making a PDF needs, looked for without loading WeasyPrint itself."""

import ctypes
from functools import cache

PACKAGE = "libpangoft2-1.0-0"
"""Debian's package that brings them all."""
_NEEDED = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)


def missing() -> tuple[str, ...]:
    """Those that this machine does not have."""
    return tuple(name for name in _NEEDED if not _is_there(name))


@cache
def pdf_ready() -> bool:
    """Whether PDFs and pictures of kits can be made here; asked once a process."""
    return not missing()


def _is_there(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
