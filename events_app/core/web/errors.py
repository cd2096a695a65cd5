"""Faults and refusals, in the house style."""

import logging
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable

from events_app.core import db, files, seen
from events_app.core.editing import MARKS
from events_app.core.errors import NoOwnPage, NotFoundError, Refusal, TooMany
from events_app.core.files import NO_ROOM, note_no_room
from events_app.core.sandbox import SandboxClosed
from events_app.core.text import _
from events_app.core.web.doors import Guard, Meanwhile
from events_app.core.web.requests import SAFE, begin, end, is_from_here

log = logging.getLogger(__name__)

BUSY_RETRY_SECONDS = 5

CONFLICT = 409

BROKEN = 500
"""From here on the fault is ours."""

LONGEST_NAME = 200
"""Of a file, to say which it was."""

TRY_AGAIN = (429, 500, 503)
"""The same form may be taken later."""

_CSRF = "csrf_token"

NOWHERE = {"sign_in": "", "ask": "", "now": ""}
"""Addresses of pages that an error page leads to: to sign in, to have a link mailed anew, or to
see how it is now. By itself it leads to `own`, the page of the personal link that was asked by.
"""
NOT_THERE, GONE = 404, 410
"""The latter: a personal link that has ended."""


def gone(why: NotFoundError) -> ResponseReturnValue:
    if isinstance(why, NoOwnPage):
        return _no_own_page(why) if why.ask else error_page(404, leads_to={"own": ""})
    if _is_press_at_the_desk():
        sentence = _("It was removed since you opened the page. Nothing is saved.")
        return _overtaken(404, sentence, _("This is not there any more"))
    return error_page(404)


def _is_press_at_the_desk() -> bool:
    return request.method == "POST" and request.blueprint in current_app.extensions["locked"]


def _overtaken(status: int, sentence: object, title: str = "") -> ResponseReturnValue:
    """The answer at the desk where something changed since the page was opened: what was done
    meanwhile, what was typed, and the page that shows how it is now.
    """
    _only_read()
    meanwhile: Meanwhile = current_app.extensions["meanwhile"]
    done, there = meanwhile()
    said = f"{sentence} {done}".strip()
    return error_page(status, said, title=title, typed=_typed(), leads_to={"now": there})


def _no_own_page(why: NoOwnPage) -> tuple[str, int, dict[str, str]]:
    sentence = _(
        "Perhaps it was renewed or has ended, or a character is missing. We mail you the link that"
        " works now, or you ask the organisers."
    )
    title = _("This link opens no page any more")
    typed, leads_to = _typed() if _is_ours() else (), {"ask": why.ask, "own": ""}
    return error_page(404, sentence, title=title, typed=typed, leads_to=leads_to)


def _typed() -> list[str]:
    """Of a form that cannot be sent again: words to copy."""
    said = ((name, value) for name, value in request.form.items(multi=True) if name != MARKS)
    return [value for _name, value in said if " " in value.strip() or "@" in value]


def of_another_session(_why: CSRFError) -> ResponseReturnValue:
    """Somebody signed in or out since the page was opened, or the browser forgot its cookies."""
    if not is_from_here():
        return error_page(
            400, _("This page was open for too long. Go back, load it again and try once more.")
        )
    check: Guard = current_app.extensions["lock"]
    sentence = _(
        "You signed in or out since this page was opened, or it was open for too long. Nothing is"
        " done yet. Press the button to send it."
    )
    return check() or error_page(400, sentence, is_kept=True)


def signed_out(sign_in: str) -> ResponseReturnValue:
    """The answer to a form of the desk whose sender is signed out by now: nothing typed is lost.
    `sign_in`: the address of that page.
    """
    sentence = _(
        "Nothing is saved. Sign in again in a new tab. Then come back to this page and press the"
        " button to send it: it keeps what you typed."
    )
    return error_page(
        403, sentence, is_kept=True, title=_("You are signed out"), leads_to={"sign_in": sign_in}
    )


