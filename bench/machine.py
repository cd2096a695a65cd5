"""The system as it runs for people, on a free port and in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from config import from_environment
from events_app.app import create_app
from events_app.core.db import db

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 90
KEY = "a key for benchmarks only, long enough"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def family(roots):
    """These processes and all that they began."""
    children = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(path.name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, ())
    return found


def cpu_of(pids):
    """Seconds, with those of children that are gone."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def memory_of(pids):
    """PSS in MiB: a page that two share counts half for each."""
    kilobytes = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
    return kilobytes / 1024


class Machine:
    def __init__(self, folder, servers=None, **settings):
        self.folder, self.port, self.servers = folder, free_port(), servers
        self.running = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "INSTANCE_DIR": str(folder / "instance"),
            "PORT": str(self.port),
            "SECRET_KEY": KEY,
            **(servers.fresh() if servers else {}),
            **settings,
        }
        self._app = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def app(self):
        """The same app on the same rows, in this process: to fill it and to count statements."""
        if self._app is None:
            self._app = create_app(from_environment(self.environ), WTF_CSRF_ENABLED=False)
        return self._app

    def make_tables(self):
        self.start("web", "--empty")
        self.stop()

    def start(self, *arguments):
        process = self._begin("events_app", *arguments)
        if arguments[:1] != ("worker",):
            self.wait()
        return process

    def start_all(self):
        """Ready when its pages answer, the jobs with them."""
        if "PROCESSES" in self.environ:
            self.start("web", "--empty")
            self.start("worker")
        else:
            self.start("--empty")

    def start_floor(self, processes):
        url = self.environ.get("DATABASE_URL") or self.folder / "floor.db"
        self._begin("bench.yardstick", str(url), str(self.port), str(processes))
        self.wait()

    def _begin(self, module, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, start_new_session=True,
            stdout=(self.folder / "out").open("a"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.running.append(process)
        return process

    def wait(self, path="/privacy"):
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if any(process.poll() is not None for process in self.running):
                break
            with suppress(OSError):
                urllib.request.urlopen(self.url + path, timeout=5).close()
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "out").read_text()[-2000:])

    def pids(self):
        roots = [process.pid for process in self.running]
        return family(roots + (self.servers.pids() if self.servers else []))

    def own_pids(self):
        return family([process.pid for process in self.running])

    def cpu(self):
        return cpu_of(self.pids())

    def memory(self):
        return memory_of(self.own_pids())

    def said(self):
        return (self.folder / "out").read_text()

    def stop(self):
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def close(self):
        self.stop()
        if self._app is not None:
            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def machine(servers=None, **settings):
    made = Machine(Path(tempfile.mkdtemp(prefix="bench-")), servers, **settings)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def floor(servers=None):
    """bench/yardstick.py with as many processes as `everyday` has for the web."""
    with machine(servers) as made:
        made.start_floor(everyday(servers).get("PROCESSES", "1"))
        yield made


def everyday(servers):
    """As people run it: on SQLite `./run` alone; on PostgreSQL two units, two web processes and a
    worker. A proxy tells browsers apart: many behind one address would be held back.
    """
    return {"PROXIES": "1", **(UNITS if servers else {})}


UNITS = {"PROCESSES": "2"}
"""Of the web, as a unit beside a worker."""
