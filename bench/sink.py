"""postfix's smtp-sink and smtp-source: a mail server that keeps nothing, and the fastest sender.

Only the two programs are used, taken from Debian's package when postfix is not installed; postfix
itself is never started.
"""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from bench.load import Line
from bench.machine import ROOT, free_port

FOLDER = ROOT / "build" / "postfix"
BACKLOG = "200"


class NoSinkError(Exception):
    pass


def programs():
    """Paths of smtp-sink and smtp-source, and the environment to run them in."""
    for folder in ("/usr/sbin", str(FOLDER / "usr/sbin")):
        if (Path(folder) / "smtp-sink").exists():
            libraries = {"LD_LIBRARY_PATH": str(FOLDER / "usr/lib/postfix")}
            return f"{folder}/smtp-sink", f"{folder}/smtp-source", {**os.environ, **libraries}
    _unpack()
    return programs()


def _unpack():
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoSinkError("smtp-sink was not found: install Debian's package postfix")
    subprocess.run(["apt-get", "download", "-qq", "postfix"], cwd=FOLDER, check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    for package in FOLDER.glob("postfix_*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, FOLDER], check=True)
    if not (FOLDER / "usr/sbin/smtp-sink").exists():
        raise NoSinkError("smtp-sink was not found and Debian's package postfix cannot be had")


@contextmanager
def sink():
    """The port of a running smtp-sink."""
    path, _, environ = programs()
    port = free_port()
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen(
        [path, *user, f"127.0.0.1:{port}", BACKLOG], env=environ, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                Line(f"http://127.0.0.1:{port}").socket.close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def source(port, *, lines, count, size):
    """Letters a second of smtp-source, on lines that stay open."""
    _, path, environ = programs()
    began = time.perf_counter()
    subprocess.run(
        [path, "-d", "-s", str(lines), "-m", str(count), "-l", str(size), f"127.0.0.1:{port}"],
        env=environ, check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    return count / (time.perf_counter() - began)
