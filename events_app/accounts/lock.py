"""The lock of every desk: who is signed in, and may they do this.

Only this room has such a file, between rules and doors: all desks use it, so it cannot be a door
itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import queries
from events_app.accounts.models import StaffMember
from events_app.core import clock, web
from events_app.core.db import reading
from events_app.core.errors import Forbidden
from events_app.core.text import lazy as _

P = ParamSpec("P")
KNOWN = 5


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
