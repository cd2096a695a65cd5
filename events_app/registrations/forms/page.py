from datetime import datetime
from typing import Any

from events_app.events.rules import location
from events_app.registrations import queries, rules
from events_app.registrations.forms.people import RegisterForm
from events_app.registrations.models import RegistrationForm


def page_of(
    registration_form: RegistrationForm,
    form: RegisterForm,
    *,
    now: datetime,
    is_invited: bool,
    held: int = 0,
    choice: rules.PartyTooLarge | None = None,
) -> dict[str, Any]:
    """What the page of a form shows (registrations/register.html). Of `now` it may use no more
    than the state of the places: the empty page is kept. `held`: places that are held for whoever
    reads it, and free.
    """
    event = registration_form.event
    places = queries.places([event.id], now=now)[event.id].with_held(held)
    form.shows(places)
    if choice is None:
        form.leave_out()
    closed = None
    try:
        rules.must_be_open(registration_form, event, now=now, is_invited=is_invited)
    except rules.NotOpen as why:
        closed = why.sentence
    return {
        "event": event,
        "registration_form": registration_form,
        "form": form,
        "place": location(event),
        "closed": closed,
        "places": places,
        "choice": choice,
        "asked": [(field, q, rules.answer_wiped_on(q, event)) for q, field in form.asked],
        "needs_wiped_on": rules.needs_wiped_on(registration_form, event),
    }
