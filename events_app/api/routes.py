"""What machines read. Nothing here changes anything, and nothing names a person."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from html import escape
from itertools import chain

from flask import Response, current_app, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge

from events_app.api import queries
from events_app.core import clock, components, links, metrics, pulse, queue, text, web
from events_app.core.components import Sitemap
from events_app.core.errors import NotFoundError

bp = web.public("api", __name__)

MOST = 20_000
"""Addresses of a room in the sitemap, whose format allows 50,000 in all."""
_VALID = timedelta(days=180)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 while database, queue and worker answer; else 503, with the word that is not ok."""
    found = queries.health(clock.now())
    words = {
        "status": "ok" if found.is_well else "not ok",
        "database": _database(found),
        "queue": "ok" if found.queue else "no answer",
        "worker": _worker(found),
    }
    answer = jsonify(words)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if found.is_well else 503


def _database(found: queries.Health) -> str:
    if found.is_copy:
        return "only reads, for it is a copy of another"
    return "ok" if found.database else "no answer"


def _worker(found: queries.Health) -> str:
    if found.is_ahead:
        return "last seen at a time that is still to come: look at the clocks"
    return "ok" if found.worker else "not seen"


@bp.get("/metrics")
def figures() -> ResponseReturnValue:
    """Only with the token of METRICS_TOKEN; without that setting the page is not there."""
    _check_token()
    registry = CollectorRegistry()
    letters = Gauge(
        "buhne_letters", "Letters that have not left yet", ["stream", "state"], registry=registry
    )
    for (stream, state), count in queries.letters_under_way().items():
        letters.labels(stream, state).set(count)
    waiting = queue.waiting()
    if waiting is not None:
        Gauge("buhne_jobs_waiting", "Jobs in the queue", registry=registry).set(waiting)
    seen = pulse.last()
    if seen:
        Gauge(
            "buhne_worker_seen_timestamp_seconds", "When a worker last looked round",
            registry=registry,
        ).set(seen.timestamp())  # fmt: skip
    answer = Response(metrics.exposed(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _check_token() -> None:
    wanted = current_app.config["METRICS_TOKEN"]
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.encode(), (wanted or "").encode())
    if not wanted or scheme.lower() != "bearer" or not is_right:
        raise NotFoundError


@bp.get("/.well-known/security.txt")
def security() -> ResponseReturnValue:
    """Where to tell us of a weak spot (RFC 9116); the same bytes for a month."""
    now = clock.now()
    expires = datetime(now.year, now.month, 1, tzinfo=UTC) + _VALID
    lines = (
        f"Contact: mailto:{parseaddr(current_app.config['MAIL_REPLY_TO'])[1]}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(text.LANGUAGES)}",
        f"Canonical: {links.base()}/.well-known/security.txt",
        f"Policy: {links.to('site.security')}",
    )
    return _lines(lines)


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Personal pages say noindex themselves, which a robot must be able to read."""
    return _lines(
        (
            "User-agent: *",
            "Disallow: /desk/",
            "Disallow: /r/",
            f"Sitemap: {links.base()}/sitemap.xml",
        )
    )


def _lines(lines: tuple[str, ...]) -> Response:
    return web.if_fresh(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@bp.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    maps = [component.sitemap for component in components.offered()]
    answer = Response(stream_with_context(_sitemap(maps)), mimetype="application/xml")
    edition = links.base() + "-".join(each.edition() for each in maps)
    tag = hashlib.sha256(edition.encode()).hexdigest()[:32]
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.automatically_set_content_length = False  # it would collect the stream to count it
    answer.make_conditional(request)
    return answer


def _sitemap(maps: Sequence[Sitemap]) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    for endpoint in chain.from_iterable(each.endpoints for each in maps):
        yield _entry(endpoint, None)
    for page in chain.from_iterable(each.rows(MOST) for each in maps):
        yield _entry(page.endpoint, page.changed_at, **page.values)
    yield "</urlset>\n"


def _entry(endpoint: str, changed_at: datetime | None, **values: str) -> str:
    """A page in Dutch and the same in English, each naming both."""
    addresses = {}
    for code in text.LANGUAGES:
        with text.speaking(code):
            addresses[code] = escape(links.to(endpoint, **values))
    both = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>'
        for code, address in addresses.items()
    )
    changed = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return "".join(f"<url><loc>{a}</loc>{changed}{both}</url>\n" for a in addresses.values())
