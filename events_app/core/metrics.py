"""Figures for Prometheus: what was asked of the site, and what the jobs did.

Several processes add to the same figures through files in METRICS_FOLDER (prometheus_client's
multiprocess mode, set up by ./run before Python starts); without it a process counts alone.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, current_app, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_requests = Histogram(
    "buhne_request_seconds", "Time to answer a request", ["method", "page", "status"],
    buckets=_SECONDS,
)  # fmt: skip
_jobs = Histogram(
    "buhne_job_seconds", "Time that a job took", ["job"], buckets=(*_SECONDS, 30, 60, 120)
)
_failed_jobs = Counter("buhne_jobs_failed", "Jobs that ended with an error", ["job"])


def open_metrics(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(answer: Response) -> Response:
    took = time.perf_counter() - g.get("began", time.perf_counter())
    method = request.method if request.endpoint else "other"
    labels = (method, request.endpoint or "none", str(answer.status_code))
    _requests.labels(*labels).observe(took)
    return answer


@contextmanager
def job(name: str) -> Iterator[None]:
    """Count the job that runs inside."""
    with _jobs.labels(name).time(), _failed_jobs.labels(name).count_exceptions():
        yield


def exposed(registry: CollectorRegistry) -> bytes:
    """The figures of all processes, and those of `registry`, in Prometheus' text format."""
    shared = REGISTRY
    if current_app.config["METRICS_FOLDER"]:
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=current_app.config["METRICS_FOLDER"])  # type: ignore[no-untyped-call]
    return generate_latest(shared) + generate_latest(registry)
