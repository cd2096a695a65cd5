"""What `./run backup` and `./run restore` call."""

from events_app.core import loading  # first

# isort: split

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from sqlalchemy.exc import DBAPIError

from config import SettingsError, from_environment
from events_app.backups import making, restoring
from events_app.backups.archive import BackupError
from events_app.core import clock
from events_app.core.db import is_theirs
from events_app.core.occupancy import Occupied

A_PATH = click.Path(path_type=Path)


@click.group()
def main() -> None:
    """Copy the house into one file, and put it back."""


@main.command()
@click.argument("target", type=A_PATH)
def backup(target: Path) -> None:
    """Write a backup to TARGET, a folder or a new .tar file. The house may run meanwhile."""
    with _worded():
        path = making.make(from_environment(), target.absolute(), now=clock.now())
    click.echo(
        f"{path} holds all of the house at this moment: everyone's data, what people gave, and the"
        " secret keys. Only you can read it. Keep it where nobody else comes, for weeks, not years."
    )


@main.command()
@click.argument("file", type=A_PATH)
@click.option(
    "--without-erasures", is_flag=True, help="Also when it is lost who asked to be wiped since."
)
def restore(file: Path, *, without_erasures: bool) -> None:
    """Put the backup FILE back into a house that is stopped. A database there is kept aside."""
    with _worded():
        done = restoring.restore(
            from_environment(), file, now=clock.now(), without_erasures=without_erasures,
            erased_keys=os.environ.get("ERASED_KEYS", "").split(),  # no argument: others see those
        )  # fmt: skip
    click.echo(f"The house is as it was at {done.about.made_at}. What came later is not in it.")
    click.echo(f"Wiped again, because they asked since: {done.erased}.")
    click.echo(
        "Consents withdrawn and objections entered again, because people asked since:"
        f" {done.withdrawn}."
    )
    click.echo(
        "Everybody signs in again (./run prints a link for the owner). E-mails that waited are"
        " uncertain, and invitations and newsletters are paused: see E-mail at the desk."
    )
    click.echo(
        "Colleagues whose access was closed since have it again: look at Colleagues at the desk."
    )
    if done.is_blind:
        click.echo(
            "Who unsubscribed, objected or withdrew a consent since then is written to again: enter"
            " it once more from your mailbox before you let invitations and newsletters go on."
        )
    if done.aside:
        click.echo(f"The old database is {done.aside}. Remove it when you need it no more.")


@contextmanager
def _worded() -> Iterator[None]:
    """What keeps it from being done is said in a sentence."""
    try:
        yield
    except (SettingsError, BackupError, Occupied) as why:
        raise click.ClickException(str(why)) from why
    except DBAPIError as why:
        if not is_theirs(why):
            raise
        problem = f"The database does not do it ({why.orig}). Mend that, and type it again."
        raise click.ClickException(problem) from why
    except (
        sqlite3.OperationalError,
        psycopg.OperationalError,
        psycopg.errors.InsufficientPrivilege,
    ) as why:
        problem = f"The database does not do it ({why}). Mend that, and type it again."
        raise click.ClickException(problem) from why
    except OSError as why:
        where = f" ({why.filename})" if why.filename else ""
        problem = f"It cannot be done: {why.strerror}{where}. Mend that, and type it again."
        raise click.ClickException(problem) from why


if __name__ == "__main__":
    loading.done()
    main(prog_name="./run")
