"""What `./run` calls: make ready, say where everything is, and serve until told to stop."""

import fcntl
import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from email.utils import parseaddr
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import upgrade
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import OperationalError

from config import ROOT, Settings, SettingsError, from_environment
from events_app import demo
from events_app.accounts import actions, queries
from events_app.app import create_app
from events_app.core import clock, links, queue
from events_app.core.db import db, saving
from events_app.delivery.post.dkim import BadKeyError, Signer

log = logging.getLogger(__name__)
WEB, WORKER = "web", "worker"
STOPS = (signal.SIGINT, signal.SIGTERM)
STOP_SECONDS = queue.STOP_SECONDS + 5
A_BREATH = 1
"""Seconds before a worker that died is begun again."""


@click.command(help="Serve Op de Bühne: all of it, or only the web or the worker process.")
@click.argument("part", required=False, type=click.Choice([WEB, WORKER]))
@click.option("--host", help="Address to listen on (setting HOST).")
@click.option("--port", help="Port to listen on (setting PORT).")
@click.option("--empty", is_flag=True, help="Load no demo content on the first start.")
def main(part: str | None, host: str | None, port: str | None, *, empty: bool) -> None:
    try:
        settings = _settings(part, host, port)
        if part != WORKER:
            _check_port(settings)
        app = create_app(settings)
        if part != WEB:
            _check_key(app)
        with _alone(settings.instance), app.app_context():
            _check_database()
            migrate()
            if part != WORKER:
                welcome(with_demo=not empty, with_link=part is None)
            db.engine.dispose()
    except SettingsError as why:
        raise click.ClickException(str(why)) from why
    if part == WORKER:
        queue.run_apart(app, on_start=lambda: click.echo("The worker is at work; Ctrl-C stops it."))
    else:
        serve(settings, with_jobs=part is None and settings.worker == "inside")


def _settings(part: str | None, host: str | None, port: str | None) -> Settings:
    typed = {"HOST": host, "PORT": port, "WORKER": "apart" if part else None}
    return from_environment(flags={name: value for name, value in typed.items() if value})


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """One process at a time makes ready: web and worker may be started together."""
    with (instance / "start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_port(settings: Settings) -> None:
    try:
        family = socket.AF_INET6 if ":" in settings.listen_on else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.listen_on, settings.port))
    except OSError as why:
        problem = (
            f"Port {settings.port} of {settings.listen_on} cannot be used ({why.strerror}). "
            f"Stop what uses it, or choose another one, such as: ./run --port {settings.port + 1}"
        )
        raise SettingsError(problem) from why


def _check_key(app: Flask) -> None:
    """By who will sign with it; a web process apart does without the library."""
    try:
        Signer.of(app.config)
    except BadKeyError as why:
        raise SettingsError(str(why)) from why


def _check_database() -> None:
    try:
        with db.engine.connect():
            pass
    except OperationalError as why:
        problem = f"DATABASE_URL: the database does not answer ({_first_line(why)})."
        raise SettingsError(problem) from why


def _first_line(why: OperationalError) -> str:
    return str(why.orig).strip().splitlines()[0]


def migrate() -> None:
    """Bring the tables up to date; quick when they are."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current not in {None, *(script.revision for script in scripts.walk_revisions())}:
        problem = f"DATABASE_URL: the database is of a newer version ({current}) than this program."
        raise SettingsError(problem)
    upgrade()


def welcome(*, with_demo: bool, with_link: bool) -> None:
    """On the first start seat the owner and fill the house; on each, say where everything is."""
    now, config = clock.now(), current_app.config
    name, email = parseaddr(config["OWNER_EMAIL"])
    with saving():
        is_first = not queries.members()
        owner = actions.seat_owner(email, name=name or email, now=now)
        if is_first and with_demo:
            demo.load(by=owner, now=now)
    lines = [("Public site", f"{links.base()}/")]
    if with_link and owner.is_active:
        with saving():
            token = actions.link_for_owner(email, now=now)
        lines.append((f"Desk, signs {email} in once", links.to("accounts.link", token=token)))
    lines += demo.addresses()
    width = max(len(label) for label, _ in lines) + 2
    for label, address in lines:
        click.echo(f"{label + ':':<{width}}{address}")


def serve(settings: Settings, *, with_jobs: bool) -> None:
    """The jobs run inside the one web process, or beside several in a process of their own."""
    gc.freeze()  # what is loaded by now is shared with the processes that are begun here
    is_inside = with_jobs and settings.processes == 1
    server = Granian(
        "events_app.start:web",
        address=settings.listen_on,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=settings.threads,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    )
    server.on_startup(_stop_while_starting())
    loader = partial(web, settings, with_jobs=is_inside)
    with _worker_beside(settings) if with_jobs and not is_inside else nullcontext():
        server.serve(target_loader=loader, wrap_loader=False)


@contextmanager
def _worker_beside(settings: Settings) -> Iterator[None]:
    """A worker that shares with this process what is loaded, begun again whenever it dies."""
    changing, is_over = threading.Lock(), threading.Event()

    def watch(working: BaseProcess) -> None:
        while wait([working.sentinel]) and not is_over.wait(A_BREATH):
            with changing:
                if not is_over.is_set():
                    log.error("the worker ended by itself and is begun again")
                    working = _begun(settings)

    try:
        threading.Thread(target=watch, args=(_begun(settings),), daemon=True).start()
        yield
    finally:
        with changing:
            is_over.set()
        for process in multiprocessing.active_children():
            process.terminate()
            process.join(STOP_SECONDS)
            process.kill()


def _begun(settings: Settings) -> BaseProcess:
    process = multiprocessing.Process(target=_work, args=(settings,), name=WORKER)
    process.start()
    return process


def _work(settings: Settings) -> None:
    _end_with_parent()
    queue.run_apart(create_app(settings), on_start=lambda: None)


def _end_with_parent() -> None:
    """Should the process that began this one be killed: an orphan would keep the port."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, daemon=True).start()


def _stop_while_starting() -> Callable[[], object]:
    """A stop is not missed while processes are begun: it waits until the server hears for itself,
    and calls what is given back.

    A web process that has not begun to serve ends at once. Else it inherits handlers that only note
    the signal for a loop of the parent, and is waited for.
    """
    masks = threading.local()

    def before() -> None:
        masks.old = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)

    def born() -> None:
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    os.register_at_fork(
        before=before,
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, masks.old),
        after_in_child=born,
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    return partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, STOPS)


def web(settings: Settings, *, with_jobs: bool) -> Flask:
    """The app of one web process, made there: no connection is shared with another process."""
    _end_with_parent()
    app = create_app(settings)
    if with_jobs:
        jobs = queue.start_inside(app)
        Finalize(None, jobs.stop, kwargs={"graceful": True}, exitpriority=10)
    return app


if __name__ == "__main__":
    main()
