"""What readers see: one event, the agenda, the calendar feed, the first view."""

import gzip
import re
import time
import urllib.request

from bench import content, load
from bench.machine import everyday, floor, machine
from bench.statements import of_page
from bench.table import Line
from events_app.core.page_cache import PageCache

FEED = 200
GROWTH = 1.5
"""What a hundred times as much may cost."""


def run(servers):
    page = "/events/demo-7"
    with floor(servers) as bare:
        least = load.pages(bare, page)
    lines = [_line("floor: event page of bare Flask", least)]
    with machine(servers, **everyday(servers)) as site:
        site.make_tables()
        with site.app.app_context():
            content.add_events(FEED)
        site.start_all()
        lines += _page(site, page, least, most=5 if servers else 3)
        lines += _agenda(site, "agenda of 200 events", least=800)
        lines += _feed(site)
        lines += _first_view(site, page)
        with site.app.app_context():
            content.add_events(10_000 - FEED, first=FEED + 1)
        lines += _agenda(site, "agenda of 10,000 events", least=800 / GROWTH)
        found = load.pages(site, page)
        lines.append(_line("event page among 10,000 events", found))
    return lines


def _line(what, found, least=None):
    note = f"p95 {found.p95:.1f} ms, CPU {found.cpu:.2f} ms" + (
        f", {found.wrong} WRONG" if found.wrong else ""
    )
    return Line(what, found.per_second, "req/s", least=least, note=note)


def _page(site, path, bare, *, most):
    found = load.pages(site, path)
    tag = urllib.request.urlopen(site.url + path).headers["ETag"]
    again = load.pages(site, path, headers=[f"If-None-Match: {tag}"])
    english = load.pages(site, f"{path}?lang=en&source=abc", seconds=3)
    return [
        _line("event page", found),
        Line("event page: p95", found.p95, "ms", most=15),
        Line("event page: CPU beside the floor's", found.cpu / bare.cpu, "times", most=most),
        Line("event page: SQL statements", of_page(site.app, path), most=3),
        _line("event page, 304", again),
        _line("event page in English, from a short link", english),
    ]


def _agenda(site, what, *, least):
    statements = of_page(site.app, "/events/")
    found = load.pages(site, "/events/")
    return [_line(what, found, least), Line(f"{what}: SQL statements", statements)]


def _feed(site):
    path = "/events.ics"
    client = site.app.test_client()
    took = []
    for _ in range(5):
        site.app.extensions["page_cache"] = PageCache()
        began = time.process_time()
        client.get(path)
        took.append((time.process_time() - began) * 1000)
    kept = load.pages(site, path)
    tag = urllib.request.urlopen(site.url + path).headers["ETag"]
    again = load.pages(site, path, headers=[f"If-None-Match: {tag}"])
    return [
        Line("ICS of 200 events, cold: CPU", min(took), "ms", most=20, note="best of 5"),
        _line("ICS of 200 events, kept", kept, 1000),
        _line("ICS of 200 events, 304", again, 1000),
    ]


def _first_view(site, path):
    """All that a browser asks for to draw the page, pictures apart, as it travels."""
    page = _travels(site, path)
    links = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page[1].decode()))
    styles = [address for address in links if ".css" in address]
    for address in styles:
        links |= set(
            re.findall(r"url\([\"']?(/assets/[^)\"']+)", _travels(site, address)[1].decode())
        )
    # a browser asks for the other letters and the italics when a page has them
    links = {link for link in links if not re.search("latin-ext|italic", link)}
    for address in [link for link in links if link.endswith(".js")]:
        links |= set(_imports(address, _travels(site, address)[1].decode()))
    total = page[0] + sum(_travels(site, address)[0] for address in links)
    return [
        Line("first view: requests", 1 + len(links), most=6, note="before pictures"),
        Line("first view: compressed", total / 1024, "KiB", most=60,
             note=f"of which the page {page[0] / 1024:.1f} (by the proxy's gzip)"),
    ]  # fmt: skip


def _imports(address, script):
    folder = address.rpartition("/")[0]
    return [f"{folder}/{name}" for name in re.findall(r'from "\./([^"]+)"', script)]


def _travels(site, path):
    request = urllib.request.Request(site.url + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        if answer.headers["Content-Encoding"] == "gzip":
            return len(body), gzip.decompress(body)
        is_text = answer.headers["Content-Type"].startswith("text/")
        return len(gzip.compress(body)) if is_text else len(body), body
