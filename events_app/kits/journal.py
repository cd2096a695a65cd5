"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.kits.models import Kit

JOURNAL = Journal(
    sentences={
        "drafted": _("%(who)s began the kit of %(what)s"),
        "edited": _("%(who)s changed the words of the kit of %(what)s"),
        "published": _("%(who)s published the kit of %(what)s"),
        "withdrawn": _("%(who)s withdrew the kit of %(what)s"),
    },
    kinds={
        "Kit": _("Kits"),
    },
    fields={
        "version": _("version"),
        "fields": _("words"),
    },
    things={
        "/desk/kits/<int:id>": Kit,
    },
)
