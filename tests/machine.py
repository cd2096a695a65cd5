"""The product in processes of its own, on a free port, and nothing left behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis

from tests.conftest import NUMBER, QUEUE
from tests.loaded import Begun

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60
IDLE = 5
"""Seconds after which a server may have closed a line that nobody used."""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def for_the_load():
    """Seconds that are added to a limit of the product where others keep this machine busy."""
    return max(0, os.getloadavg()[0] / os.cpu_count() - 1) * 0.5


class Machine:
    """A folder and a database of its own, and the processes started on them.

    `afresh`: each start loads all of the code, as one does that people make (see loaded.py).
    """

    def __init__(self, folder, database, *, afresh=False):
        self.folder, self.port, self.count, self.running = folder, free_port(), 0, []
        self.afresh = afresh
        self.environ = {
            "PATH": os.environ["PATH"], "INSTANCE_DIR": str(folder / "instance"),
            "PORT": str(self.port), "OWNER_EMAIL": "Olga <olga@example.org>",
            **({"DATABASE_URL": database} if database else {}),
            **({"QUEUE_URL": f"{QUEUE}/{NUMBER}"} if QUEUE else {}),
        }  # fmt: skip

    def begin_with(self, database):
        """A file with all tables: a first start makes them, and takes long."""
        (self.folder / "instance").mkdir()
        shutil.copy(database, self.folder / "instance" / "app.db")

    def start(self, *arguments, module="events_app", before=()):
        out = self.folder / f"out{self.count}"
        if self.afresh or before:
            process = _afresh(
                [*before, sys.executable, "-m", module, *arguments], self.environ, out
            )
        else:
            process = Begun(module, arguments, self.environ, out, ROOT)
        self.count += 1
        self.running.append(process)
        return process

    def start_two_units(self, *arguments, **more):
        """Two web processes, and a worker beside them; ready when it has looked round."""
        self.environ["PROCESSES"] = "2"
        web = self.start("web", *arguments, **more)
        self.wait_until(503)
        worker = self.start("worker", **more)
        self.wait_until()
        return web, worker

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

    def kill(self, process):
        kill(process)
        self.running.remove(process)


def _afresh(command, environ, out):
    with out.open("w") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=file, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def kill(process):
    """All that it began goes with it, as when the power fails."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while is_alive(process):  # what it began holds port and lock a moment longer
        time.sleep(0.005)


def is_alive(process):
    """Whether any process of the session that it began still runs."""
    return bool(family(process))


def family(process):
    """The command lines of all that runs in its session. Who has ended may stand in the list of
    processes until the machine's first process takes note, seconds later on a busy one; but while
    one of its threads is left it may still hold a port.
    """
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _parent, _group, session = (
                (path / "stat").read_text().rpartition(")")[2].split()[:4]
            )
            is_ended = state in "ZX" and len(list((path / "task").iterdir())) <= 1
            if session == str(process.pid) and not is_ended:
                found.append((path / "cmdline").read_text())
    return found


@contextmanager
def running(machine):
    if QUEUE:  # what another test left there is signed with another key
        with redis.Redis.from_url(f"{QUEUE}/{NUMBER}") as queue:
            queue.flushdb()
    try:
        yield machine
    finally:
        for process in tuple(machine.running):
            machine.kill(process)


class Visitor:
    """A browser at an address of its own: it keeps its cookies and follows nothing."""

    def __init__(self, port, number, patience=PATIENCE):
        source = f"127.0.{1 + number // 250}.{1 + number % 250}"
        self._line = HTTPConnection("127.0.0.1", port, timeout=patience, source_address=(source, 0))
        self._cookies = {}
        self._token = ""
        self._used_at = 0.0

    def get(self, path):
        """Status, headers and text; the page's CSRF token is kept for what is sent next."""
        answer = self._ask("GET", path, None)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer[2])
        self._token = found[1] if found else self._token
        return answer

    def post(self, path, **fields):
        return self._ask("POST", path, urlencode({"csrf_token": self._token, **fields}))

    def _ask(self, method, path, body):
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() > self._used_at + IDLE:
            self._line.close()  # it opens again by itself
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            text = answer.read().decode()
        except BaseException:
            self._line.close()
            raise
        self._used_at = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.headers, text

    def close(self):
        self._line.close()
