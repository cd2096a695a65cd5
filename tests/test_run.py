"""The whole thing as a newcomer starts it: real processes, a real port, and nothing left behind."""

import os
import re
import signal
import socket
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from events_app.start import STOP_SECONDS
from tests.conftest import SERVER, created, forget
from tests.machine import PATIENCE, Machine, is_alive, running


@pytest.fixture
def bare(tmp_path):
    """Nothing was ever started there."""
    with database("template1") as url, running(Machine(tmp_path, url)) as made:
        yield made


@pytest.fixture
def machine(tmp_path, migrated_database):
    """Its tables are there: a first start makes them, and takes long."""
    like = make_url(migrated_database).database
    with database(like) as url, running(Machine(tmp_path, url)) as made:
        if not SERVER:
            made.begin_with(like)
        yield made


@contextmanager
def database(like):
    name = f"test_run_{os.getpid()}"
    yield created(name, like) if SERVER else None
    if SERVER:
        forget(name)


def test_the_first_start_seats_the_owner_whose_link_signs_in_once(bare):
    bare.afresh = True
    bare.start("--empty")
    bare.wait_until()
    assert f"http://127.0.0.1:{bare.port}/\n" in bare.said()
    link = re.search(r"olga@example.org in once: +http://127.0.0.1:\d+(/\S+)", bare.said())[1]
    status, page = bare.get(link)
    assert status == 200
    assert "olga@example.org" in page or "Olga" in page
    assert bare.get("/desk/")[0] == 200  # the sign-in page, after a redirect


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.once)]
)
def test_it_stops_whole_and_starts_again_without_harm(machine, number):
    machine.stop(_started(machine), number)
    again = machine.start("--empty")
    machine.wait_until()
    machine.stop(again, number)
    said = machine.said(0) + machine.said(1)
    assert "Traceback" not in said, said


@pytest.mark.once
def test_it_stops_at_once_while_its_processes_are_still_starting(machine):
    machine.afresh = True
    machine.environ["PROCESSES"] = "2"
    web = machine.start("web", "--empty")
    while not children(web):
        time.sleep(0.005)
    began = time.monotonic()
    machine.stop(web)
    assert time.monotonic() - began < STOP_SECONDS + 1


def _started(machine):
    process = machine.start("--empty")
    machine.wait_until()
    return process


@pytest.mark.once
def test_a_folder_may_have_any_name(tmp_path):
    """As when somebody puts all of it into a folder called My projects."""
    folder = tmp_path / "My house #1, 20%20 of é?"
    folder.mkdir()
    with running(Machine(folder, None)) as machine:
        machine.stop(_started(machine))
        instance, copy = folder / "instance", folder / "copy.tar"
        assert {"app.db", "queue.db"} <= {path.name for path in instance.iterdir()}
        for arguments in (["backup", str(copy)], ["restore", str(copy)]):
            process = machine.start(*arguments, module="events_app.backups")
            assert process.wait(PATIENCE) == 0, machine.said(machine.count - 1)
            machine.running.remove(process)
        machine.stop(_started(machine))
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


@pytest.mark.once
def test_a_taken_port_gets_a_sentence(machine):
    with socket.create_server(("127.0.0.1", machine.port)):
        process = machine.start("--empty")
        assert process.wait(PATIENCE) == 1
    assert f"Port {machine.port}" in machine.said()
    assert f"./run --port {machine.port + 1}" in machine.said()
    assert "Traceback" not in machine.said()


@pytest.mark.once
def test_an_address_of_another_machine_is_named(machine):
    assert machine.start("--empty", "--host", "192.0.2.1").wait(PATIENCE) == 1
    assert machine.said() == "Error: HOST: 192.0.2.1 is no address of this machine.\n"


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "nowhere"),
        pytest.param("DATABASE_URL", "sqlite:////no/such/folder/app.db", marks=pytest.mark.long),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        pytest.param("HOST", "300.1.1.1", marks=pytest.mark.long),
    ],
)
def test_a_wrong_setting_gets_a_sentence_that_names_it(machine, name, value):
    machine.environ[name] = value
    assert machine.start("--empty").wait(PATIENCE) == 1
    assert "Traceback" not in machine.said()
    assert (name in machine.said()) or (value in machine.said())
    assert len(machine.said().splitlines()) <= 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_of_another_user_gets_a_sentence(machine):
    lock = machine.folder / "instance" / "running.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.touch(mode=0o000)
    assert machine.start("--empty").wait(PATIENCE) == 1
    assert "Traceback" not in machine.said()
    assert str(lock) in machine.said()


