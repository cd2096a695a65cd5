"""All that is asked about events."""

from events_app.events.queries.choices import (
    all_series,
    choices,
    series_choices,
    venue_choices,
    venues,
)
from events_app.events.queries.lists import (
    Mark,
    Page,
    agenda,
    coming,
    editions,
    feed,
    feed_mark,
    for_desk,
    months,
)
from events_app.events.queries.one import (
    by_id,
    by_slug,
    coming_at,
    cover,
    series,
    series_by_id,
    series_slugs,
    slugs,
    venue,
)

__all__ = [
    "Mark",
    "Page",
    "agenda",
    "all_series",
    "by_id",
    "by_slug",
    "choices",
    "coming",
    "coming_at",
    "cover",
    "editions",
    "feed",
    "feed_mark",
    "for_desk",
    "months",
    "series",
    "series_by_id",
    "series_choices",
    "series_slugs",
    "slugs",
    "venue",
    "venue_choices",
    "venues",
]
