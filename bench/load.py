"""Load over loopback: wrk where it is installed, or else threads of this process."""

import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8
SCRIPT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %f %d\\n", summary.requests, summary.duration,
    latency:percentile(95), e.connect + e.read + e.write + e.timeout + e.status))
end
"""


@dataclass(frozen=True)
class Figures:
    per_second: float
    p95: float
    """Milliseconds."""
    count: int
    wrong: int
    """Answers of 400 and above, and connections that failed."""
    cpu: float = 0.0
    """Milliseconds of the servers, for one request."""


def generator():
    return "wrk" if shutil.which("wrk") else "threads of Python (wrk is not installed)"


def pages(server, path, *, seconds=6, connections=CONNECTIONS, headers=()):
    """GET one page as often as it goes."""
    _pages(server.url + path, 1, connections, headers)  # warm
    began = server.cpu()
    found = _pages(server.url + path, seconds, connections, headers)
    spent = (server.cpu() - began) / max(found.count, 1) * 1000
    return Figures(found.per_second, found.p95, found.count, found.wrong, spent)


def _pages(url, seconds, connections, headers):
    if shutil.which("wrk"):
        return _wrk(url, seconds, connections, headers)
    return _threads(url, seconds, connections, headers)


def _wrk(url, seconds, connections, headers):
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "figures.lua"
        script.write_text(SCRIPT)
        words = [word for header in headers for word in ("-H", header)]
        out = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), *words, url],
            capture_output=True, text=True, timeout=seconds + 30, check=True,
        ).stdout  # fmt: skip
    count, micros, p95, wrong = map(float, re.search(r"FIGURES (.+)", out)[1].split())
    return Figures(count / micros * 1e6, p95 / 1000, int(count), int(wrong))


def _threads(url, seconds, connections, headers):
    took, wrong = [], []
    ends = time.monotonic() + seconds
    words = "".join(f"{header}\r\n" for header in headers)

    def run():
        line = Line(url)
        while time.monotonic() < ends:
            began = time.perf_counter()
            if line.ask("GET", line.path, words).status >= 400:
                wrong.append(1)
            took.append(time.perf_counter() - began)

    together(run, connections)
    took.sort()
    return Figures(len(took) / seconds, took[len(took) * 95 // 100] * 1000, len(took), len(wrong))


def together(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: str
    body: bytes

    def header(self, name):
        found = re.search(rf"^{name}: *(.*?)\r?$", self.headers, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


class Line:
    """One connection, kept open; far cheaper than http.client."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.host = parts.netloc
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, method, path, headers="", body=b""):
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n{headers}{length}\r\n"
        self.socket.sendall(head.encode() + body)
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head.decode(), b"")
        length = int(answer.header("content-length") or 0) if answer.status not in (204, 304) else 0
        while len(self.rest) < length:
            self._more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return Answer(answer.status, answer.headers, body)

    def close(self):
        self.socket.close()

    def _more(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError
        self.rest += got
