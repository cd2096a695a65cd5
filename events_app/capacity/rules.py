"""Who gets places: a decision about numbers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events_app.capacity.models import ClaimStatus
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Places for one holder: all of them or none."""

    pool_id: int
    places: int
    may_wait: bool = False
    must_confirm: bool = False
    """Where it has to wait it is not in line before it has confirmed."""
    would_split: bool = False
    """While some of its places are free it is refused, so that who asks can choose."""
    passes_line: bool = False
    """Takes what is free also before a party in line: nobody there can be offered it."""
    replaces: int | None = None
    """Id of the claim that is given up for this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    free: int | None
    """None: no limit."""
    smallest_waiting: int | None = None
    """Places of the smallest party in line; None: nobody waits."""

    @property
    def is_due_to_line(self) -> bool:
        """Somebody in line fits, and is offered what is free."""
        if self.smallest_waiting is None:
            return False
        return self.free is None or self.smallest_waiting <= self.free


class NoRoom(Refusal):
    """`left`: what whoever asked could have had."""

    def __init__(self, left: int) -> None:
        super().__init__(_("All places are taken by now."))
        self.left = left


class TooSmall(Refusal):
    """More is taken than would fit."""

    def __init__(self, taken: int) -> None:
        super().__init__(_("More places are taken than that."))
        self.taken = taken


def decide(wants: Sequence[Want], rooms: Mapping[int, Room]) -> list[ClaimStatus]:
    """For each want how its claim begins. Raises NoRoom for the first that gets nothing."""
    begins = []
    free = {pool_id: room.free for pool_id, room in rooms.items()}
    for want in wants:
        is_kept = rooms[want.pool_id].is_due_to_line and not want.passes_line
        left = 0 if is_kept else free[want.pool_id]
        if left is None or want.places <= left:
            begins.append(ClaimStatus.HELD)
            if left is not None:
                free[want.pool_id] = left - want.places
        elif want.may_wait and not (want.would_split and left > 0):
            begins.append(ClaimStatus.ASKED if want.must_confirm else ClaimStatus.WAITING)
        else:
            raise NoRoom(max(0, left))
    return begins
