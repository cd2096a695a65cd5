"""Doors for everyone, and for the desk."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map

from events_app.core.db import LARGEST_KEY


class Door(Blueprint):
    """Pages of a room: for everyone, or behind the lock of the desk."""

    def __init__(self, name: str, module: str, *, prefix: str | None, is_locked: bool) -> None:
        super().__init__(name, module, url_prefix=prefix)
        self.is_locked = is_locked


def public(room: str, name: str, *, prefix: str | None = None) -> Door:
    """A door for everyone. `name` is the module's `__name__`."""
    return Door(room, name, prefix=prefix, is_locked=False)


def desk(room: str, name: str, *, prefix: str | None = None) -> Door:
    """A door at /desk/<room>; app.py puts the lock on. Its endpoints are `<room>_desk.<page>`."""
    return Door(f"{room}_desk", name, prefix=prefix or f"/desk/{room}", is_locked=True)


class Key(IntegerConverter):
    """`<int:…>` in an address: no larger than a key can be, in either database."""

    def __init__(self, map: Map, *args: Any, **more: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_KEY, **more})


def key(typed: str) -> int:
    """A key in the arguments of an address: `request.args.get("after", type=web.key)`."""
    if not 0 < int(typed) <= LARGEST_KEY:
        raise ValueError
    return int(typed)


Guard = Callable[[], ResponseReturnValue | None]


Meanwhile = Callable[[], tuple[str, str]]
"""What was done to a thing of the desk since its page was opened, and where to see how it is now.
"""


def open_doors(app: Flask, doors: Sequence[Door], guard: Guard, meanwhile: Meanwhile) -> None:
    """Register them, with the guard before each page of a locked one."""
    locked = {door.name for door in doors if door.is_locked}

    def check() -> ResponseReturnValue | None:
        return guard() if request.blueprint in locked else None

    app.before_request(check)
    app.extensions["lock"] = check
    app.extensions["locked"] = locked
    app.extensions["meanwhile"] = meanwhile
    for door in doors:
        app.register_blueprint(door)
