import signal
import threading
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from events_app.core import clock
from events_app.core.db import saving
from events_app.delivery import actions
from events_app.delivery.dispatch import MANY, SOON, drain
from events_app.delivery.post.dkim import BadKeyError, Record, Signer, make_key

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
    try:
        left = [drain(streams, seconds=seconds, is_over=told.is_set) for streams in (SOON, MANY)]
    except BadKeyError as why:
        raise click.ClickException(str(why)) from why
    click.echo("There is more to send." if any(left) else "All that was due has been handled.")


@outbox.command("dkim")
def dkim() -> None:
    """Say what to publish in the DNS so that letters are signed; makes a key if there is none."""
    config = current_app.config
    path = Path(config["DKIM_KEY"] or Path(config["INSTANCE"]) / "dkim.pem")
    if not path.exists():
        make_key(path)
        click.echo(f"Made a key that only this user of the machine can read: {path}\n")
    try:
        signer = Signer.of({**config, "DKIM_KEY": str(path)})
    except BadKeyError as why:
        raise click.ClickException(str(why)) from why
    if signer:
        click.echo(_to_publish(signer))
    if not config["DKIM_KEY"]:
        click.echo(f"\nThen set DKIM_KEY={path} and start again: from then on letters are signed.")


def _to_publish(signer: Signer) -> str:
    record = Record.of(signer)
    return (
        f"Publish this TXT record in the DNS of {signer.domain}:\n\n"
        f"name   {record.name}\nvalue  {record.value}\n\n"
        f"The same for a zone file:\n\n{record.line}"
    )
