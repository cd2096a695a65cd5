"""Figures for Prometheus: what was asked of the site, and what the jobs did.

Each process counts alone. With METRICS_TOKEN set it also writes its figures down, in a small file
of its own in the instance folder, and /metrics adds up all of them. They are plain files: where the
disk is full the figures are old, and nothing else happens.
"""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

SHARED_SECONDS = 5
"""The figures of another process are at most so old."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_own = CollectorRegistry()
_requests = Histogram(
    "buhne_request_seconds", "Time to answer a request", ["method", "page", "status"],
    buckets=_SECONDS, registry=_own,
)  # fmt: skip
_jobs = Histogram(
    "buhne_job_seconds", "Time that a job took", ["job"],
    buckets=(*_SECONDS, 30, 60, 120), registry=_own,
)  # fmt: skip
_failed_jobs = Counter("buhne_jobs_failed", "Jobs that ended with an error", ["job"], registry=_own)
_Figures = dict[str, float]
"""By metric, name and labels of a sample, written in JSON."""


def open_metrics(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_count)
    app.extensions["metrics"] = _Shared(Path(app.config["INSTANCE"]) / "metrics")


def _begin() -> None:
    g.began = time.perf_counter()


def _count(answer: Response) -> Response:
    took = time.perf_counter() - g.get("began", time.perf_counter())
    method = request.method if request.endpoint else "other"
    labels = (method, request.endpoint or "none", str(answer.status_code))
    _requests.labels(*labels).observe(took)
    _share_soon()
    return answer


@contextmanager
def job(name: str) -> Iterator[None]:
    """Count the job that runs inside."""
    try:
        with _jobs.labels(name).time(), _failed_jobs.labels(name).count_exceptions():
            yield
    finally:
        _share_soon()


def exposed(registry: CollectorRegistry) -> bytes:
    """The figures of all processes, and those of `registry`, in Prometheus' text format."""
    shared: _Shared = current_app.extensions["metrics"]
    summed = CollectorRegistry()
    summed.register(_Summed(shared.of_others()))
    return generate_latest(summed) + generate_latest(registry)


def forget_ended(app: Flask) -> None:
    """The files of processes that are no more; a whole start begins to count anew."""
    shared: _Shared = app.extensions["metrics"]
    shared.forget_ended()


def _share_soon() -> None:
    if current_app.config["METRICS_TOKEN"]:
        current_app.extensions["metrics"].write_soon()


class _Shared:
    """The folder with a file of each process: `<machine>-<process>-<random>.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._process = 0
        self._name = ""
        self._is_due = False

    def write_soon(self) -> None:
        with self._lock:
            if self._process != os.getpid():  # begun by one that had counted
                self._process, self._is_due = os.getpid(), False
                self._name = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}.json"
            if self._is_due:
                return
            self._is_due = True
        waiting = threading.Timer(SHARED_SECONDS, self._write)
        waiting.daemon = True
        waiting.start()

    def _write(self) -> None:
        with self._lock:
            self._is_due = False
        draft = self._folder / f"{self._name}.new"
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            try:
                draft.write_text(json.dumps(_figures()))
                draft.replace(self._folder / self._name)
            finally:
                draft.unlink(missing_ok=True)

    def of_others(self) -> Iterator[_Figures]:
        for path in self._folder.glob("*.json"):
            with suppress(OSError, ValueError):  # gone meanwhile, or cut off by a crash
                if path.name != self._name:
                    yield json.loads(path.read_text())

    def forget_ended(self) -> None:
        with suppress(OSError):
            for path in self._folder.iterdir():
                if not _is_running(path.name):
                    path.unlink(missing_ok=True)


def _machine() -> str:
    return socket.gethostname().replace("-", "_")


def _is_running(name: str) -> bool:
    """The process that writes this file. Of those on another machine nothing is known."""
    machine, _, rest = name.partition("-")
    process = rest.partition("-")[0]
    if not process.isdecimal():
        return False
    return machine != _machine() or Path(f"/proc/{process}").exists()


def _figures() -> _Figures:
    return {
        json.dumps([metric.name, sample.name, sample.labels], sort_keys=True): sample.value
        for metric in _own.collect()
        for sample in metric.samples
        if not sample.name.endswith("_created")  # a moment, which cannot be added up
    }


class _Summed(Collector):
    """Our figures with those of other processes added."""

    def __init__(self, others: Iterator[_Figures]) -> None:
        self._others = others

    def collect(self) -> Iterator[Metric]:
        sums = _figures()
        for figures in self._others:
            for key, value in figures.items():
                sums[key] = sums.get(key, 0) + value
        samples = [(*json.loads(key), value) for key, value in sums.items()]
        for known in _own.collect():
            summed = Metric(known.name, known.documentation, known.type)
            for metric, name, labels, value in samples:
                if metric == known.name:
                    summed.add_sample(name, labels, value)
            yield summed
