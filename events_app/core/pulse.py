"""The pulse of the workers: when one last looked round, and who does it this minute or night."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core.db import Base, db, upsert

_SWEEP, _NIGHT = "sweep", "night"


class Beat(Base):
    __tablename__ = "beat"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def take_minute(now: datetime) -> bool:
    """True for the worker that comes first in this minute; the others have nothing to do."""
    return _take(_SWEEP, now, since=now.replace(second=0, microsecond=0))


def take_night(now: datetime) -> bool:
    """The same, once in a day of UTC: it begins at one or two o'clock in the Netherlands."""
    return _take(_NIGHT, now, since=now.replace(hour=0, minute=0, second=0, microsecond=0))


def _take(name: str, now: datetime, *, since: datetime) -> bool:
    taken = db.session.scalar(
        upsert(Beat)
        .values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=Beat.at < since)
        .returning(Beat.name)
    )
    return taken is not None


def last() -> datetime | None:
    """When a worker last looked round; None before the first one ever did."""
    return db.session.scalar(select(Beat.at).where(Beat.name == _SWEEP))
