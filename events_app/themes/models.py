from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core.db import Base, Keyed


class Kind(StrEnum):
    SECTOR = "sector"
    PROGRAMME_LINE = "programme_line"
    ACTION_LINE = "action_line"
    CHALLENGE = "challenge"
    REGION = "region"
    COMMUNITY_KIND = "community_kind"


class Theme(Keyed, Base):
    """A word that things are tagged with."""

    __tablename__ = "theme"
    kind: Mapped[Kind]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]
    colour: Mapped[str] = mapped_column(default="#5a6785")
    """Passes 3:1 on white and on the dark ink; checked by rules."""
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (Index("ix_theme_kind", "kind", "position"),)
