"""What `./run` calls: make ready, say where everything is, and serve until told to stop."""

import errno
import fcntl
import gc
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import IO, Any

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import upgrade
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import DatabaseError, OperationalError

from config import ROOT, Settings, SettingsError, from_environment
from events_app import demo
from events_app.accounts import actions, queries
from events_app.app import create_app
from events_app.core import clock, links, metrics, occupancy, queue
from events_app.core.components import offered
from events_app.core.db import db, encoding, is_damaged, is_theirs, saving
from events_app.core.files import NO_ROOM
from events_app.core.occupancy import Occupied
from events_app.core.processes import at_stop, end_with_parent

WEB, WORKER = "web", "worker"
_used: list[IO[str]] = []
"""Held until this process and its children end: meanwhile no backup is put back into the folder."""
_jobs: list[queue.Crew] = []
"""What a web process does beside its pages."""
STOP_SECONDS = 2
"""Longer than the jobs take to stop. Who has not ended by then is ended."""


@click.command(
    help="Serve Op de Bühne: all of it, or only the web or the worker process.",
    epilog="./run backup TARGET and ./run restore FILE copy the house and put it back.",
)
@click.argument("part", required=False, type=click.Choice([WEB, WORKER]))
@click.option("--host", help="Address to listen on (setting HOST).")
@click.option("--port", help="Port to listen on (setting PORT).")
@click.option("--empty", is_flag=True, help="Load no demo content on the first start.")
def main(part: str | None, host: str | None, port: str | None, *, empty: bool) -> None:
    with _worded():
        settings = _settings(host, port)
        _check_processes(settings, part)
        _used.append(occupancy.enter(settings.instance))
        app = _made_ready(settings, part, with_demo=not empty)
    if part == WORKER:
        queue.run_apart(app, on_start=lambda: click.echo("The worker is at work; Ctrl-C stops it."))
    else:
        serve(settings, with_jobs=part is None)


@contextmanager
def _worded() -> Iterator[None]:
    """What keeps the start from going on is said in a sentence."""
    try:
        yield
    except (SettingsError, Occupied) as why:
        raise click.ClickException(str(why)) from why
    except (DatabaseError, OSError) as why:
        problem = _in_words(why)
        if not problem:
            raise
        raise click.ClickException(problem) from why


def _in_words(why: DatabaseError | OSError) -> str:
    """Empty: a mistake of ours."""
    if isinstance(why, DatabaseError):
        if is_damaged(why):
            return (
                f"DATABASE_URL: the database is damaged ({_first_line(why)})."
                " Put a backup back: ./run restore FILE"
            )
        problem = f"DATABASE_URL: the database does not do it ({_first_line(why)})."
        return problem if is_theirs(why) else ""
    if why.errno in NO_ROOM:
        return f"INSTANCE_DIR: there is no room on the disk ({why.strerror})."
    if isinstance(why, PermissionError):
        return (
            f"{why.filename} is of another user ({why.strerror})."
            f" Give it to the user of the house: chown -R USER {why.filename}"
        )
    return ""


def _made_ready(settings: Settings, part: str | None, *, with_demo: bool) -> Flask:
    if part != WORKER:
        _check_port(settings)
    app = create_app(settings)
    with _alone(settings.instance), app.app_context():
        _check_database()
        _check_queue(app)
        metrics.forget_ended(app)
        migrate()
        if part != WORKER:
            welcome(with_demo=with_demo, with_link=part is None)
        let_go(app)
    return app


def let_go(app: Flask) -> None:
    """Of all files and lines, before other processes are begun. SQLite notes in its process what it
    has locked: a child that inherits an open database believes to hold those locks, and takes none.
    """
    db.session.remove()
    db.engine.dispose()
    queue.let_go(app)


def _settings(host: str | None, port: str | None) -> Settings:
    typed = {"HOST": host, "PORT": port}
    return from_environment(flags={name: value for name, value in typed.items() if value})


