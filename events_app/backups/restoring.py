"""Put a backup back. What was there stays aside, and all that can refuse refuses first.

SQLite: the database is made ready beside the old one and takes its place in one step. PostgreSQL:
all of it goes into an empty database in one transaction; until it is made ready, a mark keeps
the house from starting on it.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory

from config import ROOT, Settings, sqlite_url
from events_app import start
from events_app.accounts import actions as accounts
from events_app.app import create_app
from events_app.backups import archive, databases
from events_app.backups.archive import (
    DATABASE,
    FOLDERS,
    NOT_WHO_LEFT,
    SECRET,
    UPDATE,
    About,
    BackupError,
)
from events_app.backups.databases import SQLITE
from events_app.core import components, erasures, occupancy, tokens
from events_app.core.db import saving
from events_app.core.erasures import Asked, Line, LineKind
from events_app.core.occupancy import STAGE, UNFINISHED
from events_app.delivery import actions as delivery
from events_app.privacy import actions as privacy


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    about: About
    erased: int
    """People and guests wiped again."""
    withdrawn: int
    """Consents withdrawn again, and objections."""
    is_blind: bool
    """It is not known who unsubscribed, objected or withdrew a consent since."""
    aside: Path | None = None
    """The database that was there."""


def restore(
    settings: Settings,
    file: Path,
    *,
    now: datetime,
    without_erasures: bool,
    erased_keys: Sequence[str] = (),
) -> Done:
    """`erased_keys`: secret keys in use when somebody asked to be wiped, if not that of the backup.

    Raises BackupError, Occupied; then all is as it was. Raises OSError, also at its last steps;
    then it can be done again.
    """
    with occupancy.alone(settings.instance):
        is_sqlite = databases.kind(settings.database_url) == SQLITE
        stage = (
            databases.sqlite_path(settings.database_url).parent if is_sqlite else settings.instance
        ) / STAGE
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(mode=0o700)
        try:
            about = archive.unpack(file, stage)
            secret = _checked(settings, file, about, stage)
            lines = _asked_since(settings.instance, about, without_erasures=without_erasures)
            keys = secret, *erased_keys
            asked = _readable(lines, keys, without_erasures=without_erasures)
            if without_erasures or about.format == NOT_WHO_LEFT:
                asked = replace(asked, is_blind=True)
            put = _into_sqlite if is_sqlite else _into_postgres
            return put(replace(settings, secret_key=secret), about, stage, asked, now)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _checked(settings: Settings, file: Path, about: About, stage: Path) -> str:
    """The secret key of the backup, when it fits in here."""
    here, secret = databases.kind(settings.database_url), (stage / SECRET).read_text()
    known = {
        script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()
    }
    if about.database != here:
        problem = f"This backup holds {about.database}, and DATABASE_URL names {here}."
        raise BackupError(problem)
    if about.revision not in known:
        raise archive.newer(file, f" ({about.revision})")
    is_its_own = about.key == tokens.key_mark(secret)
    if not is_its_own or not databases.looks_like(about.database, stage / DATABASE):
        problem = "This backup is damaged: it contradicts itself. Take another one."
        raise BackupError(problem)
    if secret != settings.secret_key and _is_lived_in(settings):
        problem = (
            "This backup is of another house: its secret key is not the one of this house."
            " Restore it into an empty INSTANCE_DIR, without SECRET_KEY or with that of its house."
        )
        raise BackupError(problem)
    return secret


def _is_lived_in(settings: Settings) -> bool:
    """Whether the key of this house is in use, or was given as a setting."""
    is_given = not _is_kept_key(settings)
    if databases.kind(settings.database_url) == SQLITE:
        return is_given or databases.sqlite_path(settings.database_url).exists()
    return is_given or any(
        path for folder in FOLDERS for path in (settings.instance / folder).glob("??/*")
    )


def _is_kept_key(settings: Settings) -> bool:
    kept = settings.instance / SECRET
    return kept.exists() and kept.read_text().strip() == settings.secret_key


def _asked_since(instance: Path, about: About, *, without_erasures: bool) -> set[Line]:
    """Who was wiped after this backup was made. The list must go on from this very backup."""
    try:
        lines = list(erasures.lines(instance))
    except erasures.Newer as why:
        problem = (
            f"The list in {instance / erasures.FOLDER} was written by a newer version of this"
            f" program. {UPDATE}"
        )
        raise BackupError(problem) from why
    except erasures.Damaged as why:
        if without_erasures:
            return set()
        problem = (
            f"The list of who asked to be wiped cannot be read: {why}. Put a whole copy of the"
            f" folder “{erasures.FOLDER}” there, and try again. If there is none,"
            " --without-erasures restores all the same; then wipe by hand who asked since."
        )
        raise BackupError(problem) from why
    found = erasures.since(about.id, datetime.fromisoformat(about.made_at), lines)
    if found is None:
        if without_erasures:
            return set()
        problem = (
            f"Who asked to be wiped since this backup was made ({about.made_at}) is not known here:"
            f" the list in {instance / erasures.FOLDER} does not name this backup. Put the folder"
            f" “{erasures.FOLDER}” of the house that made it there, and try again. If it is lost,"
            " --without-erasures restores all the same; then wipe by hand who asked since."
        )
        raise BackupError(problem)
    return found


def _readable(lines: set[Line], keys: tuple[str, ...], *, without_erasures: bool) -> Asked:
    """Whom these lines mean, which only the key that they were made with can tell."""
    known = {"", *map(tokens.key_mark, keys)}
    locked = {
        line.at  # a guest has two lines
        for line in lines
        if line.key not in known and line.kind is not LineKind.OBJECTED
    }
    if locked and not without_erasures:
        problem = (
            f"Some requests ({len(locked)}), to be wiped or written to no more, were written down"
            " while another secret key was in use than that of this backup, and only with it can"
            " they be read. Give that SECRET_KEY as ERASED_KEYS, several with a space between, and"
            " try again. If it is lost, --without-erasures restores all the same; then wipe by hand"
            " who asked since."
        )
        raise BackupError(problem)
    marks = {(line.kind, line.mark): line.at for line in sorted(lines, key=lambda one: one.at)}
    return Asked(marks, keys)


def _into_sqlite(
    settings: Settings, about: About, stage: Path, asked: Asked, now: datetime
) -> Done:
    new, target = stage / DATABASE, databases.sqlite_path(settings.database_url)
    with closing(sqlite3.connect(new)) as connection:
        databases.check_sqlite(connection)
    done = _made_ready(settings, about, stage, sqlite_url(new), asked, now)
    with closing(sqlite3.connect(new)) as connection:
        connection.execute(
            "PRAGMA journal_mode=DELETE"
        )  # all of it is in the one file, or an error
        databases.check_sqlite(connection)
    _lay_out(settings, stage)
    aside = _set_aside(target, now) if target.exists() else None
    new.replace(target)
    erasures.sync(target.parent)
    return replace(done, aside=aside)


def _set_aside(target: Path, now: datetime) -> Path:
    """A second name for the old database. What its log holds goes into the file first; a file so
    broken that this cannot be done goes aside together with its log.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%d-%H%M%S-%f}")
    os.link(target, aside)
    for log in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            target.with_name(target.name + log).replace(aside.with_name(aside.name + log))
    return aside


