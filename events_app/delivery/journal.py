"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.delivery.models import OutboxMessage

JOURNAL = Journal(
    sentences={
        "paused": _("%(who)s stopped all sending"),
        "resumed": _("%(who)s let sending go on"),
        "arrived": _("%(who)s noted that an e-mail arrived (%(what)s)"),
        "sent_again": _("%(who)s sent an e-mail again (%(what)s)"),
        "all_arrived": _("%(who)s left uncertain e-mails as delivered: %(count)s"),
        "all_sent_again": _("%(who)s had uncertain e-mails sent again: %(count)s"),
    },
    things={
        "/desk/delivery/inbox/<int:key>": OutboxMessage,
    },
)
