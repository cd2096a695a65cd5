import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wtforms import StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from events_app.core.editing import Part
from events_app.core.forms import Form, Length, LocalTimeField
from events_app.core.text import lazy as _
from events_app.kits.models import Kit
from events_app.kits.rules.event_facts import HASHTAGS, Wording, hashtag

TITLE, LEAD, QUOTE, NAME = 60, 300, 240, 120


def _most(count: int) -> Length:
    return Length(max=count)


class KitForm(Form):
    short_title_nl = StringField(_("Short title, in Dutch"), [_most(TITLE)])
    short_title_en = StringField(_("Short title, in English"), [_most(TITLE)])
    lead_nl = TextAreaField(_("Introduction, in Dutch"), [_most(LEAD)])
    lead_en = TextAreaField(_("Introduction, in English"), [_most(LEAD)])
    quote_nl = TextAreaField(_("Quote, in Dutch"), [_most(QUOTE)])
    quote_en = TextAreaField(_("Quote, in English"), [_most(QUOTE)])
    quote_person = StringField(_("Who says it"), [_most(NAME)])
    quote_role_nl = StringField(_("What they do, in Dutch"), [_most(NAME)])
    quote_role_en = StringField(_("What they do, in English"), [_most(NAME)])
    hashtags = StringField(_("Hashtags"), [_most(200)])
    embargo_until = LocalTimeField(_("Not before"), [Optional()])
    valid_until = LocalTimeField(_("Use until"), [Optional()])

    def validate_hashtags(self, field: StringField) -> None:
        if len(_tags(field.data or "")) > HASHTAGS:
            raise ValidationError(
                _("Use at most %(max)d hashtags: more of them are read less.", max=HASHTAGS)
            )

    def validate_quote_person(self, field: StringField) -> None:
        if self.local("quote") and not field.data:
            raise ValidationError(_("Fill in who says it: a quote is somebody's."))

    def validate_valid_until(self, field: LocalTimeField) -> None:
        begins = self.embargo_until.data
        if field.data and begins and field.data <= begins:
            raise ValidationError(_("Choose a moment after the first one."))

    def show(self, kit: Kit) -> None:
        for name in ("short_title", "lead", "quote", "quote_role"):
            self.show_local(name, kit.fields.get(name))
        self.quote_person.data = kit.fields.get("quote_person", "")
        self.hashtags.data = " ".join(kit.fields.get("hashtags", ()))
        self.embargo_until.data, self.valid_until.data = kit.embargo_until, kit.valid_until

    def compared(self, found: Iterable[tuple[str, Part]]) -> Iterator[tuple[str, Part]]:
        """Hashtags as they are kept, however they were typed."""
        for name, part in found:
            if name == "hashtags" and part.pairs is not None:
                kept = " ".join(_tags(" ".join(value for _name, value in part.pairs)))
                yield name, replace(part, pairs=((name, kept),))
            else:
                yield name, part

    def wording(self) -> Wording:
        return Wording(
            short_title=self.local("short_title"),
            lead=self.local("lead"),
            quote=self.local("quote"),
            quote_person=self.quote_person.data or "",
            quote_role=self.local("quote_role"),
            hashtags=tuple(_tags(self.hashtags.data or "")),
            embargo_until=self.embargo_until.data,
            valid_until=self.valid_until.data,
        )


def _tags(words: str) -> list[str]:
    return [tag for word in re.split(r"[\s,;#]+", words) if (tag := hashtag(word))]
