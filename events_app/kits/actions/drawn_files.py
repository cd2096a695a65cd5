"""Drawn files: kept by what they were made from, and forgotten when nobody asks for them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, update

from events_app.core import files
from events_app.core.db import db, hold_table, upsert
from events_app.kits.models import RenderedFile
from events_app.kits.rules.values import File

UNUSED = timedelta(days=90)
AT_ONCE = 500


def lay_by(made: Collection[File]) -> None:
    """Write these files to the disk, which takes long, before the transaction of `store`."""
    for file in made:
        files.drawn.keep(file.content)


def store(made: Sequence[tuple[str, File]], *, now: datetime) -> None:
    """Keep these files, each with the hash of what it was made from.

    The rows are written first: from then on `drop_files` waits for this transaction, and then finds
    the files in use. Then each file is written again where it is missing on the disk, since
    `drop_files` may have removed it a moment before.
    """
    rows: list[dict[str, Any]] = [
        {
            "input_hash": key,
            "role": file.role,
            "suffix": file.suffix,
            "media_type": file.media_type,
            "file_key": file.sha256,
            "size": file.size,
            "width": file.width,
            "height": file.height,
            "alt": file.alt,
            "credit": file.credit,
            "created_at": now,
            "used_at": now,
        }
        for key, file in made
    ]
    if rows:
        new = upsert(RenderedFile)
        drawn_now = {name: new.excluded[name] for name in ("file_key", "size", "used_at")}
        again = new.on_conflict_do_update(index_elements=["input_hash", "role"], set_=drawn_now)
        db.session.execute(again, rows)
    lay_by([file for _key, file in made])


def use(hashes: Collection[str], *, now: datetime) -> None:
    """Note that these files were asked for again."""
    db.session.execute(
        update(RenderedFile).where(RenderedFile.input_hash.in_(hashes)).values(used_at=now)
    )


def forget_unused(*, now: datetime) -> bool:
    """Delete the rows of drawings that nobody asked for in a quarter of a year, a batch at a time.

    Gives True when none is left. All files with one input hash go together. Facts and brands stay,
    so whoever asks for such a file later has it drawn again.
    """
    old = (
        select(RenderedFile.input_hash)
        .where(RenderedFile.used_at < now - UNUSED)
        .distinct()
        .limit(AT_ONCE)
    )
    hashes = db.session.scalars(old).all()
    db.session.execute(
        delete(RenderedFile).where(RenderedFile.input_hash.in_(hashes)),
        execution_options={"synchronize_session": False},
    )
    return len(hashes) < AT_ONCE


def files_without_row(*, now: datetime) -> list[str]:
    """Keys of drawn files that no row names, a batch at a time.

    Files of the last day are left out: their rows may not be committed yet.
    """
    keys = files.drawn.older(now - timedelta(days=1))
    found: list[str] = []
    while len(found) < AT_ONCE and (some := list(islice(keys, AT_ONCE))):
        found += _without_row(some)
    return found


def drop_files(keys: Collection[str]) -> None:
    """Remove those of these files that still have no row.

    The table is locked, so nobody can write such a row meanwhile.
    """
    hold_table(RenderedFile)
    for key in _without_row(keys):
        files.drawn.drop(key)


def _without_row(keys: Collection[str]) -> set[str]:
    wanted = select(RenderedFile.file_key).where(RenderedFile.file_key.in_(keys))
    return set(keys) - set(db.session.scalars(wanted))
