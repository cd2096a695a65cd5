"""Rate limits that hold across processes: counters in the database, one row a key and window."""

from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Executable, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core.db import Base, db, rows, upsert
from events_app.core.errors import TooMany
from events_app.core.text import lazy as _


class RateCount(Base):
    __tablename__ = "rate_count"
    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    """Whole windows since the epoch."""
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one more; raise TooMany above `limit` in this window. Call it inside `saving()`.

    Keys hold digests or ids, never an address in clear.
    """
    seconds = int(per.total_seconds())
    window = int(now.timestamp()) // seconds
    ends = datetime.fromtimestamp((window + 1) * seconds, tz=now.tzinfo)
    known = {"key": key[:200], "window": window, "count": 1, "expires_at": ends}
    count = rows(_one_more(db.engine.dialect.name), known)[0][0]
    if count > limit:
        wait = max(1, int((ends - now).total_seconds()))
        raise TooMany(
            _("That was too often. Please wait a moment and try again."), retry_after=wait
        )


@lru_cache(maxsize=2)
def _one_more(dialect: str) -> Executable:  # noqa: ARG001 -- the statement differs by dialect
    made: Executable = (
        upsert(RateCount)
        .on_conflict_do_update(
            index_elements=["key", "window"], set_={"count": RateCount.count + 1}
        )
        .returning(RateCount.count)
    )
    return made


def used(key: str, *, per: timedelta, now: datetime) -> int:
    window = int(now.timestamp()) // int(per.total_seconds())
    found = db.session.scalar(
        select(RateCount.count).where(RateCount.key == key[:200], RateCount.window == window)
    )
    return found or 0


def forget_old(now: datetime) -> None:
    db.session.execute(delete(RateCount).where(RateCount.expires_at < now))
