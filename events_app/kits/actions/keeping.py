"""Drawn files: kept by what they were made from, and forgotten when nobody asks for them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from events_app.core import files
from events_app.core.db import db, hold_table, upsert
from events_app.kits.models import RenderedFile
from events_app.kits.rules.values import File

UNUSED = timedelta(days=90)
AT_ONCE = 500


def lay_by(made: Collection[File]) -> None:
    """On the disk, which takes long; what `store` then finds there."""
    for file in made:
        files.drawn.keep(file.content)


def store(made: Sequence[tuple[str, File]], *, now: datetime) -> None:
    """Each with the hash of what it was made from.

    The rows first: from then on `drop_files` waits and finds these files in use. Had it dropped one
    just before, it is written again.
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
        db.session.execute(upsert(RenderedFile).on_conflict_do_nothing(), rows)
    lay_by([file for _key, file in made])


def use(hashes: Collection[str], *, now: datetime) -> None:
    """These were asked for again."""
    db.session.execute(
        update(RenderedFile).where(RenderedFile.input_hash.in_(hashes)).values(used_at=now)
    )


def forget_unused(*, now: datetime) -> Sequence[str]:
    """Drawings that nobody asked for in a quarter of a year, a batch; the keys of their files.

    Facts and brands stay: whoever asks again has them drawn again.
    """
    old = (
        select(RenderedFile.id)
        .where(RenderedFile.used_at < now - UNUSED)
        .order_by(RenderedFile.used_at)
        .limit(AT_ONCE)
    )
    return db.session.scalars(
        delete(RenderedFile).where(RenderedFile.id.in_(old)).returning(RenderedFile.file_key),
        execution_options={"synchronize_session": False},
    ).all()


def drop_files(keys: Collection[str]) -> None:
    """Of rows that are gone; a file may have been drawn from other inputs too."""
    hold_table(RenderedFile)
    wanted = select(RenderedFile.file_key).where(RenderedFile.file_key.in_(keys))
    for key in set(keys) - set(db.session.scalars(wanted)):
        files.drawn.drop(key)
