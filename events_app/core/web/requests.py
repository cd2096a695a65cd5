"""A request from its beginning to its end."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from flask import flash, g, request

from events_app.core import db, files, links
from events_app.core.errors import NotFoundError

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def named(inner: Wsgi, host: str) -> Wsgi:
    """Take our name from the settings.

    A Host header may not even be a name; then no address could be made, not even those on the error
    page.
    """

    def outer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return inner({**environ, "HTTP_HOST": host}, start)

    return outer


def begin() -> None:
    g.mode = None
    if "\0" in request.path or b"%00" in request.query_string:
        raise NotFoundError  # PostgreSQL and the file system cannot even be asked for it
    if request.method not in SAFE:
        mode: AbstractContextManager[None] = db.writing()
        mode.__enter__()
        g.mode = mode


def end(_why: BaseException | None) -> None:
    mode = g.pop("mode", None)
    if mode is not None:
        mode.__exit__(None, None, None)
    files.drop_what_nobody_took()


def can_undo(words: str, action: str, **fields: str | int) -> None:
    """Show a message on the next page, with a button that undoes it by posting `fields` to
    `action`.
    """
    flash({"words": words, "action": action, "fields": fields}, "undo")  # type: ignore[arg-type] # the session keeps JSON


def is_from_here() -> bool:
    """A page of ours sent it, as the browser says itself; no other site can make it say so."""
    sent_by = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    return links.base() == sent_by[0] or sent_by[1] == "same-origin"
