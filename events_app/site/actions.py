from datetime import datetime

from events_app.core import links, tokens
from events_app.delivery.actions import enqueue
from events_app.site import letters
from events_app.site.rules import Question


def ask(question: Question, *, now: datetime) -> None:
    """Send the question to the organisers' mailbox."""
    letter = letters.contact(question, to=links.mailbox())
    enqueue(letter, dedupe_key=f"contact:{tokens.new_token()}", now=now)
