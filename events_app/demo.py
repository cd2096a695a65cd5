"""Demo content for a first start: made-up people and organisations, by the rooms' own actions."""

from datetime import datetime

from events_app.accounts.models import StaffMember


def load(*, by: StaffMember, now: datetime) -> None:
    """Fill an empty house. Dates are counted from `now`."""


def addresses() -> list[tuple[str, str]]:
    """Pages worth a look that need a personal link: label and address; empty without the demo."""
    return []
