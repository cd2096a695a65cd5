"""The desk of this room."""

from events_app.registrations.desk import held, options, people, questions, settings
from events_app.registrations.desk.blueprint import bp

__all__ = ["bp", "held", "options", "people", "questions", "settings"]
