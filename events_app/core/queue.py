"""Background work through huey. The rows are the truth; a job only says: look now.

A job has a name and ids, never content; it is bounded, safe to run twice, and opens its own
`saving()`. Work that must not be forgotten is found again by a job of `every_minute`.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, PostgresHuey, RedisHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, PendingRollbackError

from events_app.core import clock, db, files, heartbeat, metrics, postgres, sandbox
from events_app.core.components import offered
from events_app.core.silence import Silence

Job = Callable[..., Any]
_jobs: dict[str, Job] = {}
_spare: set[str] = set()
_minutely: list[str] = []
_nightly: list[str] = []
_first: list[str] = []
WORKERS, SPARE_WORKERS = 3, 1
DEAF_SECONDS = 2
"""Longer than a worker waits for a job (1), shorter than people wait for a page."""
REST_SECONDS = 5
_ASKING = ("Error reading", "Error enqueueing", "Unhandled error during execution")
"""How huey's log messages begin when the queue does not answer."""
STOP_SECONDS, LAST_SECONDS = 1, 0.7
"""When the process is told to stop, a running job has STOP_SECONDS to finish. Then drawings are
broken off, and it has LAST_SECONDS more to end. Work that was not finished is found again.
"""


def job(work: Job) -> Job:
    """Name a function for `kick`: its room and its own name, such as `delivery.drain`."""
    _jobs[_name(work)] = work
    return work


def in_spare_time(work: Job) -> Job:
    """A job that nobody waits for, and of which there may be hundreds.

    Such jobs have a queue and a thread of their own, so that they hold up no others.
    """
    _spare.add(_name(work))
    return job(work)


def every_minute(work: Job) -> Job:
    """A job that the clock also calls, once a minute in one process."""
    _minutely.append(_name(work))
    return job(work)


def every_night(work: Callable[[], bool | None]) -> Callable[[], bool | None]:
    """A job that the clock also calls, each day until it has ended without an error.

    It returns True when it did a batch and there is more: it is then called again at once.
    """
    _nightly.append(_name(work))
    return job(work)


def at_start(work: Job) -> Job:
    """A job that each worker also runs when it starts: the last worker may have been killed."""
    _first.append(_name(work))
    return job(work)


def _name(work: Job) -> str:
    return f"{work.__module__.split('.')[1]}.{work.__name__}"


def kick(name: str, *ids: int) -> None:
    """Run the job soon, after this transaction has committed."""
    db.after_commit(lambda: kick_now(name, *ids))


def kick_now(name: str, *ids: int) -> None:
    """The same at once; to be called outside a transaction.

    When the queue does not answer the work comes later, but is not lost: the clock finds the rows.
    """
    queue: Queue = current_app.extensions["queue"]
    queue.attempt(lambda: queue.tell(name, ids))


class _Threads(logging.Filter):
    """Huey's threads would each log several times a second that the queue is away: once will do."""

    def __init__(self, silence: Silence) -> None:
        super().__init__()
        self._silence = silence

    def filter(self, record: logging.LogRecord) -> bool:
        why = record.exc_info and record.exc_info[1]
        if why and record.getMessage().startswith(_ASKING):
            self._silence.begins(why)
            return False
        return True


class Queue:
    """The app's two lines, each a huey with one task that runs any named job."""

    def __init__(self, app: Flask) -> None:
        known = app.config["QUEUE_URL"], app.config["SECRET_KEY"]
        self.huey, self.spare = _made("jobs", *known), _made("spare-jobs", *known)
        self.lines = self.huey, self.spare
        self.crew: Crew | None = None
        self.silence = Silence("the queue", "; the clock finds the work again")
        self._rests_until = 0.0
        self._telling = threading.Lock()
        self._has_tables = False
        self.make_tables()

        def run(name: str, ids: list[int]) -> None:
            with app.app_context(), _disturbed(name), metrics.job(name):
                is_more = _jobs[name](*ids)
                if is_more:
                    kick_now(name, *ids)
                elif name in _nightly:
                    with db.saving():
                        heartbeat.end_night(name, clock.now())
                    db.forget_log()  # most of them wipe something

        def sweep() -> None:
            with app.app_context(), _disturbed("the clock"):
                for name in _due():
                    self.tell(name, ())

        self._run, self._run_spare = (line.task(name="run")(run) for line in self.lines)
        self.sweep = self.huey.periodic_task(crontab(), name="sweep")(sweep)
        """Put all jobs that are due in the queue, unless another worker did so this minute."""

    def attempt(self, telling: Callable[[], object]) -> None:
        """Try once. When the queue does not answer it is not tried again for REST_SECONDS."""
        if not self._telling.acquire(timeout=DEAF_SECONDS):
            return
        try:
            if time.monotonic() >= self._rests_until and self.make_tables():
                telling()
                self.silence.is_over()
        except Exception as why:  # noqa: BLE001 -- each kind of queue has errors of its own
            self._failed(why)
        finally:
            self._telling.release()

    def make_tables(self) -> bool:
        """Make the tables of a queue that is a database; after the first start they are there."""
        if not self._has_tables:
            try:
                for line in self.lines:
                    getattr(line.storage, "initialize_schema", lambda: None)()
                self._has_tables = True
            except Exception as why:  # noqa: BLE001
                self._failed(why)
        return self._has_tables

    def _failed(self, why: Exception) -> None:
        self.silence.begins(why)
        self._rests_until = time.monotonic() + REST_SECONDS

    def waiting(self) -> int | None:
        """How many jobs wait; None when the queue does not answer."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            count = sum(int(line.pending_count()) for line in self.lines)
        except Exception as why:  # noqa: BLE001
            self._failed(why)
            return None
        self.silence.is_over()
        return count

    def tell(self, name: str, ids: Sequence[int]) -> None:
        (self._run_spare if name in _spare else self._run)(name, list(ids))


@contextmanager
def _disturbed(what: str) -> Iterator[None]:
    """Swallow three errors of a job: the database does not answer, the disk is full, or this
    process is told to stop.

    The clock finds the job again.
    """
    try:
        yield
    except sandbox.SandboxClosed:
        return
    except (DatabaseError, PendingRollbackError) as why:
        if isinstance(why, DatabaseError) and not db.is_theirs(why):
            raise
        db.note_trouble(why, what)
    except OSError as why:
        if why.errno not in files.NO_ROOM:
            raise
        files.note_no_room(why)


def _due() -> list[str]:
    """The jobs that are due now; none when another worker took this minute."""
    now = clock.now()
    with db.saving():
        if not heartbeat.take_minute(now):
            return []
        return [*_here(_minutely), *heartbeat.take_night(_here(_nightly), now)]


def _here(names: Sequence[str]) -> list[str]:
    """Those of rooms that this house has."""
    rooms = {"core"} | {component.name for component in offered()}
    return [name for name in names if name.partition(".")[0] in rooms]


def waiting() -> int | None:
    """How many jobs wait; None when the queue does not answer."""
    queue: Queue = current_app.extensions["queue"]
    return queue.waiting()


def trouble(app: Flask) -> str | None:
    """Why the queue does not answer, in its own words; None when it does."""
    queue: Queue = app.extensions["queue"]
    return queue.silence.why


def open_queue(app: Flask) -> None:
    app.extensions["queue"] = Queue(app)


def let_go(app: Flask) -> None:
    """Close the queue's connections before processes are forked; it opens new ones by itself."""
    for line in app.extensions["queue"].lines:
        line.storage.close()


