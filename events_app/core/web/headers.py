"""What browsers and caches are told of an answer."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, current_app, g, request, session
from werkzeug.routing import RequestRedirect

from events_app.core import files

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def set_headers(answer: Response) -> Response:
    policy = dict(POLICY)
    policy.update(g.get("policy", {}))
    if current_app.config["SESSION_COOKIE_SECURE"]:
        answer.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    answer.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    answer.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if isinstance(request.routing_exception, RequestRedirect):
        answer.headers["Location"] = _without_host(request.routing_exception.new_url)
    # a file that says how long is kept, by everyone or by the reader's own browser; a page is not
    says_so = answer.cache_control.max_age
    is_own = says_so and answer.cache_control.private
    if (g.get("is_private") and not is_own) or (session and not says_so):
        answer.headers["Cache-Control"] = "no-store"
    if g.get("is_private"):
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _without_host(url: str) -> str:
    """Keep the Host header out of redirects that the router makes by itself."""
    target = urlsplit(url)
    return "/" + target.path.lstrip("/") + (f"?{target.query}" if target.query else "")


def private() -> None:
    """This page is one person's: not to be kept by caches or found by search engines."""
    g.is_private = True


def framed_here(*, is_letter: bool = False) -> None:
    """This answer may be shown in a frame on our own pages (previews).

    A letter carries its own styles, and nothing in it may run; a link may open a window.
    """
    g.policy = {"frame-ancestors": "'self'"}
    if is_letter:
        g.policy |= {
            "style-src": "'unsafe-inline'",
            "script-src": "'none'",
            "form-action": "'none'",
            "sandbox": "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
        }


def sent_file(key: str, about: Mapping[str, Any]) -> Response:
    """What somebody sent, to keep and not to look at here. `about`: its name and its type. The door
    is private, or the desk's. Raises NotFoundError.
    """
    answer = Response(files.sent.read(key), mimetype=about["type"])
    name = about["name"]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    whole = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", filename=plain, **whole)
    g.policy = dict.fromkeys(POLICY, "'none'") | {"sandbox": ""}
    return answer
