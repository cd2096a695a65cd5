"""Words to agree to. An answer keeps the words that were agreed to, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wtforms import BooleanField, Field

from events_app.core import text
from events_app.core.forms import Filled
from events_app.core.text import _, lazy
from events_app.registrations.models import Question
from events_app.registrations.questions.fields import paragraph
from events_app.registrations.questions.shape import Kind, KindSettings, Sample, Value, needed

MOST = 1000


class ConsentSettings(KindSettings):
    rows = (("words_nl", "words_en"),)
    words_nl = paragraph(
        lazy("Words to agree to, in Dutch"),
        Filled(lazy("Fill in what people agree to.")),
        most=MOST,
        rows=4,
        help=lazy(
            "Such as: Ik vind het goed dat… On the form these words stand beside a box; the"
            " question above stands on your lists. Who agreed to earlier words keeps those."
        ),
    )
    words_en = paragraph(lazy("Words to agree to, in English"), most=MOST, rows=4)

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Other words are another version."""
        words, version = self.local("words"), before.get("version", 0)
        if words != before.get("words"):
            version += 1
        return {**before, "words": words, "version": version}

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        self.show_local("words", settings["words"])


class ConsentField(BooleanField):
    """The box is sent with the version of the words beside it: nobody agrees to others."""

    def __init__(self, label: Any, validators: Any, *, version: int, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.version = str(version)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist == [self.version]
        if valuelist and not self.data:
            raise ValueError(
                _(
                    "These words have changed since you opened the page. Read them once more, and"
                    " tick the box if you agree."
                )
            )

    def _value(self) -> str:
        return self.version


def field(question: Question) -> Field:
    said = lazy("Tick the box if you agree. Without it you cannot register.")
    return ConsentField(
        text.local(question.settings["words"]),
        [needed(question, said)],
        version=question.settings["version"],
    )


def store(question: Question, data: Any, now: datetime) -> Value:
    if not data:
        return None
    said = question.settings
    return {
        "words": text.local(said["words"]), "version": said["version"], "at": now.isoformat()
    }  # fmt: skip


def typed(question: Question, value: Value) -> bool | None:
    """To other words they did not agree."""
    return True if value["version"] == question.settings["version"] else None


def show(_question: Question, value: Value) -> str:
    return _("Agreed on %(moment)s: “%(words)s”", moment=_moment(value), words=value["words"])


def export(_question: Question, value: Value) -> str:
    return _(
        "Agreed on %(moment)s, version %(version)s",
        moment=_moment(value),
        version=value["version"],
    )


def _moment(value: Mapping[str, Any]) -> str:
    at = datetime.fromisoformat(value["at"])
    return f"{text.date_of(at)}, {text.clock_time(at)}"


def sample() -> Sample:
    words = {
        "nl": "Ik vind het goed dat u foto’s maakt waarop ik te zien ben.",
        "en": "I agree that you take photos in which I can be seen.",
    }
    return Sample(["1"], {"words": words, "version": 1})


KIND = Kind(
    name="consent",
    label=lazy("Consent"),
    help=lazy("A box to tick beside your words. We keep which words and when."),
    settings=ConsentSettings,
    is_personal=True,
    field=field,
    store=store,
    typed=typed,
    show=show,
    export=export,
    sample=sample,
)
