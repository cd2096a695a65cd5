"""Answers that are kept, or that the reader has already."""

from collections.abc import Callable

from flask import Response, current_app, request, session
from flask_wtf.csrf import generate_csrf

from events_app.core import static
from events_app.core.page_cache import PageCache

HTML = "text/html; charset=utf-8"

_OWN = "\0own\0"
"""Stands in a kept page for the reader's own token; nobody can type it."""


def if_fresh(answer: Response) -> Response:
    """An ETag of the answer's bytes, and a 304 where the reader has them already.

    No Last-Modified: what goes away (an event from a feed, words of a venue) has no such moment.
    """
    answer.add_etag()
    answer.headers.setdefault("Cache-Control", "public, no-cache")
    answer.make_conditional(request)
    return answer


def kept(
    made_of: object,
    make: Callable[[], str | bytes],
    *,
    content_type: str = HTML,
) -> Response:
    """The same answer for everyone, made once for what it is made of: see core/page_cache.py.

    `made_of` holds the rows that were read and what the clock decided; the address, and with it the
    language, is added here. Who has a session gets a page of their own: it may greet them.
    """
    if session:
        return if_fresh(Response(make(), content_type=content_type))
    styles = static.address("site.css")
    cache: PageCache = current_app.extensions["page_cache"]
    found = cache.get((request.script_root, request.full_path, styles, made_of), make)
    answer = Response(found.body, content_type=content_type)
    answer.set_etag(found.tag)
    return if_fresh(answer)


def kept_form(made_of: object, make: Callable[[], str]) -> str:
    """A page with an empty form: kept as above, but for the reader's own token (CSRF)."""
    if session:
        return make()
    cache: PageCache = current_app.extensions["page_cache"]
    key = request.script_root, request.full_path, static.address("site.css"), made_of
    found = cache.get(key, lambda: make().replace(generate_csrf(), _OWN))
    return found.body.decode().replace(_OWN, generate_csrf())
