"""Checks and choices that several of our forms share."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from wtforms import SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.themes.models import Kind, Theme

NEW = "new"
"""Chosen in a select: what the fields beside it describe."""
TITLE, LINE, STORY = 200, 600, 40_000
"""Longest texts, in characters."""


class Boxes(SelectMultipleField):
    """Several of a few, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def is_web_address(_form: Any, field: Any) -> None:
    """Only http and https lead anywhere; javascript: and the like do not."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
    except ValueError:
        parts = urlsplit("")
    is_whole = parts.scheme in ("http", "https") and parts.hostname
    if not is_whole or not field.data.isprintable() or " " in field.data:
        raise ValidationError(_("Give a whole web address, such as https://example.org/page."))


def of_kind(themes: Iterable[Theme], *kinds: Kind) -> list[tuple[str, str]]:
    return [(str(t.id), text.local(t.name)) for t in themes if t.kind in kinds]


def with_ids(choices: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(str(id), label) for id, label in choices]


def number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None
