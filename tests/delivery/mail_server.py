"""A small mail server on a real socket that answers as a test tells it to."""

import email
import email.policy
import socket
import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

DROP = "drop"
"""Close the connection without a word."""
STALL = "stall"
"""Say nothing for longer than anyone waits."""
DRIP = "drip"
"""Say something now and then, and never come to an end."""
DROP_WITHIN = "drop within"
"""As an answer to DATA: take a part of the letter, then close the connection."""


@dataclass
class Received:
    sender: str
    recipient: str
    content: bytes
    line: int
    """Which connection brought it."""

    @property
    def mail(self):
        return email.message_from_bytes(self.content, policy=email.policy.default)

    def part(self, kind):
        return next(p for p in self.mail.walk() if p.get_content_type() == kind)


class MailServer:
    """`answers` maps a step (greeting, ehlo, auth, mail, rcpt, data, dot), or a step and an address
    such as "rcpt ana@example.org", to an answer or a list of answers to give in turn. A function
    under `when[step]` is called with the address before the answer."""

    def __init__(self, *extensions):
        self.extensions = extensions or ("PIPELINING", "SMTPUTF8", "8BITMIME", "SIZE 35000000")
        self.answers = {}
        self.when = {}
        self.received = []
        self.commands = []
        self.said = []
        """Step, address and answer of all that was said."""
        self.lines = 0
        self.most_open = 0
        self.open = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self):
                _Talk(outer, self).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._talks = set()
        self._made = partial(Server, RequestHandlerClass=Handler)
        self._listen(0)

    def _listen(self, port):
        self._server = self._made(("127.0.0.1", port))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def url(self, more=""):
        return f"smtp://127.0.0.1:{self.port}?timeout=3&patience=1{more}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def outage(self):
        """Nobody listens meanwhile, and who was talking hears no more."""
        self.close()
        for talk in tuple(self._talks):
            with suppress(OSError):
                talk.connection.shutdown(socket.SHUT_RDWR)
        yield
        self._listen(self.port)

    def answer(self, step, address, usual):
        said = self._answer(step, address, usual)
        self.said.append((step, address, said))
        return said

    def _answer(self, step, address, usual):
        if step in self.when:
            self.when[step](address)
        for key in (f"{step} {address}", step):
            told = self.answers.get(key)
            if isinstance(told, list):
                if told:
                    return told.pop(0)
            elif told:
                return told
        return usual


_USUAL = {"EHLO": ("ehlo", ""), "AUTH": ("auth", "235 2.7.0 welcome"),
          "STAR": ("starttls", "220 2.0.0 go on")}  # fmt: skip


class _Talk:
    def __init__(self, server, handler):
        self.server, self.handler = server, handler
        server.lines += 1
        self.number = server.lines

    def run(self):
        self.server.open += 1
        self.server.most_open = max(self.server.most_open, self.server.open)
        self.server._talks.add(self.handler)
        try:
            self._talk()
        except (OSError, _Closed):
            pass
        finally:
            self.server.open -= 1
            self.server._talks.discard(self.handler)

    def _say(self, answer):
        if answer == DROP:
            raise _Closed
        if answer == STALL:
            time.sleep(6)
            raise _Closed
        while answer == DRIP:
            self.handler.wfile.write(b"250-and then\r\n")
            time.sleep(0.2)
        self.handler.wfile.write(answer.encode() + b"\r\n")
        if answer.startswith("421"):
            raise _Closed

    def _talk(self):
        server = self.server
        self._say(server.answer("greeting", "", "220 test ESMTP"))
        sender = recipient = ""
        while line := self.handler.rfile.readline():
            command = line.decode().strip()
            server.commands.append(command)
            verb = command[:4].upper()
            if verb in _USUAL:
                step, usual = _USUAL[verb]
                self._say(server.answer(step, "", usual or self._hello()))
                if verb == "STAR":
                    raise _Closed  # the line breaks in the handshake
            elif verb == "MAIL":
                sender = command.partition("<")[2].partition(">")[0]
                self._say(server.answer("mail", sender, "250 2.1.0 ok"))
            elif verb == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
                self._say(server.answer("rcpt", recipient, "250 2.1.5 ok"))
            elif verb == "DATA":
                self._data(sender, recipient)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _hello(self):
        lines = ["test", *self.server.extensions]
        marks = ["-"] * (len(lines) - 1) + [" "]
        return "\r\n".join(f"250{mark}{text}" for mark, text in zip(marks, lines, strict=True))

    def _data(self, sender, recipient):
        answer = self.server.answer("data", recipient, "354 go on")
        if answer == DROP_WITHIN:
            self._say("354 go on")
            self.handler.rfile.read(200)
            raise _Closed
        self._say(answer)
        if not answer.startswith("354"):
            return
        lines = []
        while (line := self.handler.rfile.readline()) != b".\r\n":
            if not line:
                raise _Closed
            lines.append(line[1:] if line.startswith(b".") else line)
        said = self.server.answer("dot", recipient, "250 2.0.0 queued as 1234")
        if not said.startswith(("4", "5")):
            self.server.received.append(Received(sender, recipient, b"".join(lines), self.number))
        self._say(said)


class _Closed(Exception):
    pass
