"""The desk of contacts: organisations and people."""

from events_app.contacts.desk.organisations import bp as organisations
from events_app.contacts.desk.people import bp as people

DOORS = (organisations, people)
