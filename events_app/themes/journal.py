"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.themes.models import Theme

JOURNAL = Journal(
    sentences={
        "added": _("%(who)s added theme %(what)s"),
        "edited": _("%(who)s changed theme %(what)s"),
        "moved": _("%(who)s gave theme %(what)s another place"),
        "retired": _("%(who)s no longer offers theme %(what)s"),
        "offered_again": _("%(who)s offers theme %(what)s again"),
    },
    kinds={
        "Theme": _("Themes"),
    },
    fields={
        "colour": _("colour"),
    },
    things={
        "/desk/themes/<int:key>": Theme,
    },
)
