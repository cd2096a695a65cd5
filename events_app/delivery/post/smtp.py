"""A connection to the mail server (RFC 5321): opened once, used for many letters.

Each step is split into asking and hearing, so that several connections can wait at the same time.
"""

import io
import math
import selectors
import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from events_app.delivery.post.mime import Mail
from events_app.delivery.rules import CLOSING, PERMANENT, Reply

CLOSING_SECONDS = 2
A_MOMENT = 0.1
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Lost(Exception):
    """The connection broke before the last byte of the letter: sending it again is safe."""

    @property
    def is_silence(self) -> bool:
        """It did not break: nothing was said for a whole time-out."""
        why = self.__cause__
        return isinstance(why, TimeoutError) or isinstance(why and why.__context__, TimeoutError)


class Silent(Exception):
    """The whole letter was handed over and nothing was heard: it may have arrived."""


class Trouble(StrEnum):
    UNREACHABLE = "unreachable"
    NOT_SECURE = "not_secure"
    LOGIN_REFUSED = "login_refused"


class NoLineError(Exception):
    """The mail server cannot be used now; no letter has to do with it."""

    def __init__(self, trouble: Trouble, detail: object) -> None:
        super().__init__(trouble, detail)
        self.trouble = trouble
        self.detail = " ".join(str(detail).split())[:300]


@dataclass(frozen=True, slots=True)
class Server:
    """From SMTP_URL: smtp[s]://[name:password@]host[:port][?lines=8&timeout=30&patience=120&tls=no]."""

    host: str
    port: int
    name: str
    password: str
    is_tls: bool
    """From the first byte (smtps). Else STARTTLS, where it is offered."""
    may_be_plain: bool
    lines: int
    """Open at the same time for letters to many."""
    timeout: float
    """Seconds for a connection and for each command."""
    patience: float
    """Seconds for the reply to a whole letter."""

    @classmethod
    def of(cls, url: str) -> Self:
        parts = urlsplit(url)
        more = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        is_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if is_tls else 587 if parts.username else 25),
            name=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls=is_tls,
            may_be_plain=more.get("tls") == "no" or parts.hostname in HERE or not parts.username,
            lines=int(more.get("lines", 8)),
            timeout=float(more.get("timeout", 30)),
            patience=float(more.get("patience", 120)),
        )


