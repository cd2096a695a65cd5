from datetime import datetime
from typing import Any

from events_app.accounts.models import JournalEntry, StaffMember
from events_app.core.db import db


def note(
    verb: str,
    subject: Any,
    label: str,
    *,
    by: StaffMember | None,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write in the journal: `verb` such as events.published, done to a saved row.

    `by` is None when the system did it by itself. Only what changed goes into before and after.
    """
    db.session.add(
        JournalEntry(
            at=now,
            staff_id=by.id if by else None,
            actor=by.name if by else "",
            verb=verb,
            subject_kind=type(subject).__name__,
            subject_id=subject.id,
            subject_label=label,
            before=before,
            after=after,
        )
    )
