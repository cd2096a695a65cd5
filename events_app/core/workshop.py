"""A workshop: heavy or dangerous work in processes of its own, bounded in time and memory.

The face is thin: the workman's module (WeasyPrint, picture decoders) is named, never imported, so
the web process stays small. A workman starts with the first job, is killed when he takes too long,
goes home when idle, and sees neither settings nor secrets. What comes back from him is JSON and
plain bytes, never a pickle: he may have met a hostile file.
"""

import atexit
import contextlib
import json
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

Product = tuple[dict[str, Any], bytes]
"""What a workman makes: facts that fit in JSON, and the bytes."""

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
IDLE_SECONDS = 60
LARGEST = 64 << 20


class WorkshopError(Exception):
    """The job took too long, needed too much memory, or broke its workman."""


class Workshop:
    def __init__(self, module: str, *, size: int, seconds: float) -> None:
        """At most `size` workmen at once, each job at most `seconds`."""
        self._module = module
        self._seconds = seconds
        self._benches: LifoQueue[_Workman | None] = LifoQueue()
        for _ in range(size):
            self._benches.put(None)
        atexit.register(self.close)

    def do(self, job: Any) -> Product:
        try:
            workman = self._benches.get(timeout=self._seconds * 3)
        except Empty as why:
            problem = f"no workman of {self._module} came free"
            raise WorkshopError(problem) from why
        try:
            workman = workman if workman and workman.is_there() else _Workman(self._module)
            return workman.do(job, self._seconds)
        except BaseException:
            if workman:
                workman.dismiss()
            workman = None
            raise
        finally:
            self._benches.put(workman)

    def close(self) -> None:
        """Send the workmen home who have nothing to do."""
        for workman in [self._benches.get() for _ in range(self._benches.qsize())]:
            if workman:
                workman.dismiss()
            self._benches.put(None)

    def process_ids(self) -> list[int]:
        """Of the workmen who have nothing to do now."""
        return [workman.process_id for workman in list(self._benches.queue) if workman]


class _Workman:
    def __init__(self, module: str) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(  # noqa: S603 -- a module of ours, no words of others
                [sys.executable, "-m", module, str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_CACHE_HOME": "/var/tmp"},  # noqa: S108 -- for fontconfig's cache
            )
        self._pipe: Connection[Any, Any] = Connection(here.detach())
        try:
            self._hear(START_SECONDS)
        except BaseException:
            self.dismiss()
            raise

    @property
    def process_id(self) -> int:
        return self._process.pid

    def do(self, job: Any, seconds: float) -> Product:
        try:
            self._pipe.send(job)
        except OSError as why:
            problem = "the workman left before the job"
            raise WorkshopError(problem) from why
        facts = json.loads(self._hear(seconds))
        if "problem" in facts:
            raise WorkshopError(facts["problem"])
        return facts, self._hear(seconds)

    def _hear(self, seconds: float) -> bytes:
        try:
            if not self._pipe.poll(seconds):
                problem = f"not done in {seconds:g} seconds"
                raise WorkshopError(problem)
            return self._pipe.recv_bytes(LARGEST)
        except (EOFError, OSError) as why:
            problem = "the workman broke down"
            raise WorkshopError(problem) from why

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


def serve(work: Callable[[Any], Product], *, megabytes: int) -> None:
    """The workman's day: jobs in, products out, until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
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
