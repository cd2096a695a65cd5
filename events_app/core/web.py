"""What every page shares: doors, languages, headers, errors."""

import logging
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
)
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoLineFreeError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

from events_app.core import (
    db,
    files,
    idempotency,
    links,
    request_bodies,
    seen,
    static,
    text,
    tokens,
)
from events_app.core.db import LARGEST_KEY
from events_app.core.editing import MARKS
from events_app.core.errors import NotFoundError, Refusal, TooMany
from events_app.core.files import NO_ROOM, note_no_room
from events_app.core.page_cache import PageCache
from events_app.core.sandbox import SandboxClosed
from events_app.core.text import _

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

log = logging.getLogger(__name__)
csrf = CSRFProtect()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_RETRY_SECONDS = 5
BROKEN = 500
"""From here on the fault is ours."""
HTML = "text/html; charset=utf-8"
_OWN = "\0own\0"
"""Stands in a kept page for the reader's own token; nobody can type it."""
LONGEST_NAME = 200
"""Of a file, to say which it was."""
LONGEST_PATH = 1000
"""Of where people want to go back to: it travels in a cookie, and browsers drop a large one."""

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def public(room: str, name: str, *, prefix: str | None = None) -> Blueprint:
    """A door for everyone. `name` is the module's `__name__`."""
    return Blueprint(room, name, url_prefix=prefix)


def desk(room: str, name: str, *, prefix: str | None = None) -> Blueprint:
    """A door at /desk/<room>; app.py puts the lock on. Its endpoints are `<room>_desk.<page>`."""
    door = Blueprint(f"{room}_desk", name, url_prefix=prefix or f"/desk/{room}")
    door.is_locked = True  # type: ignore[attr-defined]
    return door


class _Key(IntegerConverter):
    """`<int:…>` in an address: no larger than a key can be, in either database."""

    def __init__(self, map: Map, *args: Any, **more: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_KEY, **more})


def key(typed: str) -> int:
    """A key in the arguments of an address: `request.args.get("after", type=web.key)`."""
    if not 0 < int(typed) <= LARGEST_KEY:
        raise ValueError
    return int(typed)


class _Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = tokens.Signer
        return made


def open_web(app: Flask) -> None:
    app.url_map.converters["int"] = _Key
    app.wsgi_app = _named(app.wsgi_app, urlsplit(app.config["BASE_URL"]).netloc)  # type: ignore[method-assign, assignment]
    request_bodies.open_bodies(app)
    app.session_interface = _Sessions()
    csrf.init_app(app)
    Babel(app, default_locale=text.DEFAULT, locale_selector=_chosen_language)
    app.before_request(_begin)
    app.after_request(_headers)
    app.teardown_request(_end)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(idempotency.SentBefore, idempotency.led_there)
    app.register_error_handler(seen.FollowsOtherwise, _look_again)
    app.register_error_handler(NotFoundError, _gone)
    for unavailable in (OperationalError, PendingRollbackError, NoLineFreeError):
        app.register_error_handler(unavailable, _unavailable)
    app.register_error_handler(DBAPIError, _disturbed)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(SandboxClosed, _stopping)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(CSRFError, _of_another_session)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.url_defaults(_keep_language)
    static.open_static(app)
    app.extensions["page_cache"] = PageCache()
    app.jinja_env.filters.update(
        day=text.day, short_day=text.short_day, date=text.date_of, clock=_unbroken(text.clock_time),
        span=_unbroken(text.span), times=_unbroken(text.times), month=text.month,
        stamp=text.stamp, local=text.local, markdown=text.markdown, number=text.number,
        soft=text.soft, address=text.address, machine_time=text.machine_time,
        sentences=text.sentences,
    )  # fmt: skip
    app.jinja_env.globals.update(
        _=text._, ngettext=text.plural, url_for_locale=url_for_locale, url_for_page=url_for_page,
        with_filters=with_filters, own_address=own_address, address_of=links.to,
        webcal_of=links.webcal, once_key=idempotency.new_key,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"locale": text.language(), "site_name": "Op de Bühne"})


def _unbroken(worded: Callable[..., str]) -> Callable[..., str]:
    return lambda *values: text.unbroken(worded(*values))


# -- languages: the address says it (?lang=en) and every link on the page keeps it; no cookie


def _chosen_language() -> str:
    wanted = request.args.get("lang") if request else None
    return wanted if wanted in text.LANGUAGES else text.DEFAULT


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if request and text.language() != text.DEFAULT and endpoint != "core.asset":
        values.setdefault("lang", text.language())


def url_for_locale(code: str) -> str:
    """This page in the other language."""
    return _here("lang", code if code != text.DEFAULT else "")


def url_for_page(number: int) -> str:
    """Another page of the list that is shown; its filters stay."""
    return _here("page", str(number))


def own_address(code: str, **kept: str | None) -> str:
    """The whole address of this page in that language, for search engines and for sharing.

    Of what stands behind the `?` it keeps only what makes it another page.
    """
    said = {name: value for name, value in kept.items() if value}
    if code != text.DEFAULT:
        said["lang"] = code
    return links.base() + quote(request.path) + ("?" + urlencode(said) if said else "")


