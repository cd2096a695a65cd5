"""Rate limits that hold across processes: counters in the database, one row a key and window."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy import Executable, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core import text, tokens
from events_app.core.db import Base, db, upsert
from events_app.core.errors import TooMany

MINUTE, HOUR = 60, 3600
LONG_MINUTES = 90
"""A longer wait is told in hours."""


class RateCount(Base):
    __tablename__ = "rate_count"
    expires_at: Mapped[datetime] = mapped_column(primary_key=True)
    """The end of the window. First in the key: so what is old goes by a range of the one index."""
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    __table_args__ = {"sqlite_with_rowid": False}


def hidden(value: str) -> str:
    """A digest for use in a key: equal values give the same one, and the table tells nothing."""
    return tokens.derived("limit", value.encode())


def client(address: str | None) -> str:
    """The network that a request comes from, as such a digest.

    Whoever has one IPv6 address mostly has 2**64 of them, so the whole /64 counts as one.
    """
    return hidden(_network(address or ""))


def _network(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one more; raise TooMany above `limit` in this window. Call it inside `saving()`.

    Keys hold ids or what is `hidden`, never an address in clear.
    """
    hit_each({key: limit}, per=per, now=now)


def hit_each(limits: Mapping[str, int], *, per: timedelta, now: datetime) -> dict[str, int]:
    """The same for several keys, in one statement; the count of each."""
    ends = _end_of_window(per, now)
    new = [{"key": key, "count": 1, "expires_at": ends} for key in limits]
    counted = db.session.connection().execute(_one_more(db.engine.dialect.name), new).all()
    if any(count > limits[key] for key, count in counted):
        wait = max(1, ceil((ends - now).total_seconds()))
        raise TooMany(_too_often(wait), retry_after=wait)
    return dict(counted)


def _too_often(wait: int) -> str:
    """Says how long to wait: rounded up, so that who comes back then is let in."""
    minutes = -(-wait // MINUTE)
    if minutes > LONG_MINUTES:
        words: str = text.plural(
            "That was too often. You can try again in one hour.",
            "That was too often. You can try again in %(num)s hours.",
            -(-wait // HOUR),
        )
    else:
        words = text.plural(
            "That was too often. You can try again in one minute.",
            "That was too often. You can try again in %(num)s minutes.",
            minutes,
        )
    return words


def _end_of_window(per: timedelta, now: datetime) -> datetime:
    seconds = int(per.total_seconds())
    window = int(now.timestamp()) // seconds
    return datetime.fromtimestamp((window + 1) * seconds, tz=now.tzinfo)


@lru_cache(maxsize=2)
def _one_more(dialect: str) -> Executable:  # noqa: ARG001 -- the statement differs by dialect
    made: Executable = (
        upsert(RateCount)
        .on_conflict_do_update(
            index_elements=["expires_at", "key"], set_={"count": RateCount.count + 1}
        )
        .returning(RateCount.key, RateCount.count)
    )
    return made


def used(key: str, *, per: timedelta, now: datetime) -> int:
    ends = _end_of_window(per, now)
    found = db.session.scalar(
        select(RateCount.count).where(RateCount.key == key, RateCount.expires_at == ends)
    )
    return found or 0


def forget_old(now: datetime) -> None:
    db.session.execute(delete(RateCount).where(RateCount.expires_at < now))
