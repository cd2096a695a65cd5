from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, or_, select, tuple_
from sqlalchemy.orm import defer, joinedload

from events_app.core.addresses import stands_in
from events_app.core.db import db, rows, written_in_json
from events_app.core.errors import NotFoundError
from events_app.core.letters import Stream
from events_app.delivery import rules
from events_app.delivery.models import (
    LetterBody,
    Mention,
    OutboxMessage,
    Reason,
    Scope,
    SendingPause,
    State,
    Suppression,
)
from events_app.delivery.rules import ALARM_WITHIN, SCOPES, address_digest


def is_suppressed(email: str, scope: Scope) -> bool:
    """Whether this address gets no letters of this scope; an address barred from all counts too."""
    found = select(Suppression.id).where(
        Suppression.email_digest == address_digest(email),
        Suppression.scope.in_({Scope.ALL, scope}),
    )
    return db.session.scalar(found) is not None


def paused(now: datetime) -> dict[str, SendingPause]:
    """What is paused at this moment, by subject."""
    return {row.subject: row for row in db.session.scalars(_PAUSED, {"now": now})}


def campaigns_paused(now: datetime) -> dict[str, str]:
    """What the letters of paused campaigns are called, by the subject of their pause."""
    subjects = paused(now).keys()
    first = (
        select(func.min(OutboxMessage.id))
        .where(OutboxMessage.campaign.in_(rules.campaigns(subjects)))
        .group_by(OutboxMessage.campaign)
    )
    found = select(OutboxMessage).where(OutboxMessage.id.in_(first)).options(*ITS_SUBJECT)
    letters = db.session.scalars(found)
    return {rules.campaign_subject(each.campaign): each.subject for each in letters}


def held(now: datetime) -> dict[str, datetime | None]:
    """The same for each round of letters: by subject, until when."""
    return {row.subject: row.until for row in rows(_HELD, {"now": now})}


_IS_HELD = or_(SendingPause.until.is_(None), SendingPause.until > bindparam("now"))
_PAUSED = select(SendingPause).where(_IS_HELD)
_HELD = select(SendingPause.subject, SendingPause.until).where(_IS_HELD)


def progress(campaign: str) -> dict[State, int]:
    """How many letters of the campaign are in each state."""
    counted = db.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.campaign == campaign)
        .group_by(OutboxMessage.state)
    )
    return dict(counted.all())


def waiting_campaigns(stream: Stream) -> Iterator[str]:
    """The campaigns ("" is one too) with letters that are ready: one seek in the index for each."""
    found = rows(_FIRST, {"its_stream": stream})
    while found:
        last = found[0].campaign
        yield last
        found = rows(_NEXT, {"its_stream": stream, "last": last})


_FIRST = (
    select(OutboxMessage.campaign)
    .where(OutboxMessage.state == State.READY, OutboxMessage.stream == bindparam("its_stream"))
    .order_by(OutboxMessage.campaign)
    .limit(1)
)
_NEXT = _FIRST.where(OutboxMessage.campaign > bindparam("last"))


def is_due(streams: Sequence[Stream], now: datetime) -> bool:
    """Whether a letter of these streams should leave now."""
    return any(
        rows(_DUE, {"its_stream": stream, "its_campaign": campaign, "now": now})
        for stream in streams
        for campaign in waiting_campaigns(stream)
    )


IS_DUE = (
    OutboxMessage.state == State.READY,
    OutboxMessage.stream == bindparam("its_stream"),
    OutboxMessage.campaign == bindparam("its_campaign"),
    OutboxMessage.not_before <= bindparam("now"),
)
_DUE = select(OutboxMessage.id).where(*IS_DUE).limit(1)


def suppressed(messages: Sequence[OutboxMessage]) -> set[int]:
    """Which of these may not leave, because their address was barred."""
    digests = {message.to_digest for message in messages}
    barred = {(row.email_digest, row.scope) for row in rows(_BARRED, {"digests": list(digests)})}
    return {
        m.id for m in messages if any((m.to_digest, scope) in barred for scope in SCOPES[m.stream])
    }


_BARRED = select(Suppression.email_digest, Suppression.scope).where(
    Suppression.email_digest.in_(bindparam("digests", expanding=True))
)


def policy_refusals(message: OutboxMessage, now: datetime) -> int:
    """How many addresses refused this stream or campaign for reasons of policy of late."""
    return (
        db.session.scalar(
            select(func.count(OutboxMessage.to_digest.distinct())).where(
                OutboxMessage.state == State.FAILED,
                OutboxMessage.changed_at > now - ALARM_WITHIN,
                OutboxMessage.why == Reason.POLICY,
                OutboxMessage.stream == message.stream,
                OutboxMessage.campaign == message.campaign,
            )
        )
        or 0
    )


