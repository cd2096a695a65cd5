"""PostgreSQL and Redis of our own, as `./test` starts them but with every commit on the disk."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from bench.machine import family, free_port


class Missing(Exception):
    """What is not installed, with the line to type."""


def _postgres_folder():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or not shutil.which("redis-server"):
        problem = "PostgreSQL or Redis is not installed: apt-get install postgresql redis-server"
        raise Missing(problem)
    return found[-1]


def _as_postgres(*words):
    """PostgreSQL refuses to be run by root."""
    return ["runuser", "-u", "postgres", "--", *words] if os.getuid() == 0 else list(words)


class Servers:
    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.port, self.redis_port = free_port(), free_port()
        commands = _postgres_folder()
        data = folder / "pg"
        data.mkdir()
        if os.getuid() == 0:
            folder.chmod(0o711)
            shutil.chown(data, "postgres")
        make = [commands / "initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8"]
        subprocess.run(_as_postgres(*make), check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.running = [
            self._start(*_as_postgres(
                commands / "postgres", "-D", data, "-p", str(self.port), "-k", data,
                "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=128MB",
            )),
            self._start("redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1",
                        "--save", "", "--dir", str(folder)),
        ]  # fmt: skip
        self._wait()

    def _start(self, *words):
        return subprocess.Popen(
            words, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def _connect(self):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="bench", dbname="postgres", autocommit=True
        )

    def _wait(self):
        for _ in range(200):
            with suppress(psycopg.OperationalError):
                self._connect().close()
                return
            time.sleep(0.1)
        raise Missing("PostgreSQL did not start")

    def fresh(self):
        """The settings of an empty database."""
        self.count += 1
        name = f"bench{self.count}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return {
            "DATABASE_URL": f"postgresql://bench@127.0.0.1:{self.port}/{name}",
            "QUEUE_URL": f"redis://127.0.0.1:{self.redis_port}/{self.count % 16}",
        }

    def pids(self):
        return [process.pid for process in self.running]

    def stop(self):
        for process in self.running:
            for pid in family([process.pid])[:2]:  # runuser passes no signal on
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
        for process in self.running:
            process.wait(30)


@contextmanager
def servers():
    folder = Path(tempfile.mkdtemp(prefix="bench-servers-"))
    made = Servers(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
