from datetime import datetime

from events_app.accounts.models import StaffMember
from events_app.core import links, tokens
from events_app.delivery.actions import enqueue
from events_app.events import actions as events
from events_app.events.models import Event
from events_app.kits import actions as kits
from events_app.newsletters.actions import writing as newsletters
from events_app.registrations import actions as registrations
from events_app.site import letters
from events_app.site.rules import Enquiry


def ask(question: Enquiry, *, now: datetime) -> None:
    """Send the question to the organisers' mailbox."""
    letter = letters.contact(question, to=links.mailbox())
    enqueue(letter, dedupe_key=f"contact:{tokens.new_token()}", now=now)


def remove_draft(event: Event, *, by: StaffMember, now: datetime) -> None:
    """An event that nobody saw, with all that hangs on it in every room. Raises NotPossible."""
    newsletters.forget_event(event.id)
    kits.remove_of(event)
    registrations.remove_of(event)
    events.remove(event, by=by, now=now)
