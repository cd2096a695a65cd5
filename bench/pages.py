"""What readers see: one event, the agenda, the calendar feed, the first view."""

import gzip
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from bench import content, load
from bench.machine import PRODUCTION, ROOT, machine
from bench.statements import of_page
from bench.table import Line
from events_app.core.shelf import Shelf

FEED = 200


def run(servers):
    lines = []
    with yardstick() as made:
        bare = load.pages(made, "/list")
        lines.append(_line("bare Flask, one statement, a template", bare))
    with machine(servers, **PRODUCTION) as site:
        site.make_tables()
        with site.app.app_context():
            content.add_events(FEED)
        site.start("web", "--empty")
        page = "/events/demo-7"
        lines += _page(site, page, bare)
        lines += _agenda(site, "agenda of 200 events", least=800)
        lines += _feed(site)
        lines += _first_view(site, page)
        with site.app.app_context():
            content.add_events(10_000 - FEED, first=FEED + 1)
        lines += _agenda(site, "agenda of 10,000 events", least=800 / 1.5)
        found = load.pages(site, page)
        lines.append(_line("event page among 10,000 events", found, 2500 / 1.5))
    return lines


@contextmanager
def yardstick():
    with machine() as made:
        words = [sys.executable, "-m", "bench.yardstick", made.folder / "list.db", str(made.port)]
        out = (made.folder / "out").open("w")
        made.running.append(
            subprocess.Popen(words, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        )
        made.wait("/privacy")
        yield made


def _line(what, found, least=None):
    note = f"p95 {found.p95:.1f} ms, CPU {found.cpu:.2f} ms" + (
        f", {found.wrong} WRONG" if found.wrong else ""
    )
    return Line(what, found.per_second, "req/s", least=least, note=note)


def _page(site, path, bare):
    found = load.pages(site, path)
    tag = urllib.request.urlopen(site.url + path).headers["ETag"]
    again = load.pages(site, path, headers=[f"If-None-Match: {tag}"])
    english = load.pages(site, f"{path}?lang=en&source=abc", seconds=3)
    return [
        _line("event page", found, 2500),
        Line("event page: p95", found.p95, "ms", most=10),
        Line("event page: CPU", found.cpu, "ms", most=0.7),
        Line("event page: CPU beside bare Flask's", found.cpu / bare.cpu, "times", most=1),
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
        site.app.extensions["shelf"] = Shelf()
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