def _into_postgres(
    settings: Settings, about: About, stage: Path, asked: Asked, now: datetime
) -> Done:
    mark = settings.instance / UNFINISHED
    is_again = mark.exists() and mark.read_text() == tokens.key_mark(settings.database_url)
    if not is_again and databases.tables_there(settings.database_url):
        problem = (
            "The database is not empty. Make a new one (createdb NAME), name it in DATABASE_URL,"
            " and try again. The old one stays as it is."
        )
        raise BackupError(problem)
    with mark.open("w") as file:
        file.write(tokens.key_mark(settings.database_url))
        file.flush()
        os.fsync(file.fileno())
    erasures.sync(settings.instance)
    try:
        databases.load(settings.database_url, stage / DATABASE, instead=is_again)
    except BackupError:
        if not databases.tables_there(settings.database_url):
            mark.unlink()
        raise
    done = _made_ready(settings, about, stage, settings.database_url, asked, now)
    _lay_out(settings, stage)
    mark.unlink()
    erasures.sync(settings.instance)
    return done


def _made_ready(
    settings: Settings, about: About, stage: Path, url: str, asked: Asked, now: datetime
) -> Done:
    """Tables of this version, nobody signed in, sending at rest, and as people asked since."""
    away = replace(
        settings, instance=stage, database_url=url, queue_url=sqlite_url(stage / "queue.db"),
        smtp_url=None,
    )  # fmt: skip
    app = create_app(away)
    with app.app_context():
        start.migrate()
        with saving():
            accounts.end_all_sessions()
            erased = privacy.erase_again(
                asked, holdings=components.holdings(components.offered()), now=now
            )
            withdrawn = privacy.withdraw_again(asked, now=now)
            # the letters that this wrote too
            delivery.after_restore(is_blind=asked.is_blind, now=now)
        start.let_go(app)
    return Done(about=about, erased=erased, withdrawn=withdrawn, is_blind=asked.is_blind)


def _lay_out(settings: Settings, stage: Path) -> None:
    """What people gave joins what is there: under one name there is never anything else."""
    for path in [path for folder in FOLDERS for path in (stage / folder).glob("??/*")]:
        there = settings.instance / path.relative_to(stage)
        for folder in (there.parent.parent, there.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, there)
        erasures.sync(there.parent)
    kept = settings.instance / SECRET
    if not kept.exists() or kept.read_text().strip() != settings.secret_key:
        _keep(stage / SECRET, kept)


def _keep(new: Path, path: Path) -> None:
    draft = path.with_name(f"{path.name}.restored")
    shutil.copyfile(new, draft)
    draft.chmod(0o600)
    draft.replace(path)
    erasures.sync(path.parent)