def heard(message: OutboxMessage, now: datetime, *, at_most: int) -> int:
    """How many letters of this stream or campaign servers took or refused of late."""
    some = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.is_wiped.is_(False),
            OutboxMessage.state.in_((State.ACCEPTED, State.FAILED)),
            OutboxMessage.changed_at > now - ALARM_WITHIN,
            OutboxMessage.stream == message.stream,
            OutboxMessage.campaign == message.campaign,
        )
        .limit(at_most)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(some)) or 0


# -- letters in doubt


@dataclass(frozen=True, slots=True)
class Doubt:
    """The letters of a campaign ("": to one person each) of which nobody knows if they arrived."""

    campaign: str
    count: int
    last_at: datetime
    """When the last of them came into doubt."""
    subject: str


def doubts() -> list[Doubt]:
    letter = OutboxMessage
    counted = db.session.execute(
        select(letter.campaign, func.count(), func.max(letter.changed_at), func.min(letter.id))
        .where(*IN_DOUBT)
        .group_by(letter.campaign)
        .order_by(letter.campaign)
        .limit(A_PAGE)
    ).all()
    first = select(letter).where(letter.id.in_([row[3] for row in counted]))
    subjects = {one.id: one.subject for one in db.session.scalars(first.options(*ITS_SUBJECT))}
    return [Doubt(*row[:3], subjects[row[3]] if row[0] else "") for row in counted]


def in_doubt(campaign: str, limit: int) -> Sequence[OutboxMessage]:
    return db.session.scalars(
        select(OutboxMessage)
        .where(*IN_DOUBT, OutboxMessage.campaign == campaign)
        .order_by(OutboxMessage.to_name, OutboxMessage.id)
        .options(*ITS_SUBJECT)
        .limit(limit)
    ).all()


IS_WANTED = OutboxMessage.why.is_distinct_from(Reason.UNWANTED)
IN_DOUBT = (OutboxMessage.is_wiped.is_(False), OutboxMessage.state == State.UNCERTAIN, IS_WANTED)
"""These wait for a person's decision: they may be sent once more, or left as delivered."""
ITS_SUBJECT = (
    defer(OutboxMessage.calendar),
    joinedload(OutboxMessage.body).load_only(LetterBody.subject),
)


# -- what the desk shows

A_PAGE = 50
AT_MOST = 10_000
"""Counts stop here: a desk page costs the same however much was sent."""
OF_LATE = timedelta(days=7)
OPEN = (State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED, State.UNCERTAIN)


def message(key: int) -> OutboxMessage:
    found = db.session.get(OutboxMessage, key, options=[joinedload(OutboxMessage.body)])
    if found is None:
        raise NotFoundError
    return found


def counts(now: datetime) -> dict[Stream, dict[State, int]]:
    """Letters by stream and state; those that are over only of the last week."""
    made: dict[Stream, dict[State, int]] = {stream: {} for stream in Stream}
    for state in State:
        some = select(OutboxMessage.stream).where(
            ~OutboxMessage.is_wiped, OutboxMessage.state == state
        )
        if state not in OPEN:
            some = some.where(OutboxMessage.changed_at > now - OF_LATE)
        few = some.limit(AT_MOST).subquery()
        counted = select(few.c.stream, func.count()).group_by(few.c.stream)
        for stream, count in db.session.execute(counted):
            made[stream][state] = count
    return made


def unsettled(now: datetime) -> dict[State, int]:
    """Letters that may not have arrived, and those to one person that were refused of late."""
    letter, made = OutboxMessage, {}
    late = (letter.changed_at > now - OF_LATE, letter.stream != Stream.BULK)
    for state, more in ((State.UNCERTAIN, (IS_WANTED,)), (State.FAILED, late)):
        some = select(letter.id).where(~letter.is_wiped, letter.state == state, *more)
        few = some.limit(AT_MOST).subquery()
        if count := db.session.scalar(select(func.count()).select_from(few)):
            made[state] = count
    return made


def in_state(state: State, limit: int) -> Sequence[OutboxMessage]:
    """The latest letters in this state."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(~OutboxMessage.is_wiped, OutboxMessage.state == state)
        .order_by(OutboxMessage.changed_at.desc(), OutboxMessage.id.desc())
        .options(
            defer(OutboxMessage.calendar),
            joinedload(OutboxMessage.body).load_only(LetterBody.subject),
        )
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for among the letters."""

    address: str = ""
    state: State | None = None
    before: int | None = None
    """Older than this letter."""


