"""All of it put into the app."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoLineFreeError
from werkzeug.exceptions import HTTPException

from events_app.core import idempotency, links, request_bodies, seen, static, text, tokens
from events_app.core.errors import NotFoundError, Refusal
from events_app.core.page_cache import PageCache
from events_app.core.sandbox import SandboxClosed
from events_app.core.web.doors import Key
from events_app.core.web.errors import (
    broken,
    disturbed,
    gone,
    http,
    look_again,
    no_room,
    of_another_session,
    overtaken,
    refused,
    stopping,
    unavailable,
)
from events_app.core.web.headers import set_headers
from events_app.core.web.languages import (
    chosen_language,
    keep_language,
    own_address,
    url_for_locale,
    url_for_page,
    with_filters,
)
from events_app.core.web.requests import begin, end, named

csrf = CSRFProtect()


class _Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made is not None:
            made.signer = tokens.Signer
        return made


def open_web(app: Flask) -> None:
    app.url_map.converters["int"] = Key
    app.wsgi_app = named(app.wsgi_app, urlsplit(app.config["BASE_URL"]).netloc)  # type: ignore[method-assign, assignment]
    request_bodies.open_bodies(app)
    app.session_interface = _Sessions()
    csrf.init_app(app)
    Babel(app, default_locale=text.DEFAULT, locale_selector=chosen_language)
    app.before_request(begin)
    app.after_request(set_headers)
    app.teardown_request(end)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(idempotency.SentBefore, idempotency.led_there)
    app.register_error_handler(seen.FollowsOtherwise, look_again)
    app.register_error_handler(NotFoundError, gone)
    for away in (OperationalError, PendingRollbackError, NoLineFreeError):
        app.register_error_handler(away, unavailable)
    app.register_error_handler(DBAPIError, disturbed)
    app.register_error_handler(OSError, no_room)
    app.register_error_handler(SandboxClosed, stopping)
    app.register_error_handler(IntegrityError, overtaken)
    app.register_error_handler(CSRFError, of_another_session)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, broken)
    app.url_defaults(keep_language)
    static.open_static(app)
    app.extensions["page_cache"] = PageCache()
    app.jinja_env.filters.update(
        day=text.day, short_day=text.short_day, date=text.date_of, clock=_unbroken(text.clock_time),
        span=_unbroken(text.span), times=_unbroken(text.times), month=text.month,
        stamp=text.stamp, local=text.local, markdown=text.markdown, number=text.number,
        soft=text.soft, address=text.address, machine_time=text.machine_time,
        zone_mark=text.zone_mark,
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
