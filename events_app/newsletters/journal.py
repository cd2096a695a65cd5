"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.newsletters.models import Issue

JOURNAL = Journal(
    sentences={
        "created": _("%(who)s began newsletter %(what)s"),
        "approved": _("%(who)s approved newsletter %(what)s"),
        "approval_voided": _("%(who)s withdrew the approval of newsletter %(what)s"),
        "scheduled": _("%(who)s planned the sending of newsletter %(what)s"),
        "unscheduled": _("%(who)s called off the planned sending of newsletter %(what)s"),
        "sent": _("%(who)s sent newsletter %(what)s"),
        "marked": _("%(who)s marked newsletter %(what)s, since it is no longer as approved"),
        "held": _("%(who)s did not send newsletter %(what)s, since it was no longer as approved"),
        "paused": _("%(who)s paused the sending of newsletter %(what)s"),
        "resumed": _("%(who)s went on sending newsletter %(what)s"),
        "cancelled": _("%(who)s stopped the sending of newsletter %(what)s"),
        "thrown_away": _("%(who)s threw newsletter %(what)s away"),
    },
    kinds={
        "Issue": _("Newsletters"),
    },
    fields={
        "seal": _("seal"),
        "send_at": _("to be sent at"),
        "why": _("reason"),
    },
    things={
        "/desk/newsletters/<int:id>": Issue,
    },
)
