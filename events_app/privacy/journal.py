"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _

JOURNAL = Journal(
    sentences={
        "erased": _("%(who)s wiped somebody, on request"),
        "taken_along": _("%(who)s downloaded what we hold on somebody, for them"),
    },
    fields={
        "registrations": _("Registrations"),
        "invitations": _("Invitations"),
        "letters": _("E-mails"),
    },
)
