"""The product's processes, begun by one that has loaded its code: that is most of a start, and most
tests are about what comes after it. What is about a start from nothing, in test_run and
test_stopping, starts so.
"""

import atexit
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from functools import cache


class Begun:
    """As subprocess.Popen gives it: the first of a session of its own, its words in a file."""

    def __init__(self, module, arguments, environ, out, folder):
        self._parent = _parent(str(folder))
        self.out = out
        self.pid = _ask(self._parent, [module, arguments, environ, str(out)])
        self.returncode = None
        self._end = os.pidfd_open(self.pid)

    def poll(self):
        if self.returncode is None and self._has_ended(0):
            self.returncode = _ask(self._parent, self.pid)
            os.close(self._end)
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None and not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self.poll()

    def _has_ended(self, timeout):
        return bool(select.select([self._end], [], [], timeout)[0])

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


@cache
def _parent(folder):
    """One for each process of the tests; it ends with the pipe to it."""
    known = {name: os.environ[name] for name in ("PATH", "TEST_FOLDER") if name in os.environ}
    made = subprocess.Popen(
        [sys.executable, "-m", "tests.loaded"], cwd=folder, env=known,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
    atexit.register(made.communicate)
    return made


def _ask(parent, what):
    parent.stdin.write(json.dumps(what) + "\n")
    return json.loads(parent.stdout.readline())


def _listen():
    """Gives what is to be done in the process that was begun; none, when there is no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            answer = os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1])
        elif not (answer := _begin(*asked)):
            return asked
        print(answer, flush=True)
    return None


def _begin(_module, _arguments, environ, out):
    """Its number, here; there none."""
    told, tell = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell)
        os.read(told, 1)  # until its session is its own: a signal to it reaches all of it
        os.close(told)
        return pid
    os.setsid()
    for end, at in (
        (os.open(os.devnull, os.O_RDONLY), 0),
        (os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1),
    ):
        os.dup2(end, at)
        os.close(end)
    os.dup2(1, 2)
    os.close(told)
    os.environ.clear()
    os.environ.update(environ)
    os.close(tell)
    return None


if __name__ == "__main__":
    from flask import Flask
    from jinja2 import FileSystemBytecodeCache

    from events_app import start  # noqa: F401 -- what most of them load
    from events_app.backups import making, restoring  # noqa: F401

    if shared := os.environ.get("TEST_FOLDER"):  # no process compiles what another one has
        Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(shared)}
    if todo := _listen():
        module, arguments, *_ = todo
        sys.argv[1:] = arguments
        runpy.run_module(module, run_name="__main__", alter_sys=True)
