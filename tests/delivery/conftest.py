import pytest
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.core.letters import Body, Letter, Stream
from events_app.delivery import actions
from events_app.delivery.models import OutboxMessage
from tests.conftest import NOON
from tests.delivery.mail_server import MailServer

BODY = Body("Welkom, zqnameqz", "Dag zqnameqz,\n\nhttps://example.org/\n", "<p>Dag zqnameqz</p>\n")


@pytest.fixture
def server(app):
    """A mail server, in the settings of the app."""
    made = MailServer()
    app.config["SMTP_URL"] = made.url()
    yield made
    made.close()


def letter(to="ana@example.org", **more):
    given = {"to": to, "to_name": "Ana", "language": "nl", "body": BODY, "kind": "test/letter",
             "stream": Stream.TRANSACTIONAL, "slots": {"name": ("text", "Ana")}}  # fmt: skip
    if more.get("stream") is Stream.BULK:
        given |= {"campaign": "issue:7", "unsubscribe": "https://example.org/unsubscribe/x"}
    return Letter(**(given | more))


def enqueued(*addresses, now=NOON, **more):
    """A letter to each address."""
    with saving():
        for address in addresses:
            key = f"{address} {more.get('stream', '')}"
            actions.enqueue(letter(address, **more), dedupe_key=key, now=now)


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def row():
    [one] = rows()
    return one
