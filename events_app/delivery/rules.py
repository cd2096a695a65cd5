"""Pure decisions of sending: who may be written to, and what a mail server's reply means."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from events_app.core.letters import Named, Stream
from events_app.core.tokens import digest
from events_app.delivery.models import Reason, Scope, State

ALL = "all"
"""The subject of a pause of everything."""
HIGH_PRIORITY = (Stream.TRANSACTIONAL,)
"""People wait for these letters; the others they do not know of yet."""
LOW_PRIORITY = (Stream.PERSONAL, Stream.BULK)

KEEP = timedelta(days=30)
"""After this only the fact of a letter remains: what it was and when, and not to whom."""

UNSENT = (State.READY, State.DEFERRED, State.CLAIMED)
"""Not yet in the air: a letter in these states can still be stopped."""

SCOPES: Mapping[Stream, frozenset[Scope]] = {
    Stream.TRANSACTIONAL: frozenset({Scope.ALL}),
    Stream.PERSONAL: frozenset({Scope.ALL, Scope.INVITATION}),
    Stream.BULK: frozenset({Scope.ALL, Scope.BULK}),
}
"""What keeps a letter of this stream from leaving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader of a letter that goes to many."""

    to: str
    to_name: str
    dedupe_key: str
    slots: Mapping[str, str] = field(default_factory=dict)
    """Str, `Url` or `Markup`, by the names used in the letter's values."""
    unsubscribe: str | None = None


def streams_of(scope: Scope) -> frozenset[Stream]:
    return frozenset(stream for stream, scopes in SCOPES.items() if scope in scopes)


def address_digest(email: str) -> bytes:
    """Finds an address however its capitals and its domain are written."""
    local, _, domain = email.strip().rpartition("@")
    return digest(f"{local.lower()}@{ascii_domain(domain)}")


def named(name: str, *, email: str = "", code: str = "") -> Named:
    """Somebody whom a letter names, and by what they are found there."""
    keys = (address_digest(email) if email else b"", digest(code) if code else b"")
    return Named(name, tuple(filter(None, keys)))


def without(name: str, words: str) -> str:
    """These names, with commas between them, but for one."""
    left = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", words, count=1)
    return ", ".join(filter(None, (each.strip() for each in left.split(","))))


@lru_cache(maxsize=1024)
def ascii_domain(domain: str) -> str:
    """The domain as mail servers know it; unchanged when it is no domain at all."""
    try:
        return domain.lower().encode("idna").decode()
    except UnicodeError:
        return domain.lower()


# -- what can be paused: the subjects of models.SendingPause


def stream_subject(stream: Stream) -> str:
    return f"stream:{stream}"


def campaign_subject(campaign: str) -> str:
    return f"campaign:{campaign}"


def campaigns(subjects: Iterable[str]) -> list[str]:
    """Those that are paused on their own."""
    prefix = campaign_subject("")
    return [each.removeprefix(prefix) for each in subjects if each.startswith(prefix)]


def domain_subject(domain: str) -> str:
    return f"domain:{domain}"


def resting_domain(subject: str) -> str:
    """Empty when something else is paused."""
    prefix = domain_subject("")
    return subject.removeprefix(prefix) if subject.startswith(prefix) else ""


def resting(stream: Stream, domain: str) -> str:
    """The pause of its domain that holds a letter back. People wait for the letters of high
    priority: each
    of these is tried on its own.
    """
    return "" if stream in HIGH_PRIORITY else domain_subject(domain)


def subjects(stream: Stream, campaign: str) -> frozenset[str]:
    """The pauses that hold a letter back, besides that of its domain."""
    return frozenset({ALL, stream_subject(stream), campaign_subject(campaign)})


def is_standstill(subject: str, until: datetime | None) -> bool:
    """Everything or a whole stream, until a person resumes it."""
    return until is None and subject in {ALL, *map(stream_subject, Stream)}


def pause_subject(stream: Stream, campaign: str) -> str:
    return campaign_subject(campaign) if campaign else stream_subject(stream)


# -- answers of mail servers


