"""PostgreSQL is there and does not let us: a sentence at the start, and a page while it runs."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from events_app.core.db import db
from tests.conftest import SERVER, _on_server, created, forget
from tests.machine import PATIENCE, Machine, Visitor, free_port, running

pytestmark = pytest.mark.skipif(not SERVER, reason="about PostgreSQL")
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]


@pytest.fixture
def newcomer():
    """A role that owns nothing and may nothing."""
    name = f"newcomer_{os.getpid()}"
    _on_server(f"CREATE ROLE {name} LOGIN")
    yield name
    _on_server(f"DROP ROLE {name}")


@pytest.fixture
def bare():
    name = f"test_bare_{os.getpid()}"
    yield created(name)
    forget(name)


def ends_in_words(machine, *arguments, module="events_app"):
    assert machine.start(*arguments, module=module).wait(PATIENCE) == 1
    said = machine.said(machine.count - 1)
    assert "Traceback" not in said, said
    assert len(said.splitlines()) <= 2, said
    return said


def of(url, role):
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def test_a_role_without_the_right_to_make_tables_is_said_at_the_start(tmp_path, bare, newcomer):
    with running(Machine(tmp_path, of(bare, newcomer))) as machine:
        assert "DATABASE_URL: the database does not do it (permission denied" in ends_in_words(
            machine, "--empty"
        )


@pytest.mark.parametrize(
    ("words", "module"),
    [(["--empty"], "events_app"), (["backup", "{folder}"], "events_app.backups")],
)
def test_tables_of_another_role_are_said(app, machine, newcomer, words, module):
    machine.environ["DATABASE_URL"] = of(machine.environ["DATABASE_URL"], newcomer)
    words = [word.format(folder=machine.folder) for word in words]
    assert "permission denied" in ends_in_words(machine, *words, module=module)


def test_a_database_that_is_not_in_unicode_is_said_at_the_start(tmp_path, bare):
    name = make_url(bare).database
    forget(name)
    _on_server(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with running(Machine(tmp_path, bare)) as machine:
        said = ends_in_words(machine, "--empty")
        assert "DATABASE_URL: the database is in LATIN1" in said
        assert "createdb --encoding=UTF8" in said


@pytest.mark.parametrize("state", ["42501", "25006", "0A000"])
def test_while_it_runs_a_page_says_it(own_app, state):
    """Rights that were taken away, or a copy that has taken the place of the house's database."""
    refuse = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"

    @own_app.get("/refused")
    def refused():
        db.session.execute(text(refuse))

    answer = own_app.test_client().get("/refused?lang=en")
    assert (answer.status_code, "Nothing was stored" in answer.text) == (503, True)
    assert "what you typed" not in answer.text


class Cluster:
    """A PostgreSQL of its own, which can be made a copy that only reads."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"postgresql://tester@127.0.0.1:{self.port}/postgres"
        self.do("initdb", "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")

    def do(self, program, *arguments):
        command = [str(PROGRAMS[0] / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(
            command, check=True, timeout=60, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user="postgres" if os.geteuid() == 0 else None,
        )  # fmt: skip

    def start(self):
        listen = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.do("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", listen, "start")

    def stop(self):
        self.do("pg_ctl", "-w", "-m", "fast", "stop")

    def becomes_a_copy(self):
        self.stop()
        (self.folder / "data" / "standby.signal").touch()
        self.start()


@contextmanager
def cluster():
    folder = Path(tempfile.mkdtemp())  # not below one of root, where postgres cannot come
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Cluster(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.mark.skipif(not PROGRAMS, reason="no PostgreSQL of its own can be had")
def test_a_copy_that_only_reads_is_said_by_pages_health_and_start(tmp_path):
    with cluster() as server, running(Machine(tmp_path, server.url)) as machine:
        machine.environ["QUEUE_URL"] = f"sqlite:///{tmp_path}/queue.db"
        first = machine.start("--empty")
        machine.wait_until()
        server.becomes_a_copy()
        machine.wait_until(200, "/events/")
        machine.wait_until(503)
        assert "only reads, for it is a copy" in machine.get("/health")[1]
        visitor = Visitor(machine.port, 1)
        visitor.get("/partner?lang=en")
        status, _, page = visitor.post("/partner?lang=en", email="p@example.org")
        visitor.close()
        assert (status, "Nothing was stored" in page) == (503, True)
        assert "Traceback" not in machine.said(), machine.said()
        machine.stop(first)
        assert "DATABASE_URL: the database does not do it" in ends_in_words(machine, "--empty")