def inbox(wanted: Wanted) -> Sequence[OutboxMessage]:
    """Letters, the newest first; one more than a page, to see whether there are older ones."""
    some = (
        select(OutboxMessage)
        .options(
            defer(OutboxMessage.calendar),
            joinedload(OutboxMessage.body).load_only(LetterBody.subject),
        )
        .limit(A_PAGE + 1)
    )
    if wanted.address:
        some = some.where(OutboxMessage.to_digest == address_digest(wanted.address))
    order: tuple[Any, ...] = (OutboxMessage.id,)
    if wanted.state:
        some = some.where(~OutboxMessage.is_wiped, OutboxMessage.state == wanted.state)
        order = (OutboxMessage.changed_at, OutboxMessage.id)
    if wanted.before and (last := db.session.get(OutboxMessage, wanted.before)):
        values = (last.changed_at, last.id) if wanted.state else (last.id,)
        some = some.where(tuple_(*order) < tuple_(*values))
    return db.session.scalars(some.order_by(*(column.desc() for column in order))).all()


def letters_naming(email: str) -> list[int]:
    """Ids of the letters in answer to this address, or with it in their words. Reads them all."""
    email = email.lower()
    words = func.lower(cast(OutboxMessage.slots, String))
    wanted = select(OutboxMessage.id, OutboxMessage.reply_to, OutboxMessage.slots).where(
        ~OutboxMessage.is_wiped,
        OutboxMessage.stream != Stream.BULK,  # these speak of nobody but their reader
        or_(
            func.lower(OutboxMessage.reply_to) == email,
            words.contains(written_in_json(email), autoescape=True),
        ),
    )
    return [
        row.id
        for row in db.session.execute(wanted)
        if stands_in(email, row.reply_to) or stands_in(email, row.slots)
    ]


def held_on(email: str) -> dict[str, Any]:
    """What this room holds on an address: letters, and why it gets none of a kind."""
    theirs = letters_to(email)
    named = [each.message_id for each in mentions(address_digest(email))]
    ids = {*theirs, *named, *letters_naming(email)}
    wanted = select(OutboxMessage).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id)
    barred = select(Suppression).where(Suppression.email_digest == address_digest(email))
    return {
        "letters": [_told(message, email, theirs) for message in db.session.scalars(wanted)],
        "no_more_letters": [
            {"of": row.scope, "because": row.reason, "since": row.created_at}
            for row in db.session.scalars(barred.order_by(Suppression.id))
        ],
    }


def _told(message: OutboxMessage, email: str, theirs: Collection[int]) -> dict[str, Any]:
    """Without the personal links: who carries the file about must not be able to use them. Of a
    letter to somebody else only what is theirs: what they wrote to us, and not to whom it went.
    """
    is_theirs = message.id in theirs
    is_from_them = message.stream is not Stream.PERSONAL and stands_in(email, message.reply_to)
    words = [value for kind, value in message.slots.values() if kind == "text"]
    return {
        "kind": message.kind, "state": message.state, "written_at": message.created_at,
        "left_at": message.accepted_at, "is_wiped": message.is_wiped,
        "to": message.to_email if is_theirs else None,
        "to_name": message.to_name if is_theirs else None,
        "reply_to": message.reply_to if is_theirs or is_from_them else email,
        "language": message.language,
        "words": words if is_theirs or is_from_them else [],
        "answer_of_the_mail_server": message.last_answer if is_theirs else None,
        "has_calendar_entry": message.calendar is not None,
    }  # fmt: skip


def letters_to(email: str, *, key: str = "") -> list[int]:
    """Ids of the letters to whoever has this address, also to one that they had before; or of those
    whose dedupe key begins so.
    """
    who = address_digest(email)
    to_former = select(Mention.message_id).where(Mention.who == who, Mention.slot == "")
    wanted = select(OutboxMessage.id).where(
        or_(OutboxMessage.to_digest == who, OutboxMessage.id.in_(to_former))
    )
    return list(db.session.scalars(wanted.where(under(key)) if key else wanted))


def mentions(*who: bytes, key: str = "") -> Sequence[Mention]:
    """Where they are named in letters to others. `key`: as for `letters_to`."""
    wanted = select(Mention).where(Mention.who.in_(who), Mention.slot != "")
    return db.session.scalars(wanted.where(is_under(key)) if key else wanted).all()


def under(key: str) -> ColumnElement[bool]:
    return OutboxMessage.dedupe_key.startswith(key, autoescape=True)


def is_under(key: str) -> ColumnElement[bool]:
    """Of the letter in which somebody is named."""
    return (
        select(OutboxMessage.id).where(OutboxMessage.id == Mention.message_id, under(key)).exists()
    )


def letters_under(keys: Sequence[str]) -> list[int]:
    """Ids of the letters with these dedupe keys."""
    wanted = select(OutboxMessage.id).where(OutboxMessage.dedupe_key.in_(keys))
    return list(db.session.scalars(wanted))
