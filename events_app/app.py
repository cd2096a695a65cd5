"""Opens the doors of all rooms, public or locked; the only file that knows every room."""

import logging
from typing import Any

from flask import Flask, request, url_for
from flask_babel import LazyString
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, from_environment
from events_app.accounts import cli as accounts_cli
from events_app.accounts import desk as accounts_desk
from events_app.accounts import jobs as accounts_jobs
from events_app.accounts import lock
from events_app.accounts import models as accounts_models
from events_app.accounts import routes as accounts
from events_app.api import routes as api
from events_app.contacts import desk as contacts_desk
from events_app.contacts import models as contacts_models
from events_app.contacts import routes as contacts
from events_app.core import (
    catalogues,
    installation,
    limits,
    metrics,
    once,
    pulse,
    queue,
    web,
)
from events_app.core.db import db
from events_app.core.text import lazy as _
from events_app.delivery import cli as delivery_cli
from events_app.delivery import desk as delivery_desk
from events_app.delivery import jobs as delivery_jobs
from events_app.delivery import models as delivery_models
from events_app.events import desk as events_desk
from events_app.events import models as events_models
from events_app.events import routes as events
from events_app.events import rules as event_rules
from events_app.invitations import desk as invitations_desk
from events_app.invitations import jobs as invitations_jobs
from events_app.invitations import models as invitations_models
from events_app.invitations import routes as invitations
from events_app.kits import desk as kits_desk
from events_app.kits import jobs as kits_jobs
from events_app.kits import models as kits_models
from events_app.kits import routes as kits
from events_app.newsletters import desk as newsletters_desk
from events_app.newsletters import jobs as newsletters_jobs
from events_app.newsletters import models as newsletters_models
from events_app.newsletters import routes as newsletters
from events_app.privacy import desk as privacy_desk
from events_app.privacy import jobs as privacy_jobs
from events_app.privacy import routes as privacy
from events_app.registrations import desk as registrations_desk
from events_app.registrations import jobs as registrations_jobs
from events_app.registrations import models as registrations_models
from events_app.registrations import routes as registrations
from events_app.site import desk as site_desk
from events_app.site import routes as site
from events_app.themes import desk as themes_desk
from events_app.themes import jobs as themes_jobs
from events_app.themes import models as themes_models

MODELS = (
    accounts_models,
    contacts_models,
    delivery_models,
    events_models,
    installation,
    invitations_models,
    kits_models,
    limits,
    newsletters_models,
    once,
    pulse,
    registrations_models,
    themes_models,
)
"""Named here so that every table is known before the first query and to migrations/env.py."""

Menu = tuple[tuple[str, LazyString], ...]
HOME = "accounts_desk.home"
"""All of the desk stands below its address."""

PUBLIC = (
    accounts.bp,
    api.bp,
    contacts.bp,
    events.bp,
    invitations.bp,
    kits.bp,
    newsletters.bp,
    privacy.bp,
    registrations.bp,
    site.bp,
)
LOCKED = (
    accounts_desk.bp,
    *contacts_desk.DOORS,
    delivery_desk.bp,
    *events_desk.DOORS,
    invitations_desk.bp,
    kits_desk.bp,
    newsletters_desk.bp,
    privacy_desk.bp,
    registrations_desk.bp,
    site_desk.bp,
    themes_desk.bp,
)
COMMANDS = (
    accounts_cli.sign_in_link,
    catalogues.catalogue,
    delivery_cli.outbox,
)
JOBS = (
    accounts_jobs,
    delivery_jobs,
    invitations_jobs,
    kits_jobs,
    newsletters_jobs,
    privacy_jobs,
    registrations_jobs,
    themes_jobs,
)
"""Named here so that the queue knows their jobs."""

NAV: Menu = (
    ("events.agenda", _("Agenda")),
    ("newsletters.subscribe", _("Newsletter")),
    ("site.partners", _("For partners")),
    ("site.about", _("About us")),
)
FOOTER: Menu = (
    ("site.contact", _("Contact")),
    ("site.privacy", _("Privacy")),
    ("site.accessibility", _("Accessibility")),
    ("site.security", _("Security")),
    ("accounts.sign_in", _("Sign in for staff")),
)


def create_app(settings: Settings | None = None, **more: Any) -> Flask:
    """The app; `more` overrides Flask settings (tests)."""
    settings = settings or from_environment()
    app = Flask("events_app", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_flask_settings(settings), **more)
    catalogues.join()
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    metrics.open_metrics(app)
    web.open_web(app)
    queue.open_queue(app)
    for door in PUBLIC:
        app.register_blueprint(door)
    web.lock(app, LOCKED, lock.guard)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.context_processor(_navigation)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.filters.update(named=event_rules.named, marked=event_rules.marked)
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


def _navigation() -> dict[str, Any]:
    is_desk = (request.blueprint or "").endswith("_desk")
    return {
        "nav": _links(NAV),
        "footer": [link[:2] for link in _links(FOOTER)],
        "desk_nav": [(*link, None) for link in _links(_open_to_staff())] if is_desk else [],
        "staff": lock.someone,
    }


def _links(items: Menu) -> list[tuple[str, str, bool]]:
    """Label, address, and whether the reader is there: the longest address that fits is."""
    links = [(str(label), url_for(endpoint), endpoint == HOME) for endpoint, label in items]
    fitting = [href for _label, href, is_home in links if _leads_here(href, exactly=is_home)]
    here = max(fitting, key=len, default=None)
    return [(label, href, href == here) for label, href, _is_home in links]


def _leads_here(href: str, *, exactly: bool) -> bool:
    path = href.split("?", maxsplit=1)[0]
    return request.path == path if exactly else request.path.startswith(path)


def _open_to_staff() -> Menu:
    """What the role of who is signed in lets them enter."""
    return tuple(item for item in site_desk.MENU if lock.may_open(item[0]))