def _here(name: str, value: str) -> str:
    """This address with one argument changed; `//host` does not become another site."""
    return with_filters(quote("/" + request.path.lstrip("/\\")), **{name: value})


def with_filters(address: str, **changed: str | int) -> str:
    """An address of ours with the arguments of this page, some of them changed or left out.

    What readers typed in them stays text: none of it becomes an option of url_for.
    """
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in changed]
    kept += [(name, str(value)) for name, value in changed.items() if value]
    return address.partition("?")[0] + ("?" + urlencode(kept) if kept else "")


def local_path(value: str) -> str:
    """A path on this site, or the front page: no one is sent elsewhere by a link of ours."""
    is_path = value.startswith("/") and not value.startswith(("//", "/\\"))
    return value if is_path and value.isprintable() and len(value) <= LONGEST_PATH else "/"


# -- a request


def _named(inner: Wsgi, host: str) -> Wsgi:
    """Take our name from the settings.

    A Host header may not even be a name; then no address could be made, not even those on the error
    page.
    """

    def outer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return inner({**environ, "HTTP_HOST": host}, start)

    return outer


def _begin() -> None:
    g.mode = None
    if "\0" in request.path or b"%00" in request.query_string:
        raise NotFoundError  # PostgreSQL and the file system cannot even be asked for it
    if request.method not in SAFE:
        mode: AbstractContextManager[None] = db.writing()
        mode.__enter__()
        g.mode = mode


def _end(_why: BaseException | None) -> None:
    mode = g.pop("mode", None)
    if mode is not None:
        mode.__exit__(None, None, None)
    files.drop_what_nobody_took()


def _headers(answer: Response) -> Response:
    policy = dict(_POLICY)
    policy.update(g.get("policy", {}))
    if current_app.config["SESSION_COOKIE_SECURE"]:
        answer.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    answer.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    answer.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if isinstance(request.routing_exception, RequestRedirect):
        answer.headers["Location"] = _without_host(request.routing_exception.new_url)
    # a file that says how long is kept, by everyone or by the reader's own browser; a page is not
    says_so = answer.cache_control.max_age
    is_own = says_so and answer.cache_control.private
    if (g.get("is_private") and not is_own) or (session and not says_so):
        answer.headers["Cache-Control"] = "no-store"
    if g.get("is_private"):
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _without_host(url: str) -> str:
    """Keep the Host header out of redirects that the router makes by itself."""
    target = urlsplit(url)
    return "/" + target.path.lstrip("/") + (f"?{target.query}" if target.query else "")


def private() -> None:
    """This page is one person's: not to be kept by caches or found by search engines."""
    g.is_private = True


def framed_here(*, is_letter: bool = False) -> None:
    """This answer may be shown in a frame on our own pages (previews).

    A letter carries its own styles, and nothing in it may run; a link may open a window.
    """
    g.policy = {"frame-ancestors": "'self'"}
    if is_letter:
        g.policy |= {
            "style-src": "'unsafe-inline'",
            "script-src": "'none'",
            "form-action": "'none'",
            "sandbox": "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
        }


def can_undo(words: str, action: str, **fields: str | int) -> None:
    """Show a message on the next page, with a button that undoes it by posting `fields` to
    `action`.
    """
    flash({"words": words, "action": action, "fields": fields}, "undo")  # type: ignore[arg-type] # the session keeps JSON


# -- errors, in the house style

TRY_AGAIN = (429, 500, 503)
"""The same form may be taken later."""
_CSRF = "csrf_token"


def _gone(_why: NotFoundError) -> tuple[str, int, dict[str, str]]:
    """The 404 of a form whose thing a colleague removed gives back the text that was typed."""
    if request.method != "POST" or MARKS not in request.form:
        return error_page(404)
    typed = [value for _name, value in request.form.items(multi=True) if " " in value.strip()]
    marks = request.form[MARKS]
    return error_page(
        404,
        _("A colleague removed this while you had it open. Nothing is saved."),
        typed=[value for value in typed if value != marks],
    )


def _of_another_session(_why: CSRFError) -> ResponseReturnValue:
    """Somebody signed in or out since the page was opened, or the browser forgot its cookies."""
    if not is_from_here():
        return error_page(
            400, _("This page was open for too long. Go back, load it again and try once more.")
        )
    check: Door = current_app.extensions["lock"]
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
    return error_page(403, sentence, is_kept=True, title=_("You are signed out"), sign_in=sign_in)


def is_from_here() -> bool:
    """A page of ours sent it, as the browser says itself; no other site can make it say so."""
    sent_by = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    return links.base() == sent_by[0] or sent_by[1] == "same-origin"


