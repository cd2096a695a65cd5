"""The loop that claims letters, hands them to the mail server and notes what became of them.

Only this room has such a file, between doors and actions: the state of a letter is committed
between the steps, so that a crash leaves in doubt only the letters that were being handed over.

In a round each open connection carries one letter. The results of a round are committed together
with the start of the next one.
"""

import logging
import os
import random
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import current_app
from sqlalchemy.exc import OperationalError

from events_app.core import clock, links
from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery import queries, rules
from events_app.delivery.actions import send, stop
from events_app.delivery.actions.send import Result
from events_app.delivery.models import LetterBody, OutboxMessage, PauseReason, Reason, State
from events_app.delivery.post.mime import BadAddress, Mail, MimeTemplate, Sender, build
from events_app.delivery.post.smtp import (
    Connection,
    Lost,
    NoLineError,
    Server,
    Silent,
    Trouble,
    speaking,
)
from events_app.delivery.rules import Reply, Step, Verdict

log = logging.getLogger(__name__)
T = TypeVar("T")

ROUNDS = 8
"""Letters claimed at a time, for each connection."""
KEPT_AT_ONCE = 200
TRIES = 5
"""To write to a busy database before the letters in hand are left to the sweep."""
GO_AHEAD = 354
GRACE = 1
"""Seconds: servers say sooner that they have a letter. Where one thinks longer, the connection is
left alone with it, and the others go on.
"""
LAST_GRACE = 0.6
"""The same when this process is told to stop: less than a job has to finish (core/queue.py)."""
MORE_CONNECTIONS = 4
"""In place of those that are waited for."""
A_WHILE, A_LOOK = 1, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class InTheAir:
    """Handed over whole; the server has not said yet that it has it."""

    connection: Connection
    message: OutboxMessage
    ends: float
    """Then nothing more is expected (monotonic)."""


