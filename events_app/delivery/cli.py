import signal
import threading

import click
from flask.cli import AppGroup

from events_app.core import clock
from events_app.core.db import saving
from events_app.delivery import actions
from events_app.delivery.draining import drain
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY

outbox = AppGroup("outbox", help="Letters on their way out.")


@outbox.command("drain")
@click.option("--seconds", default=3600.0, help="Stop after this long, whatever is left.")
def drain_now(seconds: float) -> None:
    """Send what is due, then end. TERM stops it after the letters in hand."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    with saving():
        actions.sweep(now=clock.now())
    left = [
        drain(streams, seconds=seconds, is_over=told.is_set)
        for streams in (HIGH_PRIORITY, LOW_PRIORITY)
    ]
    click.echo("There is more to send." if any(left) else "All that was due has been handled.")
