"""The editor of an issue: its own fields, and a small form for each block, made of its shape.

A draft may be half done: what is missing is for the check before sending, not for saving.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired

from events_app.core import text
from events_app.core.editing import CHOSEN, Part, Sent, part_by_name
from events_app.core.errors import Refusal
from events_app.core.forms import Form, Length, LocalTimeField
from events_app.core.text import lazy as _
from events_app.newsletters.blocks import BLOCKS, Block, Data, Field
from events_app.newsletters.forms.subscribing import LANGUAGES
from events_app.newsletters.models import Issue
from events_app.newsletters.rules import MOST_PREHEADER, MOST_SUBJECT, Draft, picture_keys
from events_app.newsletters.rules.facts import EventFacts, PictureFacts, is_as_seen
from events_app.themes.models import Theme

MOST_BLOCKS = 60
_BLOCK = re.compile(rf"(\d{{1,6}}):({'|'.join(BLOCKS)})")
_STEP = re.compile(rf"add:({'|'.join(BLOCKS)})|(up|down|remove):\d{{1,6}}")
_MARK = re.compile(r"[0-9a-f]{24}")
UPLOAD = re.compile(r"^b\d{1,6}-upload$", re.MULTILINE)
_WIDGETS = {
    "line": StringField,
    "lines": TextAreaField,
    "markdown": TextAreaField,
    "link": URLField,
}


class PictureGone(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This picture is no longer there. Choose it again."))


class BlockForm(Form):
    """The fields of one block; its names begin with the block's key."""

    block: Block
    key: str

    class Meta(Form.Meta):
        csrf = False

    def is_seen_anew(self) -> bool:
        chosen, seen = self.event.data, (self.seen.data or "").partition(":")[0]
        return bool(self.looked.data) or chosen != seen

    def is_overtaken(self, event: EventFacts) -> bool:
        """What the block shows of its event is not what was looked at."""
        is_known = bool(self.seen.data) and not self.is_seen_anew()
        has_words = bool(self.note.data)
        return is_known and not is_as_seen(event, self._mark(), has_words=has_words)

    def _mark(self) -> str | int:
        given = (self.seen.data or "").partition(":")[2]
        return given if _MARK.fullmatch(given) else _whole(given)

    def data_of_block(self) -> dict[str, Any]:
        """As it is stored."""
        made: dict[str, Any] = {"kind": self.block.kind, "key": self.key}
        for field in self.block.fields:
            value = getattr(self, field.name).data or ""
            if field.kind != "event":
                made[field.name] = value
            elif value and value in self.event.choices:
                made[field.name] = int(value)
                if not self.is_seen_anew():
                    made["seen"] = self._mark()
        return made


def _whole(digits: str) -> int:
    return int(digits) if re.fullmatch(r"\d{1,9}", digits) else 0


def _fields(field: Field) -> dict[str, Any]:
    if field.kind == "event":
        return {
            field.name: SelectField(field.label, validate_choice=False),
            "seen": HiddenField(),
            "looked": BooleanField(_("I have looked: this block is right")),
        }
    if field.kind == "picture":
        return {field.name: HiddenField(), "upload": FileField(field.label, description=field.help)}
    made = _WIDGETS[field.kind](field.label, [Length(max=field.most)], description=field.help or "")
    return {field.name: made}


def _form_of(block: Block) -> type[BlockForm]:
    fields = {name: made for field in block.fields for name, made in _fields(field).items()}
    return type(f"{block.kind.title()}Form", (BlockForm,), {"block": block, **fields})


FORMS = {kind: _form_of(block) for kind, block in BLOCKS.items()}