class _Answers(io.RawIOBase):
    """What a mail server says."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self.ends = math.inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


class _InTime(smtplib.SMTP):
    """A whole reply has the time of the socket, not each piece of it: else a server that says it
    drop by drop would hold a connection for ever.
    """

    def getreply(self) -> tuple[int, bytes]:
        sock = self.sock
        if sock is None:
            return super().getreply()
        if self.file is None:
            self._answers = _Answers(sock)
            self.file = io.BufferedReader(self._answers)
        seconds = sock.gettimeout() or 0
        self._answers.ends = time.monotonic() + seconds
        said = super().getreply()
        if self.sock is sock:
            sock.settimeout(seconds)
        return said


class _InTimeSSL(_InTime, smtplib.SMTP_SSL):
    pass


class Connection:
    """One connection, one letter at a time: address, announce, deliver."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self._name = name
        self._smtp: smtplib.SMTP | None = None
        self.ends = math.inf
        """When this step is given up, for all connections together (monotonic)."""
        self._recipient = b""
        """The command that waits for the reply to MAIL FROM, without pipelining."""

    def open(self) -> None:
        """Raises NoLineError."""
        if self._smtp is not None:
            return
        try:
            self._smtp = self._connected()
        except ssl.SSLCertVerificationError as why:
            raise NoLineError(Trouble.NOT_SECURE, why) from why
        except smtplib.SMTPResponseException as why:
            raise NoLineError(_trouble(why), _said(why)) from why
        except OSError as why:  # smtplib's own errors are OSErrors too
            raise NoLineError(Trouble.UNREACHABLE, why) from why

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        smtp: smtplib.SMTP
        if server.is_tls:
            smtp = _InTimeSSL(
                server.host, server.port, self._name, timeout=server.timeout, context=_trust()
            )
        else:
            smtp = _InTime(server.host, server.port, self._name, timeout=server.timeout)
        try:
            if smtp.sock:
                smtp.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            smtp.ehlo_or_helo_if_needed()
            self._secure(smtp)
            if server.name:
                smtp.login(server.name, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """STARTTLS where it is offered; a password never goes over an open connection."""
        if self.server.is_tls:
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=_trust())
            smtp.ehlo()
        elif not self.server.may_be_plain:
            raise NoLineError(Trouble.NOT_SECURE, "STARTTLS")

    @property
    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise Lost
        return self._smtp

    def plug(self) -> socket | None:
        return self._smtp.sock if self._smtp else None

    def takes_utf8(self) -> bool:
        return self._open.has_extn("smtputf8")

    def address(self, mail: Mail) -> None:
        """Ask for sender and recipient, in one packet where the server allows it (RFC 2920)."""
        size = f" SIZE={len(mail.content)}" if self._open.has_extn("size") else ""
        utf8 = " SMTPUTF8 BODY=8BITMIME" if mail.needs_utf8 else ""
        sender = f"MAIL FROM:<{mail.sender}>{size}{utf8}\r\n".encode()
        recipient = f"RCPT TO:<{mail.recipient}>\r\n".encode()
        is_one = self._open.has_extn("pipelining")
        self._recipient = b"" if is_one else recipient
        self._write(sender + recipient if is_one else sender)

    def addressed(self) -> tuple[Reply, Reply]:
        """Hear what the server says to the sender and to the recipient."""
        sender = recipient = self._read()
        if not self._recipient:
            recipient = self._read()
        elif sender.is_good:
            self._write(self._recipient)
            recipient = self._read()
        return sender, recipient

    def forget(self) -> None:
        """The letter that was addressed is not delivered after all."""
        try:
            self._write(b"RSET\r\n")
            self._read()
        except Lost:
            self.close()

    def announce(self) -> None:
        self._write(b"DATA\r\n")

    def announced(self) -> Reply:
        """354: the server waits for the letter."""
        return self._read()

    def deliver(self, content: bytes) -> None:
        """Hand over the letter. A connection that breaks in here has not carried the last dot."""
        self._write(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")

    def delivered(self) -> Reply:
        """Call it when the connection `speaks`. Raises Silent when it broke instead."""
        try:
            return self._read()
        except Lost as why:
            raise Silent(*why.args) from why

    def drop(self) -> None:
        """Without a goodbye: the server listens no more."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say goodbye if the server still listens; never fails."""
        if self._smtp is not None:
            with suppress(OSError):
                self._socket().settimeout(CLOSING_SECONDS)
                self._smtp.quit()
            self.drop()

    def _socket(self) -> socket:
        sock = self._open.sock
        if sock is None:
            raise Lost
        return sock

    def _hurry(self) -> None:
        left = max(A_MOMENT, self.ends - time.monotonic())
        self._socket().settimeout(min(self.server.timeout, left))

    def _write(self, data: bytes) -> None:
        try:
            self._hurry()
            self._socket().sendall(data)
        except OSError as why:
            self.drop()
            raise Lost(str(why)) from why

    def _read(self) -> Reply:
        try:
            self._hurry()
            code, said = self._open.getreply()
        except OSError as why:  # smtplib's own errors are OSErrors too
            self.drop()
            raise Lost(str(why)) from why
        if code in (CLOSING, -1):
            self.drop()
            if code == -1:
                raise Lost(said.decode("utf-8", "replace"))
        return Reply(code, said.decode("utf-8", "replace"))


def speaking(connections: Sequence[Connection], seconds: float) -> set[Connection]:
    """Those that have something to say, or broke, as soon as there is one. Each has been heard to
    the end of its last reply.
    """
    with selectors.DefaultSelector() as looking:
        found = set()
        for connection in connections:
            sock = connection.plug()
            if sock is None or (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                found.add(connection)
            else:
                looking.register(sock, selectors.EVENT_READ, connection)
        told = looking.select(0 if found else seconds)
    return found | {key.data for key, _ in told}


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The certificates this machine trusts; reading them takes long."""
    return ssl.create_default_context()


def _trouble(why: smtplib.SMTPResponseException) -> Trouble:
    """A login that fails for a moment (454, RFC 4954) is like any server that is away."""
    is_final = isinstance(why, smtplib.SMTPAuthenticationError) and why.smtp_code >= PERMANENT
    return Trouble.LOGIN_REFUSED if is_final else Trouble.UNREACHABLE


def _said(why: smtplib.SMTPResponseException) -> Reply:
    said = why.smtp_error
    return Reply(
        why.smtp_code, said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    )