def error_page(
    status: int,
    sentence: Any = None,
    *,
    title: str = "",
    retry_after: int | None = None,
    typed: Sequence[str] = (),
    is_kept: bool = False,
    leads_to: Mapping[str, str] = NOWHERE,
) -> tuple[str, int, dict[str, str]]:
    """`typed`: what would be lost with the form, to copy. `is_kept`: the same form may be sent
    again from here, as after a fault that passes. `leads_to`: what helps, as in NOWHERE.
    """
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    headers["Cache-Control"] = "no-store"
    usual_title, usual = _error_words(status)
    is_kept = is_kept or status in TRY_AGAIN
    words = {
        "status": status,
        "title": title or usual_title,
        **NOWHERE,
        "own": _own_page(status),
        **leads_to,
        "sentence": sentence or usual,
        "retry_after": retry_after,
        "typed": typed,
        "again": _to_send_again() if is_kept else [],
        "files": _to_choose_again() if is_kept else [],
    }
    try:
        page = render_template("core/error.html", **words)
    except SQLAlchemyError:  # it says who is signed in, which cannot be asked now
        db.roll_back()
        g.is_cut_off = True
        page = render_template("core/error.html", **words)
    return page, status, headers


def _own_page(status: int) -> str:
    """The page behind the personal link that this was asked by: the address up to its token."""
    steps = request.path.split("/")
    begins = ("/".join(steps[:number]) for number in range(2, len(steps) + 1))
    own = next((path for path in begins if _takes_a_token(path)), "")
    is_gone = status == GONE or (status == NOT_THERE and own == request.path)
    return "" if is_gone else own


def _takes_a_token(path: str) -> bool:
    """And nothing else."""
    try:
        _endpoint, values = current_app.url_map.bind("").match(path, "GET")
    except HTTPException:
        return False
    return values.keys() == {"token"}


def _to_send_again() -> list[tuple[str, str]]:
    """All that was sent but files, for a button: nobody types it twice. A key in it (see
    core/idempotency.py) keeps what was stored after all from being made again. Of a form that did
    not come from a page of ours nothing is given back: another site could fill it in.
    """
    if not _is_ours():
        return []
    return [pair for pair in request.form.items(multi=True) if pair[0] != _CSRF]


def _to_choose_again() -> list[tuple[str, str]]:
    """The fields of the files that came with it, and their names: a browser gives no file back."""
    if not _is_ours():
        return []
    sent = request.files.items(multi=True)
    return [(name, (file.filename or "")[:LONGEST_NAME]) for name, file in sent if file.filename]


def _is_ours() -> bool:
    return request.method == "POST" and bool(g.get("csrf_valid") or is_from_here())


def _error_words(status: int) -> tuple[str, str]:
    """A heading, and what the reader can do."""
    words = {
        400: (
            _("We did not understand this"),
            _("Go back, load the page again and try once more."),
        ),
        403: (
            _("This page is not open to you"),
            _("Sign in with an account that has more rights."),
        ),
        404: (
            _("We cannot find this page"),
            _("Perhaps the link is old, or a character is missing. Look in the agenda."),
        ),
        405: (_("This does not work that way"), _("Go back and use the button on the page.")),
        409: (_("This cannot be done now"), _("Go back and look at what has changed.")),
        410: (_("This link works no more"), _("There may be a newer one in a later e-mail.")),
        413: (
            _("This is too much at once"),
            _(
                "Nothing was stored. All that you send with one form, files together, is"
                " %(most)s megabytes at most. Go back and choose smaller files.",
                most=current_app.config["MAX_CONTENT_LENGTH"] >> 20,
            ),
        ),
        429: (_("One moment please"), _("That was too often. Please wait a moment and try again.")),
        503: (
            _("This is not possible right now"),
            _("Nothing was stored. Please try again in a moment.")
            if request.method in SAFE
            else _(
                "Nothing was stored. Please try again in a moment; the page keeps what you typed."
            ),
        ),
    }
    broken = (
        _("Something went wrong on our side"),
        _("We have written it down. Please try again later. Nothing of yours was lost."),
    )
    return words.get(status, words[400] if status < BROKEN else broken)


