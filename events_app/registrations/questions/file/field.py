"""A file that somebody sends: refused in words where it is not what was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms.validators import ValidationError

from events_app.core import text
from events_app.core.forms import Form
from events_app.core.text import _, lazy
from events_app.registrations.questions.file.types import TYPES, FileType

MEGABYTE = 1 << 20


class SentField(FileField):  # type: ignore[misc] # Flask-WTF has no types
    is_multipart = True
    lost = lazy(
        "You chose a file, and a browser does not keep it when a form comes back. Choose it again."
    )

    def __init__(
        self, label: Any, validators: Any, *, settings: Mapping[str, Any], **more: Any
    ) -> None:
        super().__init__(label, validators, **more)
        self.types = [TYPES[name] for name in settings["types"]]
        self.most = settings["megabytes"]
        self.description = _(
            "%(types)s, at most %(most)s MB.", types=listed(self.types), most=text.number(self.most)
        )
        self.render_kw = {"accept": ",".join(end for each in self.types for end in each.endings)}

    @property
    def is_lost(self) -> bool:
        """The page comes back, and what was chosen does not."""
        return isinstance(self.data, FileStorage)


def listed(types: Sequence[FileType]) -> str:
    return ", ".join(each.label for each in types)


def name_of(types: Sequence[FileType], filename: str | None) -> str | None:
    """By the ending of the name, the name of the type; None: it is none of these."""
    given = (filename or "").lower()
    found = (name for name, each in TYPES.items() if each in types and given.endswith(each.endings))
    return next(found, None)


class Fits:
    """Of a kind that was asked for, by its name and by its content; whole; not too large."""

    def __call__(self, _form: Form, field: SentField) -> None:
        if field.data is None:
            return
        name = name_of(field.types, field.data.filename)
        if name is None:
            raise ValidationError(
                _(
                    "We cannot take a file of this kind. Choose one of these: %(types)s.",
                    types=listed(field.types),
                )
            )
        data = field.data.stream.read()
        field.data.stream.seek(0)
        sentence = _by_size(field, len(data)) or _by_content(field, TYPES[name], data)
        if sentence:
            raise ValidationError(sentence)


def _by_size(field: SentField, count: int) -> str | None:
    if not count:
        return _("This file is empty. Choose another one.")
    if count <= field.most * MEGABYTE:
        return None
    return _(
        "This file is %(size)s; at most %(most)s MB fit. Make it smaller, or choose another.",
        size=size_of(count),
        most=text.number(field.most),
    )


def _by_content(field: SentField, is_said: FileType, data: bytes) -> str | None:
    if not is_said.begins_like(data):
        return _(
            "By its name this file is %(type)s, but by its content it is not. Save it anew as one"
            " of these: %(types)s.",
            type=is_said.label,
            types=listed(field.types),
        )
    if not is_said.is_whole(data):
        return _("The end of this file is missing. Save it anew, and choose that file.")
    return None


def size_of(count: int) -> str:
    """Such as: 1,2 MB."""
    if count < MEGABYTE:
        return f"{text.number(max(1, round(count / 1024)))} kB"
    tenths = -(-count * 10 // MEGABYTE)  # rounded up: what is too large never reads like the most
    return f"{text.number(tenths / 10)} MB"