def error_page(
    status: int,
    sentence: Any = None,
    *,
    title: str = "",
    retry_after: int | None = None,
    typed: Sequence[str] = (),
    is_kept: bool = False,
    sign_in: str = "",
) -> tuple[str, int, dict[str, str]]:
    """`typed`: what would be lost with the form, to copy. `is_kept`: the same form may be sent
    again from here, as after a fault that passes.
    """
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    headers["Cache-Control"] = "no-store"
    usual_title, usual = _error_words(status)
    is_kept = is_kept or status in TRY_AGAIN
    words = {
        "status": status,
        "title": title or usual_title,
        "sign_in": sign_in,
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


def _look_again(why: seen.FollowsOtherwise) -> ResponseReturnValue:
    if not why.back:
        return _refused(why)
    flash(str(why.sentence), "error")
    return redirect(why.back, 303)


def _refused(why: Refusal) -> ResponseReturnValue:
    retry_after = why.retry_after if isinstance(why, TooMany) else None
    return error_page(why.status, why.sentence, retry_after=retry_after)


def is_cut_off() -> bool:
    """Whether this page must be made without the database."""
    return bool(g.get("is_cut_off"))


def _only_read() -> None:
    """An error page says who is signed in: after a fault it must not wait for the writers' lock."""
    db.roll_back()
    _end(None)


def _unavailable(why: Exception) -> ResponseReturnValue:
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
    _begin()
    for file in chain.from_iterable(request.files.listvalues()):
        file.stream.seek(0)
    try:
        return current_app.dispatch_request()
    except Exception as why:  # noqa: BLE001 -- answered like any other
        answer: ResponseReturnValue = current_app.handle_user_exception(why)
        return answer


def _disturbed(why: DBAPIError) -> ResponseReturnValue:
    return _unavailable(why) if db.is_theirs(why) else _broken(why)


def _stopping(_why: SandboxClosed) -> ResponseReturnValue:
    db.roll_back()
    return error_page(503, retry_after=BUSY_RETRY_SECONDS)


def _no_room(why: OSError) -> ResponseReturnValue:
    """A file could not be written, for the disk is full; any other fault is ours."""
    if why.errno not in NO_ROOM:
        return _broken(why)
    _only_read()
    note_no_room(why)
    return error_page(503, retry_after=BUSY_RETRY_SECONDS)


def _overtaken(why: IntegrityError) -> ResponseReturnValue:
    """Two people did the same at once, and the database refused the second."""
    _only_read()
    rule, *_values = str(why.orig).splitlines()  # PostgreSQL adds what was typed
    log.warning("overtaken, at %s: %s", request.endpoint, rule)
    return error_page(409)


def _http(why: HTTPException) -> ResponseReturnValue:
    if why.code is not None and why.code < 400:  # noqa: PLR2004 -- a redirect, not an error
        return why
    if isinstance(why, RequestEntityTooLarge):
        return error_page(413)
    if isinstance(why, ServiceUnavailable):
        return error_page(503, retry_after=BUSY_RETRY_SECONDS)
    page, status, headers = error_page(why.code or 500)
    known = why.get_response().headers
    return page, status, {**{k: known[k] for k in ("Allow",) if k in known}, **headers}


def _broken(why: Exception) -> ResponseReturnValue:
    _only_read()
    log.error("unexpected, at %s", request.endpoint, exc_info=why)
    if current_app.testing:
        raise why
    return error_page(500)


# -- caches and locks


def sent_file(key: str, about: Mapping[str, Any]) -> Response:
    """What somebody sent, to keep and not to look at here. `about`: its name and its type. The door
    is private, or the desk's. Raises NotFoundError.
    """
    answer = Response(files.sent.read(key), mimetype=about["type"])
    name = about["name"]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    whole = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", filename=plain, **whole)
    g.policy = dict.fromkeys(_POLICY, "'none'") | {"sandbox": ""}
    return answer


def if_fresh(answer: Response, *, changed_at: datetime | None = None) -> Response:
    """An ETag of the answer's bytes, and a 304 where the reader has them already."""
    answer.add_etag()
    if changed_at:
        answer.last_modified = changed_at
    answer.headers.setdefault("Cache-Control", "public, no-cache")
    answer.make_conditional(request)
    return answer


def kept(
    made_of: object,
    make: Callable[[], str | bytes],
    *,
    content_type: str = HTML,
    changed_at: datetime | None = None,
) -> Response:
    """The same answer for everyone, made once for what it is made of: see core/page_cache.py.

    `made_of` holds the rows that were read and what the clock decided; the address, and with it the
    language, is added here. Who has a session gets a page of their own: it may greet them.
    """
    if session:
        return if_fresh(Response(make(), content_type=content_type), changed_at=changed_at)
    styles = static.address("site.css")
    cache: PageCache = current_app.extensions["page_cache"]
    found = cache.get((request.script_root, request.full_path, styles, made_of), make)
    answer = Response(found.body, content_type=content_type)
    answer.set_etag(found.tag)
    return if_fresh(answer, changed_at=changed_at)


def kept_form(made_of: object, make: Callable[[], str]) -> str:
    """A page with an empty form: kept as above, but for the reader's own token (CSRF)."""
    if session:
        return make()
    cache: PageCache = current_app.extensions["page_cache"]
    key = request.script_root, request.full_path, static.address("site.css"), made_of
    found = cache.get(key, lambda: make().replace(generate_csrf(), _OWN))
    return found.body.decode().replace(_OWN, generate_csrf())


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
