"""Heavy or dangerous work in processes of its own, bounded in time and memory.

The module of such a worker (WeasyPrint, picture decoders) is named and never imported, so the web
process stays small. A worker starts with the first job, is killed when it takes too long, ends
when idle, and sees neither settings nor secrets. It answers in JSON and plain bytes, never a
pickle, because it may have read a hostile file.
"""

import atexit
import contextlib
import gc
import json
import os
import resource
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from events_app.core import pdf_libraries

Product = tuple[dict[str, Any], bytes]
"""What a worker makes: facts that fit in JSON, and the bytes."""

ROOT = Path(__file__).resolve().parent.parent.parent
STOPS = (signal.SIGINT, signal.SIGTERM)
START_SECONDS = 60
IDLE_SECONDS = 60
LARGEST = 64 << 20


class SandboxError(Exception):
    """The job took too long, needed too much memory, or broke its worker."""


class LibrariesMissingError(SandboxError):
    """This machine lacks the system libraries of WeasyPrint; the start says what to install."""


class SandboxClosed(Exception):
    """This process is told to stop. Not an error of the job: it is done again later."""


_open: list["Sandbox"] = []


def close_all() -> None:
    """End all workers, also in the middle of a job: whoever waits for one gets SandboxClosed."""
    for sandbox in _open:
        sandbox.close()


class Sandbox:
    def __init__(self, module: str, *, size: int, seconds: float) -> None:
        """At most `size` workers at once, each job at most `seconds`."""
        self._module = module
        self._seconds = seconds
        self._benches: LifoQueue[_Workman | None] = LifoQueue()
        for _ in range(size):
            self._benches.put(None)
        self._workmen: set[_Workman] = set()
        self._is_closed = False
        _open.append(self)

    def do(self, job: Any) -> Product:
        if not pdf_libraries.pdf_ready():
            problem = f"{pdf_libraries.PACKAGE} is not installed"
            raise LibrariesMissingError(problem)
        try:
            worker = self._benches.get(timeout=self._seconds * 3)
        except Empty as why:
            problem = f"no worker of {self._module} came free"
            raise SandboxError(problem) from why
        try:
            worker = worker if worker and worker.is_there() else self._begun()
            return worker.do(job, self._seconds)
        except BaseException as why:
            if worker:
                self._dismiss(worker)
            worker = None
            if self._is_closed:
                raise SandboxClosed from why
            raise
        finally:
            self._benches.put(worker)

    def _begun(self) -> "_Workman":
        if self._is_closed:
            raise SandboxClosed
        worker = _Workman(self._module)
        self._workmen.add(worker)
        if self._is_closed:  # meanwhile, and perhaps without a look at him
            self._dismiss(worker)
            raise SandboxClosed
        worker.wait_until_ready()
        return worker

    def _dismiss(self, worker: "_Workman") -> None:
        worker.dismiss()
        self._workmen.discard(worker)

    def close(self) -> None:
        self._is_closed = True
        for worker in tuple(self._workmen):
            worker.end()

    def process_ids(self) -> list[int]:
        """Of the workers who have nothing to do now."""
        return [worker.process_id for worker in list(self._benches.queue) if worker]


class _Workman:
    def __init__(self, module: str) -> None:
        here, there = socket.socketpair()
        with there, _unheard_stops():
            self._process = subprocess.Popen(  # noqa: S603 -- a module of ours, no words of others
                [sys.executable, "-m", __name__, str(there.fileno()), module],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_CACHE_HOME": "/var/tmp"},  # noqa: S108 -- for fontconfig's cache
            )
        self._pipe: Connection[Any, Any] = Connection(here.detach())

    def wait_until_ready(self) -> None:
        self._hear(START_SECONDS)

    @property
    def process_id(self) -> int:
        return self._process.pid

    def do(self, job: Any, seconds: float) -> Product:
        try:
            self._pipe.send(job)
        except OSError as why:
            problem = "the worker left before the job"
            raise SandboxError(problem) from why
        facts = json.loads(self._hear(seconds))
        if "problem" in facts:
            raise SandboxError(facts["problem"])
        return facts, self._hear(seconds)

    def _hear(self, seconds: float) -> bytes:
        try:
            if not self._pipe.poll(seconds):
                problem = f"not done in {seconds:g} seconds"
                raise SandboxError(problem)
            return self._pipe.recv_bytes(LARGEST)
        except (EOFError, OSError) as why:
            problem = "the worker broke down"
            raise SandboxError(problem) from why

    def is_there(self) -> bool:
        """Not gone home, and with nothing left to say."""
        if self._process.poll() is None and not self._pipe.poll():
            return True
        self.dismiss()
        return False

    def dismiss(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End this worker from another thread; the thread that waits for it then hears that it has
        gone.
        """
        self._process.kill()


@contextmanager
def _unheard_stops() -> Iterator[None]:
    """Block Ctrl-C and TERM while a worker starts: they may reach all processes of a family.

    The worker leaves them to the process that began it. Otherwise it would end in the middle of a
    job, with a traceback.
    """
    old = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _follow(number: int) -> None:
    """End at once when the parent has gone, even in the middle of a job."""
    looking = select.poll()
    looking.register(number, select.POLLRDHUP)
    looking.poll()
    os._exit(0)


def serve(work: Callable[[Any], Product], *, megabytes: int) -> None:
    """The loop of a worker: jobs in, products out, until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    gc.freeze()
    gc.enable()
    pipe: Connection[Any, Any] = Connection(int(sys.argv[1]))
    with contextlib.suppress(EOFError, OSError):
        pipe.send_bytes(b"ready")
        while pipe.poll(IDLE_SECONDS):
            facts, content = _made(work, pipe.recv())
            pipe.send_bytes(json.dumps(facts).encode())
            if "problem" not in facts:
                pipe.send_bytes(content)


def _made(work: Callable[[Any], Product], job: Any) -> Product:
    try:
        return work(job)
    except Exception as why:  # noqa: BLE001 -- whatever went wrong belongs to the one who asked
        return {"problem": f"{type(why).__name__}: {why}"}, b""


atexit.register(close_all)

if __name__ == "__main__":
    gc.disable()  # `serve` goes on with it, when all is loaded
    threading.Thread(target=_follow, args=(int(sys.argv[1]),), daemon=True).start()
    runpy.run_module(sys.argv[2], run_name="__main__")
