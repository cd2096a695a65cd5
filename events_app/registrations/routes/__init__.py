"""The public doors of this room."""

from events_app.registrations.routes import changing, guests, own_page, registering, transfers
from events_app.registrations.routes.blueprint import bp

__all__ = ["bp", "changing", "guests", "own_page", "registering", "transfers"]
