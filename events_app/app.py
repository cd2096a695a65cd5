"""Opens what the rooms offer; the only file that knows every room."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Flask, request, url_for
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, from_environment
from events_app.accounts import component as accounts
from events_app.accounts import lock
from events_app.api import component as api
from events_app.capacity import component as capacity
from events_app.contacts import component as contacts
from events_app.core import (
    catalogues,
    heartbeat,
    idempotency,
    installation,
    metrics,
    queue,
    rate_limits,
    web,
)
from events_app.core.components import Bar, Components, MenuItem, menu
from events_app.core.db import db
from events_app.delivery import component as delivery
from events_app.events import component as events
from events_app.invitations import component as invitations
from events_app.kits import component as kits
from events_app.newsletters import component as newsletters
from events_app.privacy import component as privacy
from events_app.registrations import component as registrations
from events_app.site import component as site
from events_app.themes import component as themes

COMPONENTS: Components = (
    delivery.COMPONENT,
    accounts.COMPONENT,
    themes.COMPONENT,
    contacts.COMPONENT,
    capacity.COMPONENT,
    events.COMPONENT,
    registrations.COMPONENT,
    invitations.COMPONENT,
    kits.COMPONENT,
    newsletters.COMPONENT,
    privacy.COMPONENT,
    site.COMPONENT,
    api.COMPONENT,
)
"""The rooms, the bottom one first. Any first part of it is a house that starts."""
MODELS = (installation, rate_limits, idempotency, heartbeat)
"""Of the ground floor. Named, so that every table is known before the first query."""
HOME = "site_desk.today"
"""Every page of the desk is below its address."""


def create_app(
    settings: Settings | None = None, components: Components = COMPONENTS, **more: Any
) -> Flask:
    """The app of these rooms; `more` overrides Flask settings (tests)."""
    settings = settings or from_environment()
    app = Flask("events_app", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_flask_settings(settings), **more)
    catalogues.join()
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    metrics.open_metrics(app)
    web.open_web(app)
    queue.open_queue(app)
    _open_rooms(app, components)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logging.getLogger("events_app").setLevel(logging.INFO)
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "INSTANCE": str(settings.instance),
        "BASE_URL": settings.base_url,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # a log names nobody
        "QUEUE_URL": settings.queue_url,
        "SMTP_URL": settings.smtp_url,
        "MAIL_FROM": settings.mail_from,
        "MAIL_REPLY_TO": settings.mail_reply_to,
        "OWNER_EMAIL": settings.owner_email,
        "BACKUP_DAYS": settings.backup_days,
        "WRITERS": max(1, settings.threads - 1),
        "REGISTRATIONS_PER_HOUR": settings.registrations_per_hour,
        "METRICS_TOKEN": settings.metrics_token,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.is_secure else "session",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_REFRESH_EACH_REQUEST": False,  # no cookie beside a file that caches keep
        "PERMANENT_SESSION_LIFETIME": 14 * 24 * 3600,
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # our private pages send no Referer; the token is the proof
        "TRUSTED_HOSTS": None,
        "SEND_FILE_MAX_AGE_DEFAULT": 86_400,
    }


def _open_rooms(app: Flask, components: Components) -> None:
    app.extensions["components"] = components
    app.cli.add_command(catalogues.catalogue)
    for component in components:
        for command in component.commands:
            app.cli.add_command(command)
    doors = [door for each in components for door in each.doors]
    web.open_doors(app, doors, lock.guard, lock.meanwhile)
    app.url_build_error_handlers.append(partial(_elsewhere, app))
    bars = {bar: tuple(menu(components, bar)) for bar in Bar}
    app.context_processor(lambda: _navigation(bars))


def _elsewhere(app: Flask, why: Exception, endpoint: str, _values: dict[str, Any]) -> str:
    """A link to a page of a room that this house does not have leads to the front page."""
    if len(app.extensions["components"]) < len(COMPONENTS) and endpoint not in app.view_functions:
        return "/"
    raise why


def _navigation(bars: Mapping[Bar, Sequence[MenuItem]]) -> dict[str, Any]:
    is_desk = (request.blueprint or "").endswith("_desk")
    beside = [item for item in bars[Bar.DESK] if lock.may_open(item.endpoint)] if is_desk else []
    return {
        "nav": _links(bars[Bar.SITE]),
        "footer": [link[:2] for link in _links(bars[Bar.FOOT])],
        "desk_nav": [(*link, None) for link in _links(beside)],
        "staff": lock.current_staff,
    }


def _links(items: Sequence[MenuItem]) -> list[tuple[str, str, bool]]:
    """Label, address, and whether the reader is there: the longest address that fits is."""
    links = [(str(item.label), url_for(item.endpoint), item.endpoint == HOME) for item in items]
    fitting = [href for _label, href, is_home in links if _leads_here(href, exactly=is_home)]
    here = max(fitting, key=len, default=None)
    return [(label, href, href == here) for label, href, _is_home in links]


def _leads_here(href: str, *, exactly: bool) -> bool:
    path = href.split("?", maxsplit=1)[0]
    return request.path == path if exactly else request.path.startswith(path)
