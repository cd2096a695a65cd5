"""Negative control of sending: a sender as many write it, that marks letters when a batch is sent.

Started by test_sending alone: `python -m tests.faults.naive`.
"""

import smtplib
from contextlib import suppress

from flask import current_app
from sqlalchemy import select

from events_app.app import create_app
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.post.mime import MimeTemplate, Sender, build
from events_app.delivery.post.smtp import Server

BATCH = 20


def send_all():
    due = select(OutboxMessage).where(OutboxMessage.state == State.READY).limit(BATCH)
    server = Server.of(current_app.config["SMTP_URL"])
    while batch := db.session.scalars(due).all():
        with saving():
            for message in batch:
                with suppress(OSError):
                    send(message, server)
                    message.state = State.ACCEPTED


def send(message, server):
    sender = Sender.of(current_app.config)
    mail = build(message, MimeTemplate(message.body), sender, now=clock.now())
    with smtplib.SMTP(server.host, server.port, timeout=server.timeout) as line:
        line.sendmail(mail.sender, [mail.recipient], mail.content)


if __name__ == "__main__":
    with create_app().app_context():
        send_all()
