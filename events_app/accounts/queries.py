from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from events_app.accounts.models import (
    DeskSession,
    JournalEntry,
    Role,
    SignInLink,
    StaffMember,
)
from events_app.accounts.rules import SESSION_LIVES
from events_app.core import tokens
from events_app.core.addresses import stands_in
from events_app.core.db import db, written_in_json
from events_app.core.errors import NotFoundError
from events_app.core.text import AMSTERDAM

A_PAGE = 50


def member(key: int) -> StaffMember:
    found = db.session.get(StaffMember, key)
    if found is None:
        raise NotFoundError
    return found


def member_by_email(email: str) -> StaffMember | None:
    return db.session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))


def members() -> Sequence[StaffMember]:
    """Those with access first, by name."""
    return db.session.scalars(
        select(StaffMember).order_by(StaffMember.is_active.desc(), StaffMember.name)
    ).all()


def owners_held() -> list[StaffMember]:
    """The owners with access. Their rows are locked until the transaction ends, so that two of them
    cannot be removed at the same time.
    """
    return list(
        db.session.scalars(
            select(StaffMember)
            .where(StaffMember.role == Role.OWNER, StaffMember.is_active.is_(True))
            .order_by(StaffMember.id)
            .with_for_update()
        )
    )


def seat(email: str) -> int | None:
    """The id of the colleague with this address and access; None when there is none.

    One statement in either case, so that its time does not tell whether somebody has access.
    """
    return db.session.scalar(
        select(StaffMember.id).where(
            StaffMember.email == email.strip().lower(), StaffMember.is_active.is_(True)
        )
    )


def signed_in(key: str, *, now: datetime) -> StaffMember | None:
    """Whose session it is; None when it was ended, is too old, or its owner has no access."""
    return db.session.scalar(
        select(StaffMember)
        .join(DeskSession, DeskSession.staff_id == StaffMember.id)
        .where(
            DeskSession.token_digest == tokens.digest(key),
            DeskSession.began_at > now - SESSION_LIVES,
            StaffMember.is_active.is_(True),
        )
    )


def link(token: str) -> SignInLink:
    found = db.session.scalar(
        select(SignInLink)
        .where(SignInLink.token_digest == tokens.digest(token))
        .options(joinedload(SignInLink.staff))
    )
    if found is None:
        raise NotFoundError
    return found


def was_withheld(browser: bytes, staff_id: int | None, *, now: datetime) -> bool:
    """Whether this browser asked for a link of this colleague of late and no letter went for it."""
    found = select(SignInLink.id).where(
        SignInLink.staff_id == staff_id,
        SignInLink.browser_digest == browser,
        SignInLink.is_withheld.is_(True),
        SignInLink.expires_at > now,
    )
    return db.session.scalar(found.limit(1)) is not None


def in_mailboxes(staff: Collection[int], now: datetime) -> dict[int, int]:
    """How many links that still work were mailed to each colleague.

    The rows are locked until the transaction ends, so that two workers do not count at once.
    """
    db.session.execute(
        select(StaffMember.id)
        .where(StaffMember.id.in_(staff))
        .order_by(StaffMember.id)
        .with_for_update()
    )
    counted = db.session.execute(
        select(SignInLink.staff_id, func.count())
        .where(
            SignInLink.staff_id.in_(staff),
            SignInLink.mailed_at.is_not(None),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .group_by(SignInLink.staff_id)
    )
    return {key: count for key, count in counted if key is not None}


def links_to_mail(now: datetime, limit: int) -> Sequence[SignInLink]:
    """Links that are to be mailed, locked so that two workers do not mail the same one."""
    return db.session.scalars(
        select(SignInLink)
        .where(
            SignInLink.mailed_at.is_(None),
            SignInLink.is_withheld.is_(False),
            SignInLink.used_at.is_(None),
            SignInLink.browser_digest.is_not(None),
            SignInLink.expires_at > now,
        )
        .order_by(SignInLink.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    staff_id: int | None = None
    kind: str = ""
    """Of what it was done to: a model's name."""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None
    """Both days included, as in Amsterdam."""
    before: int | None = None
    """The id of the last line of the page before."""


def journal(wanted: JournalFilter, *, limit: int = A_PAGE) -> Sequence[JournalEntry]:
    """The latest first. One more than a page tells that there are older ones."""
    lines = select(JournalEntry)
    if wanted.staff_id is not None:
        lines = lines.where(JournalEntry.staff_id == wanted.staff_id)
    if wanted.kind:
        lines = lines.where(JournalEntry.subject_kind == wanted.kind)
    if wanted.kind and wanted.subject_id is not None:
        lines = lines.where(JournalEntry.subject_id == wanted.subject_id)
    if wanted.since:
        lines = lines.where(JournalEntry.at >= _begin(wanted.since))
    if wanted.until:
        lines = lines.where(JournalEntry.at < _begin(wanted.until + timedelta(days=1)))
    if wanted.before is not None:
        last = (
            select(JournalEntry.at, JournalEntry.id)
            .where(JournalEntry.id == wanted.before)
            .scalar_subquery()
        )
        lines = lines.where(tuple_(JournalEntry.at, JournalEntry.id) < last)
    newest = (JournalEntry.at.desc(), JournalEntry.id.desc())
    return db.session.scalars(lines.order_by(*newest).limit(limit + 1)).all()


def last_line(kind: str, subject_id: int) -> JournalEntry | None:
    """What was done last to it."""
    return next(iter(journal(JournalFilter(kind=kind, subject_id=subject_id), limit=1)), None)


def lines_about(subjects: Mapping[str, Collection[int]]) -> Sequence[JournalEntry]:
    """What the journal says of these rows: ids by the model's name."""
    of_them = [
        and_(JournalEntry.subject_kind == kind, JournalEntry.subject_id.in_(ids))
        for kind, ids in subjects.items()
    ]
    return db.session.scalars(select(JournalEntry).where(or_(*of_them))).all()


def lines_naming(email: str) -> list[JournalEntry]:
    """With this address in their words. Reads the whole journal."""
    words = (
        JournalEntry.subject_label,
        cast(JournalEntry.before, String),
        cast(JournalEntry.after, String),
    )
    holds = [each.icontains(written_in_json(email), autoescape=True) for each in words]
    return [
        line
        for line in db.session.scalars(select(JournalEntry).where(or_(*holds)))
        if stands_in(email, [line.subject_label, line.before, line.after])
    ]


def told_since(kind: str, key: InstrumentedAttribute[int], since: datetime) -> ColumnElement[bool]:
    """Whether there is a line about this row of an outer statement, not older than this."""
    lines = select(JournalEntry.id).where(
        JournalEntry.subject_kind == kind,
        JournalEntry.subject_id == key,
        JournalEntry.at >= since,
    )
    return lines.exists()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)
