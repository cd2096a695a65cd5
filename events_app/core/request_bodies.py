"""Requests are read whole before anything is done with them.

A thread that waits for the rest of a form can do nothing else, and the server lets it wait as long
as the connection is open. So only some threads may wait, never all, and pages are served meanwhile.
Ending slow requests is the work of the proxy in front (README).
"""

from threading import Semaphore

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable

A_MOMENT = 0.05
"""Seconds to wait for a turn: most bodies are there already."""


def open_bodies(app: Flask) -> None:
    """To be called before anything that looks at what was sent (CSRF)."""
    app.extensions["bodies"] = Semaphore(app.config["WRITERS"])
    app.before_request(_receive)


def _receive() -> None:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return
    turns: Semaphore = current_app.extensions["bodies"]
    if not turns.acquire(timeout=A_MOMENT):
        raise ServiceUnavailable
    try:
        request.get_data()
    finally:
        turns.release()
