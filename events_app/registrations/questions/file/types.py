"""What people may send, and how a file shows that it is that: by how it begins and how it ends.
Nothing else of it is looked at, and nothing of it is ever drawn or opened here.
"""

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
    """Stands near the end of each whole one."""
    holds: bytes = b""
    """Tells those that begin alike apart."""
    near: int = 64 << 10
    """So many bytes are near the end."""

    def begins_like(self, data: bytes) -> bool:
        return data.startswith(self.begins) and self.holds in data

    def is_whole(self, data: bytes) -> bool:
        return self.ends in data[-self.near :]


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
        "JPEG", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff", b"\xff\xd9", near=64
    ),
    "png": FileType("PNG", (".png",), "image/png", b"\x89PNG\r\n\x1a\n", b"IEND", near=64),
}
