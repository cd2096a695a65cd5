"""Answers go, and what people sent with them."""

from sqlalchemy import ColumnElement, delete

from events_app.core import files
from events_app.core.db import after_commit, db
from events_app.registrations.models import Answer


def wipe_answers(which: ColumnElement[bool]) -> None:
    """The only way that answers go. Their files follow when the transaction is committed; where
    that is cut short, the night finds them.
    """
    gone = db.session.scalars(
        delete(Answer).where(which).returning(Answer.file),
        execution_options={"synchronize_session": False},
    ).all()
    owned = [key for key in gone if key]
    if owned:
        after_commit(lambda: files.sent.forget(owned))