class Dispatch:
    def __init__(
        self, streams: Sequence[Stream], first: Callable[[], None], is_over: Callable[[], bool]
    ) -> None:
        self.streams = streams
        self.first = first
        self.is_over = is_over
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.sender = Sender.of(current_app.config)
        url = current_app.config["SMTP_URL"]
        self.server = Server.of(url) if url else None
        self.connections = _connections(self.server, streams)
        self.most_connections = len(self.connections) + MORE_CONNECTIONS
        self.in_the_air: list[InTheAir] = []
        self.batch: deque[OutboxMessage] = deque()
        self.results: list[Result] = []
        self.templates: dict[int, MimeTemplate] = {}
        self.was_lost: set[int] = set()

    def run(self, *, seconds: float) -> bool:
        """Until nothing is due (False), or the time is up or someone says stop (True)."""
        ends = time.monotonic() + seconds
        try:
            while (time.monotonic() < ends or self.in_the_air) and not self.is_over():
                if self.batch or self._claim():
                    self._round()
                elif self.in_the_air:
                    self._hear(A_WHILE)
                else:
                    return False
        except NoLineError as why:
            self._rest(why)
            return False
        finally:
            self._leave()
        return True

    def _claim(self) -> bool:
        self.first()
        if self.in_the_air and not (self.results or queries.is_due(self.streams, clock.now())):
            return False
        limit = ROUNDS * len(self.connections) if self.server else KEPT_AT_ONCE

        def work(now: datetime) -> list[OutboxMessage]:
            send.settle(self.results, owner=self.owner, now=now)
            taken = send.claim(self.streams, owner=self.owner, now=now, limit=limit)
            if not self.server:
                send.keep(taken, owner=self.owner, now=now)
            return taken

        taken = _saved(work)
        self.results.clear()
        if self.server:
            self.batch.extend(taken)
        return bool(taken)

    def _round(self) -> None:
        self._deliver(self._begin(self._heard(self._asked())))
        if any(r.verdict.blames_sender or r.verdict.why is Reason.POLICY for r in self.results):
            self._look_again()

    def _look_again(self) -> None:
        """Give back what was claimed: the next claim sees what was paused by these results."""
        self.batch.clear()

        def work(now: datetime) -> None:
            send.settle(self.results, owner=self.owner, now=now)
            send.release(owner=self.owner, now=now)

        _saved(work)
        self.results.clear()

    def _asked(self) -> list[tuple[Connection, OutboxMessage, Mail]]:
        """Each connection asks for the sender and the recipient of one letter."""
        asked = []
        for connection in self._step(self._free()):
            found = self._next(connection)
            if found is None:
                continue
            message, mail = found
            try:
                connection.address(mail)
            except Lost as why:
                self._lost(message, State.CLAIMED, why)
            else:
                asked.append((connection, message, mail))
        return asked

    def _free(self) -> list[Connection]:
        """The connections that wait for nothing; where all wait, there may be a few more."""
        if self.in_the_air and self.server:
            self._hear(0)
            busy = {each.connection for each in self.in_the_air}
            if len(busy) >= len(self.connections) and len(self.connections) < self.most_connections:
                self.connections += _connections(self.server, rules.HIGH_PRIORITY)
            if len(busy) == len(self.connections):
                self._hear(A_WHILE)
        busy = {each.connection for each in self.in_the_air}
        return [connection for connection in self.connections if connection not in busy]

    def _step(self, connections: list[Connection]) -> list[Connection]:
        """Let the next step of all these connections share one time-out."""
        for connection in connections:
            connection.ends = time.monotonic() + connection.server.timeout
        return connections

    def _next(self, connection: Connection) -> tuple[OutboxMessage, Mail] | None:
        """The next letter that can be made and that this connection can carry."""
        while self.batch and self._is_open(connection):
            message = self.batch.popleft()
            mail = self._mail(message)
            if mail and mail.needs_utf8 and not connection.takes_utf8():
                self._note(message, State.CLAIMED, Verdict(State.FAILED, Reason.BAD_ADDRESS), "")
            elif mail:
                return message, mail
        return None

    def _is_open(self, connection: Connection) -> bool:
        """A server that lets in fewer connections than wished for is served by those."""
        try:
            connection.open()
        except NoLineError:
            self.connections.remove(connection)
            if not self.connections:
                raise
            return False
        return True

    def _mail(self, message: OutboxMessage) -> Mail | None:
        try:
            return build(message, self._template(message), self.sender, now=clock.now())
        except BadAddress:
            why = Reason.BAD_ADDRESS
        except Exception:
            log.exception("letter %s cannot be made", message.id)
            why = Reason.UNBUILT
        self._note(message, State.CLAIMED, Verdict(State.FAILED, why), "")
        return None

    def _template(self, message: OutboxMessage) -> MimeTemplate:
        if message.body_id not in self.templates:
            self.templates[message.body_id] = MimeTemplate(
                db.session.get_one(LetterBody, message.body_id)
            )
        return self.templates[message.body_id]

    def _heard(
        self, asked: list[tuple[Connection, OutboxMessage, Mail]]
    ) -> list[tuple[Connection, OutboxMessage, Mail]]:
        """The connections whose server took sender and recipient; a refusal is safe to repeat."""
        taken = []
        self._step([connection for connection, _, _ in asked])
        for connection, message, mail in asked:
            try:
                sender, recipient = connection.addressed()
            except Lost as why:
                self._lost(message, State.CLAIMED, why)
                continue
            if sender.is_good and recipient.is_good:
                taken.append((connection, message, mail))
            elif sender.is_good:
                self._answered(message, State.CLAIMED, recipient, Step.RECIPIENT)
                connection.forget()
            else:
                self._answered(message, State.CLAIMED, sender, Step.SENDER)
        return taken

    def _begin(
        self, taken: list[tuple[Connection, OutboxMessage, Mail]]
    ) -> list[tuple[Connection, OutboxMessage, Mail]]:
        """Commit what became of the last round and that these are in the air from here on."""
        if not taken:
            return []

        def work(now: datetime) -> set[int]:
            send.settle(self.results, owner=self.owner, now=now)
            return send.begin([m for _, m, _ in taken], owner=self.owner, now=now)

        begun = _saved(work)
        self.results.clear()
        for connection, message, _ in taken:
            if message.id not in begun:
                connection.forget()
        return [item for item in taken if item[1].id in begun]

    def _deliver(self, begun: list[tuple[Connection, OutboxMessage, Mail]]) -> None:
        for step in (self._announce, self._hand_over):
            self._step([connection for connection, _, _ in begun])
            begun = [item for item in begun if step(*item)]
        ends = time.monotonic()
        new = [
            InTheAir(connection, message, ends + connection.server.patience)
            for connection, message, _ in begun
        ]
        self.in_the_air += new
        while set(new) & set(self.in_the_air):
            if time.monotonic() > ends + (LAST_GRACE if self.is_over() else GRACE):
                break
            self._hear(A_LOOK)

    def _hear(self, seconds: float) -> None:
        """The letters in the air that got a reply, as soon as there is one; silent ones are given
        up.
        """
        told = speaking([each.connection for each in self.in_the_air], seconds)
        for each in tuple(self.in_the_air):
            if each.connection in told:
                self.in_the_air.remove(each)
                self._hear_last(each.connection, each.message)
            elif time.monotonic() >= each.ends:
                self._give_up(each)

    def _give_up(self, each: InTheAir) -> None:
        self.in_the_air.remove(each)
        each.connection.drop()
        self._unheard(each.message, Silent("no reply"))

    def _announce(self, connection: Connection, message: OutboxMessage, _mail: Mail) -> bool:
        try:
            connection.announce()
        except Lost as why:
            return self._lost(message, State.ATTEMPTING, why)
        return True

    def _hand_over(self, connection: Connection, message: OutboxMessage, mail: Mail) -> bool:
        try:
            reply = connection.announced()
            if reply.code == GO_AHEAD:
                connection.deliver(mail.content)
                return True
        except Lost as why:
            return self._lost(message, State.ATTEMPTING, why)
        connection.forget()
        if reply.is_good:
            return self._lost(message, State.ATTEMPTING, Lost(str(reply)))
        return self._answered(message, State.ATTEMPTING, reply, Step.CONTENT)

    def _hear_last(self, connection: Connection, message: OutboxMessage) -> None:
        self._step([connection])
        try:
            self._answered(message, State.ATTEMPTING, connection.delivered(), Step.CONTENT)
        except Silent as why:
            self._unheard(message, why)

    def _unheard(self, message: OutboxMessage, why: Silent) -> None:
        verdict = rules.after_silence(message.stream, Reason.SILENCE, is_resend=message.is_resend)
        self._note(message, State.ATTEMPTING, verdict, str(why))

    def _answered(self, message: OutboxMessage, was: State, reply: Reply, step: Step) -> bool:
        verdict = rules.verdict(
            reply, step, attempts=message.attempts + 1, chance=random.random()  # noqa: S311
        )  # fmt: skip
        return self._note(message, was, verdict, str(reply))

    def _lost(self, message: OutboxMessage, was: State, why: Lost) -> bool:
        """The connection broke. Servers close one that they think was used enough: once is free.
        But one that is silent about this letter would keep the others waiting once more.
        """
        is_first = message.id not in self.was_lost
        if was is State.CLAIMED and is_first and not why.is_silence:
            self.was_lost.add(message.id)
            self.batch.appendleft(message)
            return False
        verdict = rules.try_again(message.attempts + 1, random.random())  # noqa: S311 -- jitter
        return self._note(message, was, verdict, str(why))

    def _note(self, message: OutboxMessage, was: State, verdict: Verdict, reply: str) -> bool:
        self.results.append(Result(message, was, verdict, reply))
        return False

    def _rest(self, why: NoLineError) -> None:
        """The server cannot be used: try again in a minute, or when a person has seen to it."""
        is_passing = why.trouble is Trouble.UNREACHABLE
        log.warning("no connection to the mail server: %s, %s", why.trouble, why.detail)

        def work(now: datetime) -> None:
            until = now + timedelta(minutes=1) if is_passing else None
            reason = PauseReason(why.trouble)
            stop.pause(rules.ALL, reason, now=now, until=until, detail=why.detail)

        _saved(work)

    def _leave(self) -> None:
        if self.in_the_air:
            self._hear(A_LOOK)
        for each in tuple(self.in_the_air):
            self._give_up(each)
        for connection in self.connections:
            connection.close()
        self._look_again()


def _connections(server: Server | None, streams: Sequence[Stream]) -> list[Connection]:
    if server is None:
        return []
    host = links.host()
    name = f"[{host}]" if host.replace(".", "").isdecimal() else host
    name = f"[IPv6:{host}]" if ":" in host else name
    return [
        Connection(server, name)
        for _ in range(1 if streams == rules.HIGH_PRIORITY else server.lines)
    ]


def _saved(work: Callable[[datetime], T]) -> T:
    """Run the work in a transaction of its own; a busy database is asked again."""
    for left in reversed(range(TRIES)):
        try:
            with saving():
                return work(clock.now())
        except OperationalError:
            if not left:
                raise
            log.warning("the database is busy; asking again")
            time.sleep(random.uniform(0.1, 0.5))  # noqa: S311 -- jitter
    raise AssertionError
