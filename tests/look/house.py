"""The product with its demo content, running; and what the pictures need to know of its rows."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from config import from_environment
from events_app.app import create_app
from events_app.core import tokens
from events_app.core.db import db
from tests.machine import Machine, running


@dataclass
class House:
    base: str
    printed: str
    app: Flask

    def link(self, part):
        """An address that the start printed, such as `/sign-in/`, without its host."""
        found = next(url for url in re.findall(r"https?://\S+", self.printed) if part in url)
        return found.removeprefix(self.base)

    def path(self, endpoint, **values):
        return self.app.url_map.bind("").build(endpoint, values)

    def endpoint(self, path):
        return self.app.url_map.bind("").match(path.partition("?")[0])[0]

    def first(self, model, *conditions) -> Any:
        """The first row of this kind, by id."""
        wanted = select(model).where(*conditions).order_by(model.id).limit(1)
        return db.session.scalars(wanted).one()


def personal(purpose, row):
    return tokens.derived(purpose, row.seed)


@contextmanager
def opened(folder):
    """`./run` without its installing, on a free port and in this folder; nothing is left of it."""
    with running(Machine(folder, None)) as machine:
        machine.start()
        machine.wait_until()
        app = create_app(from_environment(machine.environ))
        with app.app_context():
            yield House(f"http://127.0.0.1:{machine.port}", machine.said(), app)
            db.session.remove()
            db.engine.dispose()
