"""What people may send, and how a file shows that it is that: by how it begins and how it ends.
Nothing else of it is looked at, and nothing of it is ever drawn or opened here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_ZIP, _ZIP_ENDS = b"PK\x03\x04", b"PK\x05\x06"
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileType:
    label: str
    endings: tuple[str, ...]
    """Of its name; the first is the usual one."""
    media_type: str
    begins: bytes
    ends: bytes
    """Stands near the end of each whole one; empty: `is_complete` looks."""
    holds: bytes = b""
    """Tells those that begin alike apart."""
    near: int = 64 << 10
    """So many bytes are near the end."""
    is_complete: Callable[[bytes], bool] = lambda _data: True

    def begins_like(self, data: bytes) -> bool:
        return data.startswith(self.begins) and self.holds in data

    def is_whole(self, data: bytes) -> bool:
        return self.ends in data[-self.near :] and self.is_complete(data)


_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""Of a JPEG; the others are among the data of the picture."""
_JPEG_ENDS = 0xD9


def _is_whole_jpeg(data: bytes) -> bool:
    """From segment to segment, as decoders go, to the mark of the end: cameras write more behind
    it, and the small picture within has such a mark of its own (ITU-T T.81, B.1.1).
    """
    at = 2
    while found := _MARKER.search(data, at):
        at = found.end()
        if found[0][1] == _JPEG_ENDS:
            return True
        at += int.from_bytes(data[at : at + 2])
    return False


TYPES: dict[str, FileType] = {
    "pdf": FileType("PDF", (".pdf",), "application/pdf", b"%PDF-", b"%%EOF", near=2048),
    "docx": FileType(
        "Word (docx)", (".docx",), f"{_OFFICE}.wordprocessingml.document", _ZIP, _ZIP_ENDS, b"word/"
    ),
    "pptx": FileType(
        "PowerPoint (pptx)",
        (".pptx",),
        f"{_OFFICE}.presentationml.presentation",
        _ZIP,
        _ZIP_ENDS,
        b"ppt/",
    ),
    "odt": FileType(
        "LibreOffice (odt)",
        (".odt",),
        "application/vnd.oasis.opendocument.text",
        _ZIP,
        _ZIP_ENDS,
        b"application/vnd.oasis.opendocument.text",
    ),
    "jpeg": FileType(
        "JPEG",
        (".jpg", ".jpeg"),
        "image/jpeg",
        b"\xff\xd8\xff",
        b"",
        is_complete=_is_whole_jpeg,
    ),
    "png": FileType("PNG", (".png",), "image/png", b"\x89PNG\r\n\x1a\n", b"IEND"),
}