def look_again(why: seen.FollowsOtherwise) -> ResponseReturnValue:
    if not why.back:
        return refused(why)
    flash(str(why.sentence), "error")
    return redirect(why.back, 303)


def refused(why: Refusal) -> ResponseReturnValue:
    if why.status == CONFLICT and _is_press_at_the_desk():
        return _overtaken(why.status, why.sentence)
    retry_after = why.retry_after if isinstance(why, TooMany) else None
    typed = _typed() if _is_ours() and why.status not in TRY_AGAIN else ()
    return error_page(why.status, why.sentence, retry_after=retry_after, typed=typed)


def is_cut_off() -> bool:
    """Whether this page must be made without the database."""
    return bool(g.get("is_cut_off"))


def _only_read() -> None:
    """An error page says who is signed in: after a fault it must not wait for the writers' lock."""
    db.roll_back()
    end(None)


def unavailable(why: Exception) -> ResponseReturnValue:
    """The database is busy, full, away, silent or damaged."""
    if isinstance(why, db.InDoubtError):
        files.leave_to_the_night()
    _only_read()
    if db.is_in_the_way(why) and not g.get("is_second_try"):
        return _once_more()
    db.note_trouble(why, request.endpoint or "none")
    sentence = None
    if isinstance(why, db.InDoubtError):
        sentence = _(
            "We do not know whether this was stored. "
            "Look whether it is there before you try it again."
        )
    return error_page(503, sentence, retry_after=BUSY_RETRY_SECONDS)


def _once_more() -> ResponseReturnValue:
    """Answer the request again from its beginning. A door has one `saving()`, so of the first try
    nothing is stored.
    """
    g.is_second_try = True
    begin()
    for file in chain.from_iterable(request.files.listvalues()):
        file.stream.seek(0)
    try:
        return current_app.dispatch_request()
    except Exception as why:  # noqa: BLE001 -- answered like any other
        answer: ResponseReturnValue = current_app.handle_user_exception(why)
        return answer


def disturbed(why: DBAPIError) -> ResponseReturnValue:
    return unavailable(why) if db.is_theirs(why) else broken(why)


def stopping(_why: SandboxClosed) -> ResponseReturnValue:
    db.roll_back()
    return error_page(503, retry_after=BUSY_RETRY_SECONDS)


def no_room(why: OSError) -> ResponseReturnValue:
    """A file could not be written, for the disk is full; any other fault is ours."""
    if why.errno not in NO_ROOM:
        return broken(why)
    _only_read()
    note_no_room(why)
    return error_page(503, retry_after=BUSY_RETRY_SECONDS)


def overtaken(why: IntegrityError) -> ResponseReturnValue:
    """Two people did the same at once, and the database refused the second."""
    _only_read()
    rule, *_values = str(why.orig).splitlines()  # PostgreSQL adds what was typed
    log.warning("overtaken, at %s: %s", request.endpoint, rule)
    if _is_press_at_the_desk():
        return _overtaken(CONFLICT, _("A colleague changed this at the same moment. Try again."))
    return error_page(CONFLICT)


def http(why: HTTPException) -> ResponseReturnValue:
    if why.code is not None and why.code < 400:  # noqa: PLR2004 -- a redirect, not an error
        return why
    if isinstance(why, RequestEntityTooLarge):
        return error_page(413)
    if isinstance(why, ServiceUnavailable):
        return error_page(503, retry_after=BUSY_RETRY_SECONDS)
    page, status, headers = error_page(why.code or 500)
    known = why.get_response().headers
    return page, status, {**{k: known[k] for k in ("Allow",) if k in known}, **headers}


def broken(why: Exception) -> ResponseReturnValue:
    _only_read()
    log.error("unexpected, at %s", request.endpoint, exc_info=why)
    if current_app.testing:
        raise why
    return error_page(500)
