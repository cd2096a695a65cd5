"""What the journal says of this room, and how all rooms' lines are told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from flask_babel import LazyString

from events_app.accounts.models import JournalEntry, StaffMember
from events_app.accounts.rules import moment
from events_app.core import text
from events_app.core.components import Components, Journal
from events_app.core.text import _, lazy

DIGITS = 64
"""Of the key of a kept file."""

JOURNAL = Journal(
    sentences={
        "signed_in": lazy("%(who)s signed in"),
        "signed_out_everywhere": lazy("%(who)s signed out everywhere"),
        "invited": lazy("%(who)s gave %(what)s a seat at the desk"),
        "edited": lazy("%(who)s changed the seat of %(what)s"),
        "closed_access": lazy("%(who)s took away the access of %(what)s"),
        "gave_access_again": lazy("%(who)s gave %(what)s access again"),
        "removed": lazy("%(who)s removed colleague %(what)s"),
    },
    kinds={
        "StaffMember": lazy("Colleagues"),
    },
    fields={
        "name": lazy("name"),
        "title": lazy("title"),
        "email": lazy("e-mail address"),
        "role": lazy("role"),
        "language": lazy("language"),
        "status": lazy("state"),
        "kind": lazy("kind"),
    },
    values={
        "owner": lazy("Owner"),
        "organiser": lazy("Organiser"),
        "editor": lazy("Editor"),
        "door": lazy("Door"),
        "nl": lazy("Dutch"),
        "en": lazy("English"),
    },
    things={
        "/desk/accounts/colleagues/<int:key>": StaffMember,
    },
)


class Told:
    """The lines of the journal in the reader's words. Of a field or a state that two rooms name
    the same way, the upper room's word counts.
    """

    def __init__(self, components: Components) -> None:
        self._rooms = {each.name: each.journal for each in components}
        self._fields = _joined(each.fields for each in self._rooms.values())
        self._values = _joined(each.values for each in self._rooms.values())
        self.kinds = _joined(each.kinds for each in self._rooms.values())
        """What there are lines about, by the model's name."""

    def sentence(self, line: JournalEntry) -> str:
        who = line.actor or _("The system")
        what = line.subject_label or _("someone who has been wiped")
        room, _dot, verb = line.verb.partition(".")
        known = self._rooms.get(room, Journal()).sentences.get(verb)
        if known is None:
            return f"{who}: {line.verb}, {what}"
        return str(known) % defaultdict(str, {**(line.after or {}), "who": who, "what": what})

    def field(self, name: str) -> str:
        return str(self._fields.get(name) or name.replace("_", " "))

    def value(self, value: object) -> str:
        if value is None or value in ("", {}, []):
            return "–"
        if isinstance(value, Mapping):
            return "; ".join(f"{self._key(k)}: {self.value(v)}" for k, v in value.items())
        if isinstance(value, list):
            return ", ".join(map(self.value, value))
        return self._one(value)

    def _one(self, value: object) -> str:
        if found := moment(value):
            return text.stamp(found)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return self._word(str(value))

    def _word(self, value: str) -> str:
        if len(value) == DIGITS and " " not in value:
            return _("(a file)")
        return str(self._values.get(value, value))

    def _key(self, name: str) -> str:
        return self._word(name) if name in text.LANGUAGES else self.field(name)


def _joined(words: Iterable[Mapping[str, LazyString]]) -> dict[str, LazyString]:
    return {name: word for some in words for name, word in some.items()}
