"""What goes with a thing that is removed."""

from events_app.events.models import Event
from events_app.kits import queries as kits
from events_app.newsletters import queries as newsletters
from events_app.registrations import queries as registrations


def hanging(event: Event) -> dict[str, int]:
    """On a draft, in every room."""
    form = registrations.maybe_form(event.id)
    return {
        "places": form.pool.size or 0 if form else 0,
        "questions": len(form.questions) if form else 0,
        "kit": kits.kit_of(event) is not None,
        "issues": newsletters.drafts_with(event.id),
    }