class IssueForm(Form):
    language = SelectField(_("Language"), choices=LANGUAGES)
    subject = StringField(_("Subject"), [Length(max=MOST_SUBJECT)])
    preheader = StringField(
        _("Introduction"),
        [Length(max=MOST_PREHEADER)],
        description=_("One sentence. Mail programs show it after the subject."),
    )
    theme = SelectField(_("Audience"))
    is_one_language = BooleanField(_("Only for readers who chose this language"))

    def __init__(
        self,
        sent: Sent,
        issue: Issue,
        *,
        events: Sequence[tuple[int, str]],
        themes: Sequence[Theme],
    ) -> None:
        super().__init__(sent)
        self.themes = {str(theme.id): text.local(theme.name) for theme in themes}
        self.theme.choices = {"": str(_("All readers")), **self.themes}
        self.events = {"": str(_("Choose an event")), **{str(key): name for key, name in events}}
        self.blocks: list[BlockForm] = []
        self.refused_pictures: list[Refusal] = []
        if sent is None:
            self.show(issue)
        else:
            self._take(sent)

    def show(self, issue: Issue) -> None:
        self.language.data, self.subject.data = issue.language, issue.subject
        self.preheader.data = issue.preheader
        self.theme.data = str(issue.theme_id or "")
        self.is_one_language.data = issue.is_one_language
        self.blocks = [
            self._block(None, data["kind"], data["key"], _shown(data)) for data in issue.blocks
        ]

    def _take(self, sent: MultiDict[str, Any]) -> None:
        """The blocks in the order of the page, each named `key:kind`."""
        found = (_BLOCK.fullmatch(name) for name in sent.getlist("block"))
        named = {match[1]: match[2] for match in found if match}
        for key, kind in named.items():
            self.blocks.append(self._block(sent, kind, key))

    def _block(
        self, sent: Sent, kind: str, key: str, data: Mapping[str, Any] | None = None
    ) -> BlockForm:
        made = FORMS[kind](sent, prefix=f"b{key}-", data=data)
        made.key = key
        if kind == "event":
            made.event.choices = self.events
        return made

    def validate(self, extra_validators: Any = None) -> bool:
        whole = super().validate(extra_validators)
        broken = [block for block in self.blocks if not block.validate()]
        self.form_errors += [why.sentence for why in self.refused_pictures]
        if len(broken) > len(self.refused_pictures):
            self.form_errors.append(_("A block holds too many words. It says so below."))
        is_full = len(self.blocks) + self._adds_one() > MOST_BLOCKS
        if is_full:
            self.form_errors.append(
                _(
                    "A newsletter holds %(most)d blocks at most. Take one out first.",
                    most=MOST_BLOCKS,
                )
            )
        return whole and not broken and not is_full

    def compared(self, found: Iterable[tuple[str, Part]]) -> Iterator[tuple[str, Part]]:
        """Each block as one, and their order."""
        yield from found
        names = [str(block.block.label) for block in self.blocks]
        order = tuple(("block", f"{block.key}:{block.block.kind}") for block in self.blocks)
        yield "block", Part(str(_("Blocks")), order, ", ".join(names), "blocks")
        for number, block in enumerate(self.blocks, 1):
            label = _("%(kind)s, block %(number)d", kind=block.block.label, number=number)
            parts = part_by_name(block).values()
            pairs = [pair for part in parts for pair in part.pairs or ()]
            shown = [part.shown for part in parts if part.shown]
            if "upload" in block and block.upload.data:
                pairs.append((block.upload.name, block.upload.data.filename))
                shown.append(str(CHOSEN))
            yield (
                f"b{block.key}",
                Part(str(label), tuple(pairs), "\n".join(map(str, shown)), "blocks"),
            )

    def draft(self) -> Draft:
        return Draft(
            language=self.language.data if self.language.data in LANGUAGES else text.DEFAULT,
            subject=" ".join((self.subject.data or "").split()),
            preheader=self.preheader.data or "",
            blocks=[block.data_of_block() for block in self.blocks],
            theme_id=int(self.theme.data) if self.theme.data in self.themes else None,
            is_one_language=bool(self.is_one_language.data),
        )

    def step(self) -> str:
        """What the pressed button asks of the blocks (see rules.arranged), if anything."""
        wanted = request.form.get("do", "")
        return wanted if _STEP.fullmatch(wanted) else ""

    def _adds_one(self) -> bool:
        return self.step().startswith("add")

    def take_pictures(
        self, pictures: Mapping[str, PictureFacts], refused: Mapping[str, Refusal]
    ) -> None:
        """What became of the files that were sent, by the name of the field."""
        for block in self.blocks:
            if "upload" in block and (picture := pictures.get(block.upload.name)):
                block.picture.data = picture.key
            if "upload" in block and (why := refused.get(block.upload.name)):
                block.upload.process_errors = [why.sentence]
                self.refused_pictures.append(why)

    def picture_keys(self) -> set[str]:
        return picture_keys([block.data_of_block() for block in self.blocks])

    def miss_pictures(self, known: Collection[str]) -> None:
        """A page that stayed open for days names a picture that has gone meanwhile."""
        for block in self.blocks if request.method == "POST" else ():
            if "picture" in block and block.picture.data and block.picture.data not in known:
                block.picture.data = ""
                block.upload.process_errors = [PictureGone().sentence]
                self.refused_pictures.append(PictureGone())

    @property
    def status(self) -> int:
        """Of the answer, where the form cannot be saved as it is."""
        return 409 if self.clashes else 422 if self.refused_pictures else 200


def _shown(data: Data) -> dict[str, Any]:
    if not data.get("event"):
        return dict(data)
    return {**data, "event": str(data["event"]), "seen": f"{data['event']}:{data.get('seen')}"}


class WhenForm(Form):
    send_at = LocalTimeField(_("Send at"), [InputRequired(_("Choose a day and a time."))])
