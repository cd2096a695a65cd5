"""An edition number is used once in its series; each issue of the newsletter has a source of its own.

A number that was there twice stays with the event that was public first, or else was made first. The
others have none from now on, and the journal says so: another number would be a guess.

An issue that was approved or sent keeps the source that is in its letter, so its registrations
go on counting and its approval holds. Where two issues shared a source, cut at 64 characters, none
of them gets it.
"""

import secrets
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

event = sa.table(
    "event",
    sa.column("id", sa.Integer),
    sa.column("series_id", sa.Integer),
    sa.column("edition", sa.Integer),
    sa.column("title", sa.JSON),
    sa.column("published_at", sa.DateTime(timezone=True)),
)
issue = sa.table(
    "issue",
    sa.column("id", sa.Integer),
    sa.column("slug", sa.String),
    sa.column("status", sa.String),
    sa.column("source", sa.String),
)
journal = sa.table(
    "journal_entry",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String),
    sa.column("verb", sa.String),
    sa.column("subject_kind", sa.String),
    sa.column("subject_id", sa.Integer),
    sa.column("subject_label", sa.String),
    sa.column("before", sa.JSON),
    sa.column("after", sa.JSON),
)


def upgrade() -> None:
    _one_event_an_edition()
    op.create_index("uq_event_edition", "event", ["series_id", "edition"], unique=True)
    op.add_column("issue", sa.Column("source", sa.String(), nullable=False, server_default=""))
    _give_sources()
    op.create_index("uq_issue_source", "issue", ["source"], unique=True)


def _one_event_an_edition() -> None:
    at = op.get_bind()
    found = at.execute(
        sa.select(event).where(event.c.series_id.is_not(None), event.c.edition.is_not(None))
    ).all()
    taken = set()
    for row in sorted(
        found, key=lambda row: (row.published_at is None, str(row.published_at), row.id)
    ):
        number = (row.series_id, row.edition)
        if number not in taken:
            taken.add(number)
            continue
        at.execute(sa.update(event).where(event.c.id == row.id).values(edition=None))
        words = row.title or {}
        line = {
            "at": sa.func.current_timestamp(), "actor": "", "verb": "events.changed",
            "subject_kind": "Event", "subject_id": row.id,
            "subject_label": words.get("nl") or words.get("en", ""),
            "before": {"edition": row.edition}, "after": {"edition": None},
        }  # fmt: skip
        at.execute(sa.insert(journal).values(line))


def _give_sources() -> None:
    at = op.get_bind()
    found = at.execute(sa.select(issue.c.id, issue.c.slug, issue.c.status)).all()
    written = [row for row in found if row.status != "draft"]
    shared = Counter(f"newsletter-{row.slug}"[:64] for row in written)
    for row in found:
        old = f"newsletter-{row.slug}"[:64]
        is_own = row.status != "draft" and shared[old] == 1
        fresh = "nl-" + "".join(secrets.choice(SIGNS) for _ in range(7))
        at.execute(
            sa.update(issue).where(issue.c.id == row.id).values(source=old if is_own else fresh)
        )


def downgrade() -> None:
    op.drop_index("uq_issue_source", table_name="issue")
    op.drop_column("issue", "source")
    op.drop_index("uq_event_edition", table_name="event")
