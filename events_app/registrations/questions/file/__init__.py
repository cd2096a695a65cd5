"""A file. It is stored in core/files.sent, and the answer keeps its name, its type and its size."""

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import Field, IntegerField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import files, text
from events_app.core.forms import options
from events_app.core.text import lazy as _
from events_app.registrations.models import FILE, Question
from events_app.registrations.questions.file.field import Fits, SentField, name_of, size_of
from events_app.registrations.questions.file.sample import pdf
from events_app.registrations.questions.file.types import TYPES
from events_app.registrations.questions.shape import Kind, KindSettings, Sample, Value, needed

MOST_MEGABYTES = 10
LONGEST_STEM = 80
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f]')
"""What no name of a file may hold on some machine, and what nobody sees."""


class FileSettings(KindSettings):
    rows = (("types",), ("megabytes",))
    types = SelectMultipleField(
        _("What people may send"),
        [DataRequired(_("Choose at least one."))],
        choices=options((name, each.label) for name, each in TYPES.items()),
        default=["pdf"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    megabytes = IntegerField(
        _("At most, in megabytes"),
        [
            InputRequired(_("Fill in a number of megabytes.")),
            NumberRange(1, MOST_MEGABYTES, _("Fill in a number between 1 and 10 megabytes.")),
        ],
        default=5,
        description=_("All files of one form together are 11 MB at most."),
        render_kw={"min": 1, "max": MOST_MEGABYTES, "inputmode": "numeric"},
    )

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        return {**before, "types": self.types.data, "megabytes": self.megabytes.data}

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        self.types.data, self.megabytes.data = settings["types"], settings["megabytes"]


def field(question: Question) -> Field:
    return SentField(
        text.local(question.label), [needed(question), Fits()], settings=question.settings
    )


def store(question: Question, data: FileStorage | None, _now: datetime) -> Value:
    if data is None:
        return None
    types = [TYPES[name] for name in question.settings["types"]]
    type_name = name_of(types, data.filename)
    assert type_name is not None  # noqa: S101 -- the field has looked
    content = data.stream.read()
    return {
        FILE: files.sent.keep(content),
        "name": fit_name(data.filename or "", TYPES[type_name].endings),
        "type": TYPES[type_name].media_type,
        "size": len(content),
    }


def fit_name(given: str, endings: tuple[str, ...]) -> str:
    """As somebody's own machine can store it: without a path, and with the ending of its type."""
    last = PurePosixPath(given.replace("\\", "/")).name
    shown = (sign for sign in unicodedata.normalize("NFC", last) if _is_seen(sign))
    words = " ".join(_UNFIT.sub(" ", "".join(shown)).split())
    ending = next((each for each in endings if words.lower().endswith(each)), endings[0])
    stem = words[: -len(ending)] if words.lower().endswith(ending) else words
    return (stem[:LONGEST_STEM].strip(". ") or "file") + ending


def _is_seen(sign: str) -> bool:
    """No mark that turns the direction, and no half of a character."""
    return unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")


def typed(_question: Question, _value: Value) -> None:
    """A browser takes no file from a page."""


def show(_question: Question, value: Value) -> str:
    return f"{value['name']} ({size_of(value['size'])})"


def sample() -> Sample:
    sent = FileStorage(io.BytesIO(pdf("Voorbeeld")), filename="Voorbeeld.pdf")
    return Sample([sent], {"types": ["pdf", "png"], "megabytes": 5})


KIND = Kind(
    name="file",
    label=_("A file"),
    help=_("Such as a photo or a document. Only who may see the answer can open it."),
    settings=FileSettings,
    field=field,
    store=store,
    typed=typed,
    show=show,
    export=show,
    megabytes=lambda settings: int(settings["megabytes"]),
    sample=sample,
)