def _check_processes(settings: Settings, part: str | None) -> None:
    if part is None and settings.processes > 1:
        problem = (
            f"PROCESSES is {settings.processes}, but ./run is one process. Start ./run web and "
            "./run worker, each by itself (README, In production), or remove PROCESSES."
        )
        raise SettingsError(problem)


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
        if why.errno == errno.EADDRNOTAVAIL:
            problem = f"HOST: {settings.listen_on} is no address of this machine."
            raise SettingsError(problem) from why
        problem = (
            f"Port {settings.port} of {settings.listen_on} cannot be used ({why.strerror}). "
            f"Stop what uses it, or choose another one, such as: ./run --port {settings.port + 1}"
        )
        raise SettingsError(problem) from why


def _check_database() -> None:
    try:
        found = encoding()
    except OperationalError as why:
        problem = f"DATABASE_URL: the database does not answer ({_first_line(why)})."
        raise SettingsError(problem) from why
    if found != "UTF8":
        problem = (
            f"DATABASE_URL: the database is in {found}, which has no letters for many names."
            " Make one in UTF-8: createdb --encoding=UTF8 --template=template0 NAME"
        )
        raise SettingsError(problem)


def _check_queue(app: Flask) -> None:
    """A queue in a database. Without Redis the house serves, and the clock finds the work."""
    why = queue.trouble(app)
    if why and not app.config["QUEUE_URL"].startswith("redis"):
        problem = f"QUEUE_URL: the queue does not answer ({why})."
        raise SettingsError(problem)


def _first_line(why: DatabaseError) -> str:
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
    lines = [("Public site", f"{links.base()}/")]
    is_first = not queries.members()
    db.session.rollback()
    try:
        lines += _seated(is_first=is_first, with_demo=with_demo, with_link=with_link)
    except OperationalError as why:
        if is_first:
            raise
        click.echo(f"Nothing can be stored now, so only reading works ({_first_line(why)}).")
    lines += demo.addresses(offered())
    width = max(len(label) for label, _ in lines) + 2
    for label, address in lines:
        click.echo(f"{label + ':':<{width}}{address}")


def _seated(*, is_first: bool, with_demo: bool, with_link: bool) -> list[tuple[str, str]]:
    now = clock.now()
    name, email = parseaddr(current_app.config["OWNER_EMAIL"])
    with saving():
        owner = actions.seat_owner(email, name=name or email, now=now)
        if is_first and with_demo:
            demo.load(offered(), by=owner, now=now)
    if not with_link or not owner.is_active:
        return []
    with saving():
        token = actions.link_for_owner(email, now=now)
    return [(f"Desk, signs {email} in once", links.to("accounts.link", token=token))]


def serve(settings: Settings, *, with_jobs: bool) -> None:
    """The pages, and for who wants all in one process the jobs inside it."""
    gc.freeze()  # what is loaded by now is shared with the processes that are begun here
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
    server.serve(
        spawn_target=partial(_until_the_jobs_have_stopped, server._spawn_wsgi_worker),  # noqa: SLF001
        target_loader=partial(web, settings, with_jobs=with_jobs),
        wrap_loader=False,
    )


def _until_the_jobs_have_stopped(serve_requests: Callable[..., None], *given: Any) -> None:
    """Before the interpreter ends: from then on Python 3.12 and later begin no thread any more, and
    a job in hand that asks for one would fail.
    """
    try:
        serve_requests(*given)
    finally:
        while _jobs:
            _jobs.pop().stop()


def web(settings: Settings, *, with_jobs: bool) -> Flask:
    """The app of one web process, made there: no connection is shared with another process."""
    end_with_parent(patience=STOP_SECONDS)
    app = create_app(settings)
    gc.freeze()  # nor is this looked through again while people wait
    if with_jobs:
        jobs = queue.start_inside(app)
        at_stop(jobs.stop)
        _jobs.append(jobs)
    return app
