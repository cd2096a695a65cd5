"""Reads doors.txt: every door of the house, who may open it, and how it answers them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.faults.scene import ROLES

WHERE = Path(__file__).with_name("doors.txt")
HOLDERS = (
    "attendee", "successor", "guest", "ambassador", "reader", "asker", "partner", "colleague",
)  # fmt: skip
WRITES = {"journal": {"journal_entry"}, "counts": {"kit_download", "short_link"}}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Door:
    method: str
    address: str
    who: str
    answers: frozenset
    may_write: frozenset = frozenset()
    """Tables that looking may write in."""
    may_be_kept: bool = False
    """By the reader's own browser, for a day."""

    def __str__(self):
        return f"{self.method} {self.address}"

    @property
    def is_desk(self):
        return self.address.startswith("/desk/")

    @property
    def is_private(self):
        """One person's, or the desk's: for no cache and no search engine."""
        return self.is_desk or "{token}" in self.address or self.address.startswith("/sign-")

    def is_open_to(self, visitor):
        if self.who in ROLES:
            return visitor.kind in ROLES[ROLES.index(self.who) :]
        if self.who == "outsiders":
            return visitor.kind not in ROLES
        return self.who == "everyone" or visitor.kind in self.who.split("+")

    def closed_with(self, visitor):
        """How it answers who may not: the desk asks them to sign in, or says that they may not; who
        is signed in need not do so again; and what is not for you looks like what is not there.
        """
        if self.is_desk:
            return 403 if visitor.kind in ROLES else 303
        if self.who == "outsiders":
            return 303
        return 410 if self.address.startswith("/sign-in/") else 404

    @classmethod
    def lines(cls, line) -> list[Self]:
        """A line of the file: a door for each method."""
        words = line.split()
        methods = [word for word in words if word in METHODS]
        address, who, *more = words[len(methods) :]
        answers = {int(word) for word in more if word.isdecimal()}
        answers = answers or {303 if methods == ["POST"] else 200}
        writes = frozenset().union(*(WRITES.get(word, ()) for word in more))
        known = {"everyone", "outsiders", "nobody", *ROLES, *HOLDERS}
        assert set(who.split("+")) <= known, (
            f"{WHERE.name}: “{who}” in the line “{line}” is none of {known}"
        )
        return [
            cls(method, address, who, frozenset(answers), writes, "kept" in more)
            for method in methods
        ]


def read(text=None):
    text = WHERE.read_text() if text is None else text
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [door for line in lines if line for door in Door.lines(line)]


DOORS = read()
