"""The date for a calendar, as a file to open."""

from events_app.core.text import lazy as _
from events_app.core.text import translator
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "more/calendar"
LABEL = _("Calendar file")
AFFECTED_BY = frozenset({"ics"})


def build(facts: Facts, _brand: Brand, locale: str) -> tuple[File, ...]:
    """Nothing while there is no date."""
    if not facts.ics:
        return ()
    _ = translator(locale)
    name = _("calendar")
    return (File(ROLE, f"{name}.ics", "text/calendar", facts.ics),)
