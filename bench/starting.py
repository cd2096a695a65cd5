"""From the command to the first answer, and what it holds in memory when nobody asks."""

import time

from bench import content, load
from bench.machine import UNITS, machine
from bench.table import Line
from events_app.core.sandbox import IDLE_SECONDS

REST = IDLE_SECONDS + 20
"""Seconds: who drew the kits of the demo has gone home."""


def run(servers):
    lines = []
    with machine(servers) as site:
        lines.append(
            Line("start from nothing: new tables, owner, demo", _started(site), "s", most=5)
        )
        with site.app.app_context():
            content.add_events(20)
        _used(site)
        note = "one process with the jobs inside; it has played the demo and drawn its kits"
        lines.append(Line("memory at rest, first `./run`", site.memory(), "MiB", note=note))
        site.stop()
        lines.append(Line("start from what is there", _started(site), "s", most=5))
        _used(site)
        lines.append(Line("memory at rest, `./run`", site.memory(), "MiB", most=200))
    with machine(servers, **UNITS) as site:
        site.start_all()
        with site.app.app_context():
            content.add_events(20)
        _used(site)
        note = "two units, two web processes and a worker: each unit loads all for itself"
        lines.append(Line("memory at rest, `./run web` and `./run worker`", site.memory(), "MiB",
                          most=320, note=note))  # fmt: skip
    return lines


def _started(site):
    began = time.perf_counter()
    site.start()
    return time.perf_counter() - began


def _used(site):
    """Some pages have been looked at, and a minute's work is done."""
    for path in ("/", "/events/", "/events/demo-1", "/events/demo-1/register", "/events.ics"):
        load.pages(site, path, seconds=1, connections=2)
    time.sleep(REST)
