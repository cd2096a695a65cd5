"""What machines read. Nothing here changes anything, and nothing names a person."""

import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from html import escape

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge

from events_app.api import queries
from events_app.core import clock, components, heartbeat, links, metrics, queue, text, web
from events_app.core.components import PublicPage
from events_app.core.errors import NotFoundError

bp = web.public("api", __name__)

A_PART = 500
"""Pages in one file of the sitemap, each in two languages. The format allows 50,000 addresses; so
many are made in the time of an ordinary page.
"""
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XML_TYPE = "application/xml; charset=utf-8"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_Section = tuple[int, Callable[[int, int], Sequence[PublicPage]]]
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
    seen = heartbeat.last()
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
    """One file; where it would be long, a list of its parts (sitemaps.org, "Sitemap index")."""
    sections = _sections()
    parts = _parts(sections)
    return _listed(parts) if parts > 1 else _part(1, sections)


@bp.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> ResponseReturnValue:
    sections = _sections()
    if not 1 <= number <= _parts(sections):
        raise NotFoundError
    return _part(number, sections)


def _sections() -> list[_Section]:
    """How many pages, and some of them: first those without a row, then the rows of each room."""
    maps = [component.sitemap for component in components.offered()]
    fixed = [PublicPage(page, {}, None) for each in maps for page in each.endpoints]
    rooms = ((each.count(), each.rows) for each in maps)
    return [(len(fixed), lambda first, most: fixed[first : first + most]), *rooms]


def _parts(sections: list[_Section]) -> int:
    return -(-sum(count for count, _pages in sections) // A_PART)


def _listed(parts: int) -> Response:
    def made() -> str:
        lines = (
            f"<sitemap><loc>{escape(links.to('api.sitemap_part', number=number))}</loc></sitemap>\n"
            for number in range(1, parts + 1)
        )
        return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{"".join(lines)}</sitemapindex>\n'

    return web.kept(parts, made, content_type=_XML_TYPE)


def _part(number: int, sections: list[_Section]) -> Response:
    pages = _pages(sections, first=(number - 1) * A_PART)

    def made() -> str:
        entries = "".join(map(_entry, pages))
        return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">\n{entries}</urlset>\n'

    return web.kept(pages, made, content_type=_XML_TYPE)


def _pages(sections: list[_Section], *, first: int) -> list[PublicPage]:
    found: list[PublicPage] = []
    for count, some in sections:
        if first < count and len(found) < A_PART:
            found += some(first, A_PART - len(found))
        first = max(first - count, 0)
    return found


def _entry(page: PublicPage) -> str:
    """A page in Dutch and the same in English, each naming both."""
    addresses = {}
    for code in text.LANGUAGES:
        with text.speaking(code):
            addresses[code] = escape(links.to(page.endpoint, **page.values))
    both = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>'
        for code, address in addresses.items()
    )
    when = page.changed_at
    changed = f"<lastmod>{when:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if when else ""
    return "".join(f"<url><loc>{a}</loc>{changed}{both}</url>\n" for a in addresses.values())
