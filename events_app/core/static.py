"""Styles and scripts under an address that changes with their content."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from events_app.core import files
from events_app.core.errors import NotFoundError

STATIC = Path(__file__).resolve().parent.parent / "static"
BUNDLES = {
    "site.css": ("reset", "tokens", "base", "components", "pages"),
    "desk.css": ("reset", "tokens", "base", "components", "pages", "desk"),
}
KINDS = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
    ".woff2": "font/woff2", ".ico": "image/x-icon", ".webp": "image/webp",
}  # fmt: skip
_FILE = re.compile(r'url\("\.\./([^"]+)"\)')
"""In our styles, seen from static/css: url("../fonts/…")."""
TEXTS = (".css", ".js", ".svg")


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    packed: bytes | None
    """The same, compressed, where that helps (not fonts and pictures)."""
    tag: str
    """In its address: the first digits of its SHA-256."""
    address: str
    added_at: int | None
    """Of what the desk added to a bundle; None for a plain file."""


def open_static(app: Flask) -> None:
    app.extensions["assets"] = {}
    app.extensions["added.css"] = Path(app.config["INSTANCE"]) / "added.css"
    app.add_url_rule("/assets/<tag>/<path:name>", "core.asset", _serve)
    app.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """In templates: `asset('site.css')`."""
    return _asset(name).address


def shipped(style: str) -> str:
    """The text of one of our own style files."""
    return (STATIC / "css" / f"{style}.css").read_text(encoding="utf-8")


def add_styles(css: str) -> None:
    """What the desk adds to every bundle (the colours of themes), in place of what it added before.

    A file beside the uploads: every process finds it at its next page without asking the database.
    It is drawn from rows that are stored by now, and drawn again each minute: where the disk is
    full the old styles stay for the time being.
    """
    path = _added()
    if css == (path.read_text(encoding="utf-8") if path.exists() else ""):
        return
    try:
        files.write(path, css.encode())
    except OSError as why:
        if why.errno not in files.NO_ROOM:
            raise
        files.note_no_room(why)


def _serve(tag: str, name: str) -> ResponseReturnValue:
    asset = _asset(name)
    answer = Response(asset.body, mimetype=KINDS[Path(name).suffix])
    if asset.packed is not None:
        answer.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"]:
            answer.set_data(asset.packed)
            answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if asset.tag == tag else "no-cache"
    )
    return answer


def _asset(name: str) -> Asset:
    kept: dict[str, Asset] = current_app.extensions["assets"]
    added_at = _changed(_added()) if name in BUNDLES else None
    known = kept.get(name)
    if known is None or known.added_at != added_at or current_app.debug:
        body = _content(name)
        tag = hashlib.sha256(body).hexdigest()[:12]
        packed = gzip.compress(body, mtime=0) if name.endswith(TEXTS) else None
        address = url_for("core.asset", tag=tag, name=name)
        known = kept[name] = Asset(body, packed, tag, address, added_at)
    return known


def _content(name: str) -> bytes:
    if name in BUNDLES:
        parts = [_FILE.sub(_addressed, shipped(part)).encode() for part in BUNDLES[name]]
        added = _added()
        return b"\n".join([*parts, added.read_bytes()] if added.exists() else parts)
    found = (STATIC / name).resolve()
    # by its one name only: each other way to write it would be kept as a file of its own
    if not found.is_relative_to(STATIC) or found.relative_to(STATIC).as_posix() != name:
        raise NotFoundError
    if found.suffix not in KINDS:
        raise NotFoundError
    try:
        return found.read_bytes()
    except OSError as why:
        raise NotFoundError from why


def _addressed(found: re.Match[str]) -> str:
    """A font as the browser asks for it, under an address that may be kept for good."""
    return f'url("{address(found[1])}")'


def _added() -> Path:
    path: Path = current_app.extensions["added.css"]
    return path


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
