"""Doors for everyone, and for the desk."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map

from events_app.core.db import LARGEST_KEY


def public(room: str, name: str, *, prefix: str | None = None) -> Blueprint:
    """A door for everyone. `name` is the module's `__name__`."""
    return Blueprint(room, name, url_prefix=prefix)


def desk(room: str, name: str, *, prefix: str | None = None) -> Blueprint:
    """A door at /desk/<room>; app.py puts the lock on. Its endpoints are `<room>_desk.<page>`."""
    door = Blueprint(f"{room}_desk", name, url_prefix=prefix or f"/desk/{room}")
    door.is_locked = True  # type: ignore[attr-defined]
    return door


class Key(IntegerConverter):
    """`<int:…>` in an address: no larger than a key can be, in either database."""

    def __init__(self, map: Map, *args: Any, **more: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_KEY, **more})


def key(typed: str) -> int:
    """A key in the arguments of an address: `request.args.get("after", type=web.key)`."""
    if not 0 < int(typed) <= LARGEST_KEY:
        raise ValueError
    return int(typed)


Door = Callable[[], ResponseReturnValue | None]


def lock(app: Flask, doors: Sequence[Blueprint], guard: Door) -> None:
    """Register the desk doors, with the guard before each of their pages."""
    names = {door.name for door in doors}
    if not all(getattr(door, "is_locked", False) for door in doors):
        problem = f"one of {names} is not a locked door"
        raise ValueError(problem)

    def check() -> ResponseReturnValue | None:
        return guard() if request.blueprint in names else None

    app.before_request(check)
    app.extensions["lock"] = check
    for door in doors:
        app.register_blueprint(door)
