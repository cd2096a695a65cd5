"""A line is a figure beside its aim; the ratio is 1 at the aim and larger where it is better."""

import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Line:
    what: str
    value: float | str
    unit: str = ""
    least: float | None = None
    """The aim, where more is better."""
    most: float | None = None
    """The aim, where less is better."""
    note: str = ""

    @property
    def ratio(self):
        if isinstance(self.value, str) or not self.value:
            return ""
        if self.least is not None:
            return f"{self.value / self.least:.2f}"
        return f"{self.most / self.value:.2f}" if self.most is not None else ""

    @property
    def aim(self):
        if self.least is not None:
            return f"≥ {self.least:,g} {self.unit}"
        return f"≤ {self.most:,g} {self.unit}" if self.most is not None else ""

    def __str__(self):
        value = self.value if isinstance(self.value, str) else f"{shown(self.value)} {self.unit}"
        return f"| {self.what} | {self.aim} | {value} | {self.ratio} | {self.note} |"


def shown(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"


def table(lines):
    head = "| | aim | measured | ratio | |\n|---|---|---|---|---|"
    return "\n".join([head, *map(str, lines)])


def fsync():
    """Milliseconds for 4 KB to be on the disk: what each commit waits for."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def today():
    return datetime.now(UTC).date()


def machine(database):
    load = os.getloadavg()[0]
    return (
        f"{today()}, {os.cpu_count()} cores (load of others at the start {load:.1f}), "
        f"Python {platform.python_version()}, {database}; one fsync of 4 KB {fsync():.2f} ms"
    )


def keep(text):
    """Under today's date; what another run of today said stays above it."""
    path = RESULTS / f"{today()}.md"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    return path
