"""The lock of every desk: who is signed in, and may they do this.

Only this room has such a file, between rules and doors: all desks use it, so it cannot be a door
itself.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from events_app.accounts import queries
from events_app.accounts.journal import Told
from events_app.accounts.models import StaffMember
from events_app.core import clock, components, text, web
from events_app.core.db import Base, exists, reading
from events_app.core.errors import Forbidden
from events_app.core.text import lazy as _

P = ParamSpec("P")
KNOWN = 5
MEANWHILE = timedelta(days=1)
"""So long a page may have been open, for who reads what happened since."""


def staff() -> StaffMember:
    """Who is signed in; only behind the lock."""
    member: StaffMember = g.staff
    return member


def current_staff() -> StaffMember | None:
    """Who is signed in, if anyone: for public pages that show staff a little more."""
    if web.is_cut_off():
        return None
    if "staff" not in g:
        g.staff = None
        if key := session_key():
            g.staff = queries.signed_in(key, now=clock.now())
    return g.staff  # type: ignore[no-any-return]


def session_key() -> str:
    """What names the session of this browser; empty when it has none."""
    return str(session.get("desk", ""))


def start_session(member: StaffMember, key: str) -> None:
    """Sign in: the session cookie gets this key.

    Of the old cookie only the list of colleagues who signed in with this browser is kept.
    """
    known = known_here() | {member.id}
    session.clear()
    session.permanent = True
    session["desk"] = key
    session["known"] = sorted(known)[-KNOWN:]
    g.pop("staff", None)


def end_session() -> None:
    known = known_here()
    session.clear()
    session.permanent = True
    session["known"] = sorted(known)
    g.pop("staff", None)


def known_here() -> frozenset[int]:
    """The ids of colleagues who signed in with this browser before."""
    return frozenset(session.get("known", ()))


def may_open(endpoint: str) -> bool:
    """Whether who is signed in may open this page of the desk."""
    member, pages = current_staff(), cast("dict[str, Any]", current_app.view_functions)
    return member is not None and pages[endpoint].rule(member) is True


def guard() -> ResponseReturnValue | None:
    """Before each page of a locked door; who only looks keeps no writer waiting."""
    web.private()
    with reading():
        is_known = current_staff() is not None
    if not is_known and request.method == "POST" and web.is_from_here():
        return web.signed_out(url_for("accounts.sign_in", next="/desk/"))
    if not is_known:
        back = request.full_path.rstrip("?") if request.method == "GET" else "/desk/"
        return redirect(url_for("accounts.sign_in", next=back), 303)
    return None


def meanwhile() -> tuple[str, str]:
    """To who pressed a button of a page that is overtaken: what was done last to the thing that it
    is about, by whom and when, as far as it is known; and the page of the desk that shows how it is
    now.
    """
    things = list(_things())
    gone = [(address, model, key) for address, model, key in things if not exists(model, key)]
    if gone:
        address, model, key = gone[0]
        return _done_last(model, key, since=None), _page_above(address)
    since = clock.now() - MEANWHILE
    told = (_done_last(model, key, since=since) for _address, model, key in reversed(things))
    is_its_page = bool(things) and things[-1][0] == str(request.url_rule)
    return next(filter(None, told), ""), request.path if is_its_page else _page_above("-")


def _things() -> Iterator[tuple[str, type[Base], int]]:
    """What this page is about, the widest first: how its address begins, and which row it is."""
    rule, values = f"{request.url_rule}/", request.view_args or {}
    known = {a: model for room in components.offered() for a, model in room.journal.things.items()}
    for address in sorted(known, key=len):
        if rule.startswith(f"{address}/"):
            yield address, known[address], values[address.rpartition(":")[2].rstrip(">")]


def _done_last(model: type[Base], key: int, *, since: datetime | None) -> str:
    line = queries.last_line(model.__name__, key)
    if line is None or (since and line.at < since):
        return ""
    return f"{Told(components.offered()).sentence(line)} ({text.stamp(line.at)})."


def _page_above(gone: str) -> str:
    """The nearest page above this one that is not about what is gone."""
    at, path = current_app.url_map.bind(""), request.path
    while path := path.rpartition("/")[0]:
        for there in (path, f"{path}/"):
            try:
                rule, values = at.match(there, "GET", return_rule=True)
            except HTTPException:
                continue
            if may_open(rule.endpoint) and not f"{rule}/".startswith(f"{gone}/"):
                return url_for(rule.endpoint, **values)
    return url_for("site_desk.today")


def allowed(
    rule: Callable[[StaffMember], bool],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Decorator of every desk page: the rule that whoever is signed in must pass."""

    def lock(page: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(page)
        def locked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not rule(staff()):
                raise Forbidden(_("Your role does not allow this. Ask an owner for more rights."))
            return page(*args, **kwargs)

        locked.rule = rule  # type: ignore[attr-defined]
        return locked

    return lock
