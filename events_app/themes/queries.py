from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select

from events_app.core.db import columns, db, raw, rows
from events_app.core.errors import NotFoundError
from events_app.themes.models import Kind, Theme


def of_kind(*kinds: Kind, chosen: Iterable[Theme | None] = ()) -> Sequence[Theme]:
    """What can be chosen now, in the desk's order; with what is chosen already, which stays though
    it is offered no more.
    """
    kept = [theme.id for theme in chosen if theme]
    return db.session.scalars(
        select(Theme)
        .where(Theme.kind.in_(kinds), or_(Theme.is_active.is_(True), Theme.id.in_(kept)))
        .order_by(Theme.position, Theme.id)
    ).all()


_READ = select(*raw(*columns(Theme))).where(Theme.is_active.is_(True)).order_by(Theme.id)


def read() -> Sequence[Any]:
    """All that can be chosen now, as plain rows to compare."""
    return [tuple(row) for row in rows(_READ, {})]


def all_of_kind(*kinds: Kind) -> Sequence[Theme]:
    """For the desk and for feeds: also what is no longer offered."""
    return db.session.scalars(
        select(Theme).where(Theme.kind.in_(kinds)).order_by(Theme.position, Theme.id)
    ).all()


def everything() -> Sequence[Theme]:
    return db.session.scalars(select(Theme).order_by(Theme.position, Theme.id)).all()


def theme(key: int) -> Theme:
    found = db.session.get(Theme, key)
    if found is None:
        raise NotFoundError
    return found


def next_position(kind: Kind) -> int:
    last = db.session.scalar(select(func.max(Theme.position)).where(Theme.kind == kind))
    return 0 if last is None else last + 1


def by_ids(ids: Collection[int]) -> Sequence[Theme]:
    """Also those that are no longer offered: what was tagged with them stays tagged."""
    if not ids:
        return []
    return db.session.scalars(
        select(Theme).where(Theme.id.in_(ids)).order_by(Theme.position, Theme.id)
    ).all()
