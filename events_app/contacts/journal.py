"""What the journal says of this room."""

from events_app.contacts.models import Organisation, Person
from events_app.core.components import Journal
from events_app.core.text import lazy as _

JOURNAL = Journal(
    sentences={
        "added_organisation": _("%(who)s added organisation %(what)s"),
        "edited_organisation": _("%(who)s changed organisation %(what)s"),
        "changed_logo": _("%(who)s changed the logo of %(what)s"),
        "renewed_link": _("%(who)s made a new link for %(what)s"),
        "added_person": _("%(who)s added %(what)s"),
        "edited_person": _("%(who)s changed the data of %(what)s"),
        "joined": _("%(who)s added an organisation to %(what)s"),
        "left": _("%(who)s took an organisation away from %(what)s"),
        "withdrew_consent": _("%(who)s withdrew a consent of %(what)s, on request"),
        "exported_people": _("%(who)s downloaded a list of people"),
    },
    kinds={
        "Organisation": _("Organisations"),
        "Person": _("People"),
    },
    fields={
        "website": _("website"),
        "accent": _("accent colour"),
        "is_partner": _("partner"),
        "phone": _("telephone"),
        "organisation": _("organisation"),
        "purpose": _("purpose"),
    },
    things={
        "/desk/contacts/organisations/<int:key>": Organisation,
        "/desk/contacts/people/<int:key>": Person,
    },
)