def is_stopping() -> bool:
    """Whether this process has been told to stop: a long job ends at the next good moment."""
    crew = current_app.extensions["queue"].crew
    return crew is not None and crew.is_over.is_set()


class Crew:
    """The threads that do the jobs in this process."""

    def __init__(self, queue: Queue) -> None:
        self.is_over = threading.Event()
        self._consumers = [_hands(queue.huey, WORKERS), _hands(queue.spare, SPARE_WORKERS)]
        for kind in ("Worker", "Scheduler"):
            logging.getLogger(f"huey.consumer.{kind}").addFilter(_Threads(queue.silence))

    def start(self) -> None:
        for consumer in self._consumers:
            consumer.start()

    def stop(self) -> None:
        """The jobs in hand are finished first, if that is soon."""
        self.is_over.set()
        for consumer in self._consumers:
            consumer.stop_flag.set()
        self._wait(STOP_SECONDS)
        sandbox.close_all()
        self._wait(LAST_SECONDS)

    def _wait(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        for consumer in self._consumers:
            for _, thread in consumer.worker_threads:
                thread.join(max(0, ends - time.monotonic()))


def _hands(line: Huey, number: int) -> Consumer:
    made = Consumer(
        line,
        workers=number,
        periodic=True,
        worker_type="thread",
        initial_delay=0.05,
        max_delay=0.5,
        check_worker_health=False,
    )
    made._set_signal_handlers = lambda: None  # huey's own would drop the job in hand  # noqa: SLF001
    return made


def start_inside(app: Flask) -> Crew:
    """Run the jobs in threads of this process: the embedded default. The caller stops them."""
    queue: Queue = app.extensions["queue"]
    queue.crew = Crew(queue)
    queue.crew.start()
    _look_round(app)
    return queue.crew


def run_apart(app: Flask, *, on_start: Callable[[], None]) -> None:
    """Run the jobs in this process until SIGINT or SIGTERM; the job in hand is finished first."""
    is_told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_told.set())
    crew = start_inside(app)
    on_start()
    is_told.wait()
    crew.stop()


def _look_round(app: Flask) -> None:
    queue: Queue = app.extensions["queue"]
    queue.attempt(queue.sweep)
    with app.app_context():
        for name in _here(_first):
            kick_now(name)


class _Swift(SqliteStorage):  # type: ignore[misc] # huey has no types
    """Does not wait for the disk: jobs that are lost when the power fails are found again."""

    def _create_connection(self) -> Any:
        made = super()._create_connection()
        made.execute("PRAGMA synchronous=NORMAL")
        return made


def _made(name: str, url: str, secret: str) -> Huey:
    kind = urlsplit(url).scheme
    signed = SignedSerializer(secret=secret, salt="jobs")  # huey pickles; only we may write
    if kind == "sqlite":
        swift = {"storage_class": _Swift, "filename": make_url(url).database, "cache_mb": 1}
        return Huey(name, results=False, serializer=signed, create_tables=False, **swift)
    if kind.startswith("redis"):
        never = Retry(NoBackoff(), 0)  # the client's own would keep people waiting for a minute
        pool = ConnectionPool.from_url(
            url, retry=never, socket_timeout=DEAF_SECONDS, socket_connect_timeout=DEAF_SECONDS
        )
        return RedisHuey(name, connection_pool=pool, results=False, serializer=signed)
    connect = partial(postgres.connect, url, patience=DEAF_SECONDS)
    return PostgresHuey(
        name, connection=connect, results=False, serializer=signed, create_tables=False
    )