@pytest.mark.once
def test_a_damaged_database_gets_a_sentence(machine):
    machine.stop(_started(machine))
    path = machine.folder / "instance" / "app.db"
    whole = path.read_bytes()
    for number, at in enumerate((0, 4096), 1):
        spoilt = b"damaged " * 4096
        path.write_bytes(whole[:at] + spoilt + whole[at + len(spoilt) :])
        assert machine.start("--empty").wait(PATIENCE) == 1
        said = machine.said(number)
        assert "Traceback" not in said
        assert "DATABASE_URL: the database is damaged" in said
        assert "./run restore" in said


def test_web_and_two_workers_run_apart_by_settings_alone(machine):
    machine.afresh = True
    web = machine.start("web", "--empty")
    machine.wait_until(503)  # nobody looks round yet
    assert "sign-in" not in machine.said()
    workers = [machine.start("worker"), machine.start("worker")]
    machine.wait_until(200)
    machine.wait_to_hear("at work", 1, 2)
    for process in (*workers, web):
        assert machine.stop(process) == 0


@pytest.mark.once
def test_more_processes_are_those_of_the_web_unit(machine):
    machine.environ["PROCESSES"] = "2"
    assert machine.start("--empty").wait(PATIENCE) == 1
    assert "./run web and ./run worker" in machine.said()
    assert len(machine.said().splitlines()) <= 2


@pytest.fixture
def web(machine):
    """The unit of two web processes: their parent."""
    machine.environ["PROCESSES"] = "2"
    parent = machine.start("web", "--empty")
    machine.wait_until(503)  # no worker looks round
    return parent


@pytest.mark.once
def test_none_outlives_the_process_that_began_it(machine, web):
    web.kill()
    web.wait()
    wait_for(lambda: not is_alive(web))
    machine.running.remove(web)
    again = machine.start("web", "--empty")  # the port is free
    machine.wait_until(503)
    machine.stop(again)


@pytest.mark.long
def test_not_even_one_that_waits_for_half_a_request(machine, web):
    with half_a_request(machine):
        web.kill()
        web.wait()
        began = time.monotonic()
        wait_for(lambda: not is_alive(web))
        assert time.monotonic() - began < STOP_SECONDS + 5
    machine.running.remove(web)


@pytest.mark.once
def test_no_process_inherits_an_open_database(machine):
    """SQLite notes in its process what it has locked: who inherits that would take no lock."""
    machine.afresh = True
    machine.environ["PROCESSES"] = "2"
    web = machine.start("web", "--empty")
    machine.wait_until(503)
    assert [path for path in opened(web.pid) if ".db" in path] == []
    assert any(".db" in path for child in children(web) for path in opened(child))
    machine.stop(web)


def opened(pid):
    """What a process has open."""
    found = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(path.readlink()))
    return found


@contextmanager
def half_a_request(machine):
    """From somebody whose line has gone dead."""
    head = "POST /contact HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
    lines = [socket.create_connection(("127.0.0.1", machine.port)) for _ in range(4)]
    for line in lines:
        line.sendall((head + kind).encode())
    time.sleep(2)  # a thread has taken it up
    yield
    for line in lines:
        line.close()


@pytest.mark.once
def test_several_web_processes_answer_together(machine, web):
    assert len(children(web)) == 2
    assert machine.stop(web) == 0


def children(process):
    """By whichever of its threads began them, the oldest first."""
    listed = Path(f"/proc/{process.pid}/task").glob("*/children")
    return sorted(int(pid) for path in listed for pid in path.read_text().split())


def wait_for(is_so):
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)
