"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.events.models import Event
from events_app.invitations.models import Ambassador, Invitation

JOURNAL = Journal(
    sentences={
        "appointed": _("%(who)s made %(what)s an ambassador"),
        "changed": _("%(who)s changed what is known of ambassador %(what)s"),
        "withdrawn": _("%(who)s withdrew an invitation to %(what)s"),
    },
    kinds={
        "Invitation": _("Invitations"),
        "Ambassador": _("Ambassadors"),
    },
    fields={
        "sector_id": _("sector"),
        "quota": _("invitations at most"),
        "is_active": _("active"),
        "is_public": _("shown in public"),
    },
    things={
        "/desk/invitations/<int:key>": Ambassador,
        "/desk/invitations/withdraw/<int:key>": Invitation,
        "/desk/invitations/<int:key>/event/<int:event_id>": Event,
    },
)
