"""The kinds of input that the forms of this room are made of."""

import re
from typing import Any

from wtforms import Field, StringField, TextAreaField

from events_app.core.forms import Length

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
NAME, LINE, PARAGRAPH = 120, 200, 2000


def one_line(value: str | None) -> str | None:
    """Without line breaks and without marks that nobody sees."""
    return " ".join(_UNSEEN.sub(" ", value).split()) if value else value


def line(
    label: Any, *validators: Any, most: int = NAME, help: Any = "", **attributes: Any
) -> Field:
    return StringField(
        label,
        [*validators, Length(max=most)],
        filters=[one_line],
        description=help,
        render_kw=attributes,
    )


def paragraph(label: Any, *validators: Any, most: int, rows: int = 2, help: Any = "") -> Field:
    return TextAreaField(
        label,
        [*validators, Length(max=most)],
        description=help,
        render_kw={"rows": rows},
    )
