"""The words of a kit's own that can name a day or an hour."""

from collections.abc import Iterator
from itertools import chain

from events_app.core.text import lazy as _
from events_app.events.rules import Said, in_each_language
from events_app.events.rules import texts as texts_of_event
from events_app.kits.models import Kit

_TEXTS = {
    "short_title": _("Short title of the kit"),
    "lead": _("Introduction of the kit"),
    "quote": _("Quote in the kit"),
    "quote_role": _("Who is quoted in the kit"),
}


def texts(kit: Kit) -> Iterator[Said]:
    """With those of the event, which partners get too."""
    own = (in_each_language(label, kit.fields.get(name)) for name, label in _TEXTS.items())
    return chain(texts_of_event(kit.event), *own)
