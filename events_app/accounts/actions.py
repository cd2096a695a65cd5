from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, null, select, true, update

from events_app.accounts import letters, queries, rules
from events_app.accounts.models import (
    DeskSession,
    JournalEntry,
    Role,
    SignInLink,
    StaffMember,
)
from events_app.accounts.rules import Colleague
from events_app.core import queue, rate_limits, tokens
from events_app.core.db import db, upsert
from events_app.core.errors import NotFoundError
from events_app.delivery.actions import enqueue

SIGN_IN = "sign-in"
"""Purpose of the token of a mailed link."""
LINKS_AT_ONCE, LINES_AT_ONCE = 50, 500


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

    `by` is None when the system did it by itself. Only what changed goes into before and after
    (see `change`). The sentence of each verb is in the journal.py of its room.
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


def change(thing: Any, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the values; gives what was and what is, where they differ, for `note`."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        was = getattr(thing, name)
        if was != value:
            before[name], after[name] = _plain(was), _plain(value)
            setattr(thing, name, value)
    return before, after


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def blank_lines(ids: Collection[int]) -> None:
    """Take out of these lines of the journal whom they were about; who did what and when stays."""
    db.session.execute(
        update(JournalEntry)
        .where(JournalEntry.id.in_(ids))
        .values(subject_label="", before=null(), after=null()),
        execution_options={"synchronize_session": False},
    )


def forget_subjects(kind: str, ids: Collection[int]) -> None:
    """These rows have been deleted: their lines in the journal lose the id, since SQLite may use it
    again.
    """
    db.session.execute(
        update(JournalEntry)
        .where(JournalEntry.subject_kind == kind, JournalEntry.subject_id.in_(ids))
        .values(subject_id=None),
        execution_options={"synchronize_session": False},
    )


def forget_lines(*, now: datetime) -> bool:
    """Delete old lines of the journal, a batch at a time; True when none is left."""
    old = (
        select(JournalEntry.id)
        .where(JournalEntry.at < now - rules.KEEP_LINES)
        .order_by(JournalEntry.at)
        .limit(LINES_AT_ONCE)
    )
    ids = db.session.scalars(old).all()
    db.session.execute(
        delete(JournalEntry).where(JournalEntry.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
    return len(ids) < LINES_AT_ONCE


# -- signing in


def ask_for_link(
    email: str, *, browser: str, client: str, known: frozenset[int], now: datetime
) -> None:
    """Have a link mailed to the colleague with this address, if there is one.

    Every address takes the same statements: writing the letter is the work of a job, and so is the
    limit on letters (`mail_links`). However often somebody asks for an address, the next ask for it
    is not refused.

    `browser`: the cookie that the link will be bound to. `client`: the network address. `known`:
    the colleagues who signed in with this browser before; it has tries of its own, which nobody
    else can use up.
    """
    staff_id = queries.seat(email)
    if staff_id in known:
        _limit(f"known:{staff_id}:{rate_limits.hidden(browser)}", 10, timedelta(hours=1), now)
    else:
        _limit(f"client:{rate_limits.client(client)}", 20, timedelta(minutes=10), now)
    _add_link(staff_id, lives=rules.LINK_LIVES, browser=browser, now=now)
    queue.kick("accounts.mail_links")


def mail_links(*, now: datetime) -> None:
    """Write the letters of the links that were asked for, and forget those of yesterday.

    A mailbox with MOST_IN_MAILBOX links that still work gets no further one.
    """
    db.session.execute(
        delete(SignInLink).where(SignInLink.expires_at < now - timedelta(days=1)),
        execution_options={"synchronize_session": False},
    )
    asked = queries.links_to_mail(now, LINKS_AT_ONCE)
    there = queries.in_mailboxes({link.staff_id for link in asked if link.staff_id}, now)
    for link in asked:
        if link.staff is None:
            link.mailed_at = now
        elif there.get(link.staff.id, 0) >= rules.MOST_IN_MAILBOX:
            link.is_withheld = True
        else:
            link.mailed_at = now
            there[link.staff.id] = there.get(link.staff.id, 0) + 1
            letter = letters.sign_in(link.staff, tokens.derived(SIGN_IN, link.seed))
            key = link.token_digest.hex()[:32]
            enqueue(letter, dedupe_key=f"accounts/sign_in:{key}", now=now)


def check_link(link: SignInLink, *, browser: str, now: datetime) -> None:
    """Raises a Refusal when this browser (its cookie) cannot sign in with the link."""
    mark = tokens.digest(browser)
    was_withheld = queries.was_withheld(mark, link.staff_id, now=now)
    rules.check_link(link, browser=mark, was_withheld=was_withheld, now=now)


def enter(token: str, *, browser: str, now: datetime) -> StaffMember:
    """Use the link up, and give who may sign in with it. Raises a Refusal when it is no good."""
    try:
        link = queries.link(token)
    except NotFoundError as why:
        raise rules.LinkSpent from why
    check_link(link, browser=browser, now=now)
    used = db.session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
        .returning(SignInLink.id)
    ).first()
    if used is None or link.staff is None:
        raise rules.LinkSpent
    link.staff.last_seen_at = now
    note("accounts.signed_in", link.staff, link.staff.name, by=link.staff, now=now)
    return link.staff


def link_for_owner(email: str, *, now: datetime) -> str:
    """The token of a single-use link that works in any browser, to print on the server's screen.

    Its page is `accounts.link`. Raises NotFoundError when nobody with this address has access.
    """
    staff_id = queries.seat(email)
    if staff_id is None:
        raise NotFoundError
    return _add_link(staff_id, lives=rules.PRINTED_LINK_LIVES, browser=None, now=now)


def begin_session(member: StaffMember, *, now: datetime) -> str:
    """Begin a session in one browser; gives its key, for the cookie.

    The table keeps a digest only, so the key cannot be read again.
    """
    key = tokens.new_token()
    db.session.add(DeskSession(token_digest=tokens.digest(key), staff_id=member.id, began_at=now))
    return key


def end_session(key: str) -> None:
    """End the session of this key, also for every copy of the cookie."""
    _end_sessions(DeskSession.token_digest == tokens.digest(key))


def forget_sessions(*, now: datetime) -> None:
    """Those that are over by their age."""
    _end_sessions(DeskSession.began_at <= now - rules.SESSION_LIVES)


def end_all_sessions() -> None:
    """End all sessions, and void all sign-in links that were asked for before."""
    _end_sessions(true())
    db.session.execute(delete(SignInLink), execution_options={"synchronize_session": False})


def _end_sessions(which: ColumnElement[bool]) -> None:
    db.session.execute(
        delete(DeskSession).where(which), execution_options={"synchronize_session": False}
    )


def sign_out_everywhere(member: StaffMember, *, by: StaffMember, now: datetime) -> None:
    _end_sessions(DeskSession.staff_id == member.id)
    note("accounts.signed_out_everywhere", member, member.name, by=by, now=now)


def _add_link(staff_id: int | None, *, lives: timedelta, browser: str | None, now: datetime) -> str:
    seed = tokens.new_seed()
    token = tokens.derived(SIGN_IN, seed)
    db.session.add(
        SignInLink(
            staff_id=staff_id,
            seed=seed,
            token_digest=tokens.digest(token),
            browser_digest=tokens.digest(browser) if browser else None,
            created_at=now,
            expires_at=now + lives,
        )
    )
    return token


def _limit(what: str, most: int, per: timedelta, now: datetime) -> None:
    rate_limits.hit(f"sign-in:{what}", limit=most, per=per, now=now)


# -- colleagues


def seat_owner(email: str, *, name: str, now: datetime, language: str = "nl") -> StaffMember:
    """An owner with this address, for the first start. Who is there already keeps name and role."""
    known = queries.member_by_email(email)
    if known:
        return known
    return _seat(
        Colleague(name=name, email=email, role=Role.OWNER, language=language), by=None, now=now
    )


def invite(colleague: Colleague, *, by: StaffMember, now: datetime) -> StaffMember:
    """Give a seat and say so in a letter."""
    member = _seat(colleague, by=by, now=now)
    letter = letters.invited(member, by=by)
    enqueue(letter, dedupe_key=f"accounts/invited:{member.id}:{now.isoformat()}", now=now)
    return member


def edit(member: StaffMember, colleague: Colleague, *, by: StaffMember, now: datetime) -> None:
    """Change name, role and language; the address stays, it is what they sign in with."""
    if colleague.role is not Role.OWNER:
        rules.check_an_owner_stays(member, queries.owners_held())
    before, after = change(
        member, name=colleague.name, role=colleague.role, language=colleague.language
    )
    if after:
        note("accounts.edited", member, member.name, by=by, now=now, before=before, after=after)


def close_access(member: StaffMember, *, by: StaffMember, now: datetime) -> None:
    """Take away the access of a colleague; it ends at once, in every browser. Twice is once."""
    if not member.is_active:
        return
    rules.check_an_owner_stays(member, queries.owners_held())
    member.is_active = False
    _end_sessions(DeskSession.staff_id == member.id)
    note("accounts.closed_access", member, member.name, by=by, now=now)


def give_access_again(member: StaffMember, *, by: StaffMember, now: datetime) -> None:
    """Twice is once."""
    if member.is_active:
        return
    member.is_active = True
    note("accounts.gave_access_again", member, member.name, by=by, now=now)


def remove(member: StaffMember, *, by: StaffMember | None, now: datetime) -> None:
    """Forget the colleague; the journal keeps the name beside what was done."""
    if member.is_active:
        raise rules.StillActive
    note("accounts.removed", member, member.name, by=by, now=now)
    db.session.flush()  # the line is written before the member goes
    db.session.delete(member)
    db.session.flush()
    forget_subjects(StaffMember.__name__, [member.id])


def remove_again(email: str, *, now: datetime) -> None:
    """A colleague who had been removed and was brought back by a backup, if there is one."""
    member = queries.member_by_email(email)
    if member:
        member.is_active = False
        remove(member, by=None, now=now)


def _seat(colleague: Colleague, *, by: StaffMember | None, now: datetime) -> StaffMember:
    key = db.session.scalar(
        upsert(StaffMember)
        .values(
            email=colleague.email.lower(),
            name=colleague.name,
            role=colleague.role,
            language=colleague.language,
            is_active=True,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(StaffMember.id)
    )
    if key is None:
        raise rules.AlreadyColleague
    member = queries.member(key)
    after = {"role": colleague.role.value, "email": member.email}
    note("accounts.invited", member, member.name, by=by, now=now, after=after)
    return member
