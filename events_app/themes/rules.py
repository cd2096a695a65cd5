"""Which colours a theme may have, and how they become styles."""

from collections.abc import Iterable
from dataclasses import dataclass

from events_app.core import text
from events_app.core.colours import WHITE, contrast
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.themes.models import Theme

STAGE = "#0b1b3b"
"""The dark ink of tokens.css."""
LEAST = 3.0
"""WCAG 2.2, 1.4.11: what carries meaning, such as a stripe or a dot."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A colour's contrast on both grounds."""

    on_white: float
    on_stage: float

    @property
    def is_clear(self) -> bool:
        return self.on_white >= LEAST and self.on_stage >= LEAST


class ColourUnclear(Refusal):
    def __init__(self, found: Weighed) -> None:
        advice = (
            _("Choose a darker colour.") if found.on_white < LEAST else _("Choose a lighter one.")
        )
        super().__init__(
            _(
                "This colour has a contrast of %(white)s on white and %(stage)s on the dark "
                "ground. Both must be at least 3. %(advice)s",
                white=text.number(round(found.on_white, 1)),
                stage=text.number(round(found.on_stage, 1)),
                advice=advice,
            )
        )


class NameTaken(Refusal):
    def __init__(self, language: str) -> None:
        super().__init__(_("There is already a theme with this name."))
        self.language = language


def weigh(colour: str) -> Weighed:
    return Weighed(on_white=contrast(colour, WHITE), on_stage=contrast(colour, STAGE))


def check_colour(colour: str) -> None:
    found = weigh(colour)
    if not found.is_clear:
        raise ColourUnclear(found)


def styles(themes: Iterable[Theme], shipped: str) -> str:
    """A class for each theme whose colour the `shipped` style sheet does not have already."""
    lines = [f".theme-{theme.code} {{ --theme: {theme.colour}; }}" for theme in themes]
    added = [line for line in lines if line not in shipped]
    return "@layer tokens {\n" + "\n".join(added) + "\n}\n" if added else ""
