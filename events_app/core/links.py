"""Whole addresses for letters, feeds and calendars: from the settings, never from a Host header."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.routing import BuildError

from events_app.core import text


def to(endpoint: str, **values: Any) -> str:
    """The address of a page, in the language that is being spoken."""
    if text.language() != text.DEFAULT:
        values.setdefault("lang", text.language())
    parts = urlsplit(base())
    adapter = current_app.url_map.bind(
        parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme
    )
    try:
        return adapter.build(endpoint, values, force_external=True)
    except BuildError as why:
        return base() + current_app.handle_url_build_error(why, endpoint, values)


def webcal(endpoint: str, **values: Any) -> str:
    """The address of a calendar, by which calendar programs subscribe to it."""
    return "webcal:" + to(endpoint, **values).partition(":")[2]


def base() -> str:
    return str(current_app.config["BASE_URL"])


def host() -> str:
    """As protocols write it: xn--bhne-0ra.example.org."""
    return (urlsplit(base()).hostname or "localhost").encode("idna").decode()


def mailbox() -> str:
    """The address that people read: ORGANIZER of calendars, Reply-To, the contact form."""
    return parseaddr(str(current_app.config["MAIL_REPLY_TO"]))[1]


def sender() -> str:
    """Who letters come from, such as: Op de Bühne <post@example.org>."""
    return str(current_app.config["MAIL_FROM"])
