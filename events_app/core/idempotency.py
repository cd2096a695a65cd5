"""A form that makes or removes something may be sent twice (double click, reload, back and send
again): it is done once.

The page carries a random key, signed. Whoever takes the form spends it: a row of its own, written
first in the transaction of the thing and unique, which also keeps where the sender was led. A
second sending waits for the first, finds the row, and is led there too; nothing is made again.

A form without a key of ours (missing, altered, older than KEPT) is taken as new. A key protects
nobody but its sender: refusing would lose what was typed, and guessing another's leads nowhere.
"""

from datetime import datetime, timedelta

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core import tokens
from events_app.core.db import Base, db, upsert
from events_app.core.errors import NotFoundError
from events_app.core.text import _

KEPT = timedelta(days=30)
FIELD = "once"
_PURPOSE = "once"
_IN_PLACE = "{token}"
"""Stands in a kept address for the token of a personal link, which no table holds."""


class SpentKey(Base):
    __tablename__ = "spent_key"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Of the key and the address that it was sent to: elsewhere it is another one."""
    target: Mapped[str] = mapped_column(default="")
    spent_at: Mapped[datetime] = mapped_column(index=True)


class SentBefore(Exception):
    """What this form makes has been made, or what it removes is gone."""

    def __init__(self, target: str, *, removes: bool) -> None:
        super().__init__(target)
        self.target, self.removes = target, removes


class Sending:
    """One form on its way to what it makes."""

    def __init__(self, row: SpentKey | None) -> None:
        self._row = row

    def leads_to(self, target: str) -> str:
        """Keep where the sender goes; gives it back. Inside the same saving()."""
        if self._row:
            token = _token()
            self._row.target = target.replace(token, _IN_PLACE) if token else target
        return target

    def made_nothing(self) -> None:
        """Nothing came of it: the form may be sent again."""
        if self._row:
            db.session.delete(self._row)


def new_key() -> str:
    """For the hidden field of a form that makes something."""
    return tokens.sign(_PURPOSE, tokens.new_token())


def spend(*, now: datetime, removes: bool = False) -> Sending:
    """First in the saving() of a door that makes something, or removes it. Raises SentBefore."""
    digest = _digest()
    if digest is None:
        return Sending(None)
    row = db.session.scalar(
        upsert(SpentKey)
        .values(digest=digest, target="", spent_at=now)
        .on_conflict_do_nothing()
        .returning(SpentKey)
    )
    if row is None:
        must_be_new(removes=removes)
    return Sending(row)


def must_be_new(*, removes: bool = False) -> None:
    """For a door that compares what was typed with what is there: after it has read that, before it
    compares. What the first sending made is no mistake. Raises SentBefore.
    """
    wanted = select(SpentKey.target).where(SpentKey.digest == _digest())
    kept = db.session.scalars(wanted).one_or_none()
    if kept is not None:
        raise SentBefore(kept.replace(_IN_PLACE, _token()), removes=removes)


def _digest() -> bytes | None:
    try:
        key = tokens.signed(
            _PURPOSE, request.form.get(FIELD, ""), max_age=int(KEPT.total_seconds())
        )
    except NotFoundError:
        return None
    return tokens.digest(f"{request.path}\0{key}")


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))


def led_there(why: SentBefore) -> ResponseReturnValue:
    """The answer to a second sending: the page that the first one led to."""
    said = _(
        "You sent this form twice, and it was done once. What you changed in between is not"
        " in it: change it here."
    )
    flash(_("You pressed twice. It was done once.") if why.removes else said, "info")
    return redirect(why.target, 303)


def forget_old(now: datetime) -> None:
    db.session.execute(delete(SpentKey).where(SpentKey.spent_at < now - KEPT))
