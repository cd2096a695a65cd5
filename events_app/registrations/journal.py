"""What the journal says of this room."""

from events_app.core.components import Journal
from events_app.core.text import lazy as _
from events_app.events.models import Event
from events_app.registrations.models import Allotment, OptionGroup, Question, Registration

JOURNAL = Journal(
    sentences={
        "told": _("%(who)s sent the waiting e-mails about event %(what)s at once"),
        "opened": _("%(who)s opened registration for %(what)s"),
        "set": _("%(who)s changed how registration for %(what)s goes"),
        "resized": _("%(who)s changed the number of places of %(what)s"),
        "question_added": _("%(who)s added the question: %(what)s"),
        "question_changed": _("%(who)s changed the question: %(what)s"),
        "question_removed": _("%(who)s removed the question: %(what)s"),
        "options_added": _("%(who)s added options: %(what)s"),
        "options_changed": _("%(who)s changed the options: %(what)s"),
        "options_removed": _("%(who)s removed the options: %(what)s"),
        "cancelled": _("%(who)s cancelled registration %(what)s"),
        "address_changed": _("The address of registration %(what)s was changed"),
        "handed_over": _("The place of registration %(what)s was handed over"),
        "promoted": _("%(who)s gave registration %(what)s a place"),
        "guest_wiped": _("%(who)s wiped a guest of registration %(what)s, on request"),
        "allotted": _("%(who)s held places for guests at %(what)s"),
        "allotment_changed": _("%(who)s changed places that are held at %(what)s"),
        "released": _("%(who)s released places that were held at %(what)s"),
        "allotment_removed": _("%(who)s took away places that were held at %(what)s"),
        "exported": _("%(who)s downloaded the list of people of %(what)s"),
        "miscounted": _("The places of %(what)s do not add up: look at the list"),
    },
    kinds={
        "Registration": _("Registrations"),
        "Allotment": _("Held places"),
    },
    fields={
        "opens_at": _("registration opens"),
        "closes_at": _("registration closes"),
        "access": _("who may register"),
        "guests_max": _("guests at most"),
        "asks_diet": _("asks for dietary wishes"),
        "asks_access_needs": _("asks what people need"),
        "has_waiting_list": _("waiting list"),
        "shows_places_left": _("shows how many places are left"),
        "offer_hours": _("hours to accept a place"),
        "needs_wipe_after_days": _("days until wishes are wiped"),
        "size": _("number of places"),
        "online_size": _("number of places online"),
        "taken": _("places taken"),
        "counted": _("places counted"),
        "held": _("places held"),
        "release_at": _("held until"),
        "freed": _("places that came free"),
    },
    values={
        "confirmed": _("Confirmed"),
        "waitlisted": _("On the waiting list"),
        "offered": _("Place offered"),
    },
    things={
        "/desk/registrations/<int:event_id>": Event,
        "/desk/registrations/<int:event_id>/<int:id>": Registration,
        "/desk/registrations/<int:event_id>/held/<int:id>": Allotment,
        "/desk/registrations/<int:event_id>/questions/<int:id>": Question,
        "/desk/registrations/<int:event_id>/options/<int:id>": OptionGroup,
    },
)
