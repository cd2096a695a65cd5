from datetime import UTC, datetime


def now() -> datetime:
    """The only place that reads the time; everyone below a door takes `now=`."""
    return datetime.now(UTC)
