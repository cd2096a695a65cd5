"""The whole thing as a newcomer starts it: real processes, a real port, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import NUMBER, QUEUE, SERVER, created, forget

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Machine:
    """A folder and a database of its own, and the processes started on them."""

    def __init__(self, folder, database):
        self.folder, self.port, self.count, self.running = folder, free_port(), 0, []
        self.environ = {
            "PATH": os.environ["PATH"], "INSTANCE_DIR": str(folder / "instance"),
            "PORT": str(self.port), "OWNER_EMAIL": "Olga <olga@example.org>",
            **({"DATABASE_URL": database} if database else {}),
            **({"QUEUE_URL": f"{QUEUE}/{NUMBER}"} if QUEUE else {}),
        }  # fmt: skip

    def start(self, *arguments):
        with (self.folder / f"out{self.count}").open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "events_app.start", *arguments],
                cwd=ROOT, env=self.environ, stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.count += 1
        self.running.append(process)
        return process

    def said(self, number=0):
        return (self.folder / f"out{number}").read_text()

    def get(self, path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as why:
            return why.code, why.read().decode()

    def wait_until(self, status=200, path="/health"):
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with suppress(OSError):
                if self.get(path)[0] == status:
                    return
            assert all(p.poll() is None for p in self.running), self.said(self.count - 1)
            time.sleep(0.1)
        pytest.fail(f"{path} did not become {status}: {self.said()}")

    def wait_to_hear(self, words, *numbers):
        ends = time.monotonic() + PATIENCE
        while not all(words in self.said(number) for number in numbers):
            assert time.monotonic() < ends, [self.said(number) for number in numbers]
            time.sleep(0.1)

    def stop(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        process.wait(PATIENCE)
        self.running.remove(process)
        assert not is_alive(process), "a process was left behind"
        return process.returncode


def is_alive(process):
    """Whether any process of the session that it began still runs."""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def machine(tmp_path):
    with database() as url:
        made = Machine(tmp_path, url)
        yield made
        for process in made.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def database():
    name = f"test_run_{os.getpid()}"
    yield created(name) if SERVER else None
    if SERVER:
        forget(name)


def test_the_first_start_seats_the_owner_whose_link_signs_in_once(machine):
    machine.start("--empty")
    machine.wait_until()
    assert f"http://127.0.0.1:{machine.port}/\n" in machine.said()
    link = re.search(r"olga@example.org in once: +http://127.0.0.1:\d+(/\S+)", machine.said())[1]
    status, page = machine.get(link)
    assert status == 200
    assert "olga@example.org" in page or "Olga" in page
    assert machine.get("/desk/")[0] == 200  # the sign-in page, after a redirect


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_whole_and_starts_again_without_harm(machine, number):
    machine.stop(_started(machine), number)
    again = machine.start("--empty")
    machine.wait_until()
    machine.stop(again, number)
    assert "Traceback" not in machine.said(0) + machine.said(1)


def _started(machine):
    process = machine.start("--empty")
    machine.wait_until()
    return process


def test_a_taken_port_gets_a_sentence(machine):
    with socket.create_server(("127.0.0.1", machine.port)):
        process = machine.start("--empty")
        assert process.wait(PATIENCE) == 1
    assert f"Port {machine.port}" in machine.said()
    assert f"./run --port {machine.port + 1}" in machine.said()
    assert "Traceback" not in machine.said()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "nowhere"),
        ("DATABASE_URL", "sqlite:////no/such/folder/app.db"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("HOST", "300.1.1.1"),
    ],
)
def test_a_wrong_setting_gets_a_sentence_that_names_it(machine, name, value):
    machine.environ[name] = value
    assert machine.start("--empty").wait(PATIENCE) == 1
    assert "Traceback" not in machine.said()
    assert (name in machine.said()) or (value in machine.said())
    assert len(machine.said().splitlines()) <= 2


def test_web_and_two_workers_run_apart_by_settings_alone(machine):
    web = machine.start("web", "--empty")
    machine.wait_until(503)  # nobody looks round yet
    assert "sign-in" not in machine.said()
    workers = [machine.start("worker"), machine.start("worker")]
    machine.wait_until(200)
    machine.wait_to_hear("at work", 1, 2)
    for process in (*workers, web):
        assert machine.stop(process) == 0


def test_several_web_processes_answer_together(machine):
    machine.environ |= {"PROCESSES": "2"}
    web = machine.start("web", "--empty")
    machine.wait_until(503)
    machine.stop(web)