SENDER_REST = timedelta(minutes=1)
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 240, 480, 480, 480, 480, 480))
"""Waiting before the second, third … try; after the last one, 45 hours on, it is given up."""
LONGEST_WAIT = BACK_OFF[-1] * 1.1
DOMAIN_REST = timedelta(minutes=10)
ALARM_AT, ALARM_ONE_IN = 3, 20
"""So many recipients refused for reasons of policy within ALARM_WITHIN, and so large a part of
those who answered: the sender is the cause. Of many readers 1 % always refuse: three alone would
stop every issue, with one in twenty it is 1 in 57. Where a third refuse, it still stops after 3.
"""
ALARM_WITHIN = timedelta(hours=1)
BAD, PERMANENT, CLOSING, TOO_LARGE = 400, 500, 421, 552
THIS_LETTER, POLICY = 3, 7
"""The x of 4.x.x and 5.x.x (RFC 3463)."""
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})\b")
_NO_SUCH_ADDRESS = frozenset({1, 2, 3, 6, 10})
"""The x of 5.1.x that speak of the recipient (RFC 3463, 7505); 5.1.7 and 5.1.8 of the sender."""


def is_alarming(*, refused: int, heard: int) -> bool:
    """`heard`: how many servers answered, these refusals among them."""
    return refused >= ALARM_AT and refused * ALARM_ONE_IN >= heard


class Step(StrEnum):
    """What the mail server answered to."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Reply:
    """Of a mail server: RFC 5321 code and its words."""

    code: int
    text: str

    @property
    def is_good(self) -> bool:
        return self.code < BAD

    @property
    def enhanced(self) -> tuple[int, int, int]:
        """RFC 3463, such as (5, 1, 1); zeros where the server gives none."""
        found = _ENHANCED.match(self.text)
        return (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)

    def __str__(self) -> str:
        return " ".join(f"{self.code} {self.text}".split())[:500]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a letter goes next, and what else follows."""

    state: State
    why: Reason | None = None
    wait: timedelta = timedelta()
    is_resend: bool = False
    bars_address: bool = False
    slows_domain: bool = False
    blames_sender: bool = False
    """Nobody would get this letter: all sending stops, for `wait` or until a person resumes it."""


def verdict(reply: Reply, step: Step, *, attempts: int, chance: float) -> Verdict:
    """What a reply means. `attempts` counts this one; `chance`, from 0 to 1, is the jitter."""
    if reply.is_good:
        return Verdict(State.ACCEPTED)
    if reply.code < PERMANENT and step is Step.SENDER:
        return Verdict(State.READY, wait=SENDER_REST, blames_sender=True)
    if reply.code < PERMANENT:
        is_slow = reply.code == CLOSING or reply.enhanced[1] == POLICY
        return replace(try_again(attempts, chance), slows_domain=is_slow)
    return _refused(reply, step)


def _refused(reply: Reply, step: Step) -> Verdict:
    _, subject, detail = reply.enhanced
    if step is Step.SENDER and subject != THIS_LETTER and reply.code != TOO_LARGE:
        return Verdict(State.READY, blames_sender=True)
    if subject == POLICY:
        return Verdict(State.FAILED, Reason.POLICY)
    is_nobody = subject == 1 and detail in _NO_SUCH_ADDRESS
    why = Reason.NO_SUCH_ADDRESS if is_nobody else Reason.REFUSED
    return Verdict(State.FAILED, why, bars_address=is_nobody)


def try_again(attempts: int, chance: float) -> Verdict:
    """Later, with a fifth of jitter; given up after the last of BACK_OFF."""
    if attempts > len(BACK_OFF):
        return Verdict(State.FAILED, Reason.GAVE_UP)
    wait = BACK_OFF[max(attempts, 1) - 1] * (0.9 + 0.2 * chance)
    return Verdict(State.DEFERRED, wait=wait)


def if_stopped(found: Verdict) -> Verdict:
    """The same of a letter that was stopped while it was in the air: it is not tried again."""
    if found.state in {State.READY, State.DEFERRED}:
        return replace(found, state=State.CANCELLED, why=Reason.WITHDRAWN)
    return replace(found, why=Reason.UNWANTED) if found.state is State.UNCERTAIN else found


def after_silence(stream: Stream, why: Reason, *, is_resend: bool) -> Verdict:
    """The letter may have arrived. Only one that people wait for is sent again, and only once."""
    if stream is Stream.TRANSACTIONAL and not is_resend:
        return Verdict(State.DEFERRED, why, BACK_OFF[0], is_resend=True)
    return Verdict(State.UNCERTAIN, why)
