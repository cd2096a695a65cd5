"""The name that calendars and feeds know this house by, for good.

The UID of a calendar entry and the id of a feed's entry end in a host name. With another name every
entry would be a new one for those who follow. So the name is written down once, by the migration
that makes this table, as the host of BASE_URL was on that day; another BASE_URL later changes
nothing. It is a row, so that a second machine and a restored backup use the same name.
"""

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Mapped

from events_app.core import links
from events_app.core.db import Base, Keyed, db

_KNOWN = "installation"


class Installation(Keyed, Base):
    __tablename__ = "installation"
    name: Mapped[str]


def name() -> str:
    """Such as events.example.org. Read once in each process."""
    known: str | None = current_app.extensions.get(_KNOWN)
    if known is None:
        known = db.session.scalar(select(Installation.name).order_by(Installation.id).limit(1))
        if known is None:  # tables without the seeds of the migrations
            return links.host()
        current_app.extensions[_KNOWN] = known
    return known
