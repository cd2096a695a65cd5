from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_app.core.db import Base, Keyed


class ClaimStatus(StrEnum):
    HELD = "held"
    OFFERED = "offered"
    """Kept free until `offer_expires_at`."""
    WAITING = "waiting"
    ASKED = "asked"
    """Not in line before whoever asked has confirmed; then at the number that `asked_at` gives."""
    ENDED = "ended"


SEATED = (ClaimStatus.HELD, ClaimStatus.OFFERED)
"""These count as taken."""


class Pool(Keyed, Base):
    """Places that can be taken. Only the guarded UPDATE in `actions` raises `taken`."""

    __tablename__ = "pool"
    size: Mapped[int | None]
    """None: room for everybody."""
    over_allowance: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)

    @property
    def free(self) -> int | None:
        return None if self.size is None else self.size + self.over_allowance - self.taken

    __table_args__ = (
        CheckConstraint(
            "taken >= 0 AND (size IS NULL OR taken <= size + over_allowance)", name="never_over"
        ),
        CheckConstraint("(size IS NULL OR size >= 0) AND over_allowance >= 0", name="not_negative"),
    )


class Claim(Keyed, Base):
    __tablename__ = "claim"
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    places: Mapped[int]
    status: Mapped[ClaimStatus]
    asked_at: Mapped[datetime]
    """Its number in line, should it wait."""
    offered_at: Mapped[datetime | None]
    """When its line came to an end: the places were offered, or given."""
    offer_expires_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    """The claim that its holder had before, in another pool or in this one."""
    ended_at: Mapped[datetime | None]

    pool: Mapped[Pool] = relationship()
    replaced: Mapped["Claim | None"] = relationship(remote_side="Claim.id", viewonly=True)

    __table_args__ = (
        Index("ix_claim_line", "pool_id", "status", "asked_at", "id"),
        Index("ix_claim_places", "pool_id", "status", "places"),
        Index("ix_claim_offer", "status", "offer_expires_at"),
        CheckConstraint("places >= 1", name="at_least_one"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ends_once"),
        CheckConstraint("status != 'offered' OR offer_expires_at IS NOT NULL", name="offer_ends"),
    )
