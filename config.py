"""All that comes from outside, read once at the start. The README has the table of settings."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent


class SettingsError(Exception):
    """The start cannot go on; the message names the setting and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    instance: Path
    """Folder for the database, uploads, secrets and the task engine's file."""
    base_url: str
    """Where people reach the site; no slash at the end."""
    secret_key: str
    database_url: str
    queue_url: str
    smtp_url: str | None
    """None: letters stay in the inbox page at the desk."""
    mail_from: str
    mail_reply_to: str
    owner_email: str
    proxies: int
    """How many trusted proxies stand in front and set X-Forwarded-*."""
    worker: str
    """`inside`: the web process also runs the jobs. `apart`: `./run worker` does."""

    @property
    def is_secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    instance = Path(environ.get("INSTANCE_DIR") or ROOT / "instance").resolve()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        problem = f"INSTANCE_DIR: the folder {instance} cannot be made ({why.strerror})."
        raise SettingsError(problem) from why
    return Settings(
        instance=instance,
        base_url=_base_url(environ.get("BASE_URL") or "http://127.0.0.1:8000"),
        secret_key=environ.get("SECRET_KEY") or _kept_secret(instance / "secret_key"),
        database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{instance}/app.db"),
        queue_url=_scheme(
            "QUEUE_URL",
            environ.get("QUEUE_URL") or f"sqlite:///{instance}/queue.db",
            ("sqlite", "redis", "rediss", "postgresql"),
        ),
        smtp_url=_scheme("SMTP_URL", environ["SMTP_URL"], ("smtp", "smtps"))
        if environ.get("SMTP_URL")
        else None,
        mail_from=_address(
            "MAIL_FROM", environ.get("MAIL_FROM") or "Op de Bühne <post@example.org>"
        ),
        mail_reply_to=_address("MAIL_REPLY_TO", environ.get("MAIL_REPLY_TO") or "post@example.org"),
        owner_email=_address("OWNER_EMAIL", environ.get("OWNER_EMAIL") or "owner@example.org"),
        proxies=_number("PROXIES", environ.get("PROXIES") or "0"),
        worker=_choice("WORKER", environ.get("WORKER") or "inside", ("inside", "apart")),
    )


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        problem = (
            f"BASE_URL is {value!r}; give a whole address, such as https://events.example.org."
        )
        raise SettingsError(problem)
    return value.rstrip("/")


def _database_url(value: str) -> str:
    value = _scheme("DATABASE_URL", value, ("sqlite", "postgresql", "postgres"))
    for plain in ("postgres://", "postgresql://"):
        if value.startswith(plain):
            return "postgresql+psycopg://" + value.removeprefix(plain)
    return value


def _scheme(name: str, value: str, known: tuple[str, ...]) -> str:
    if value.split("://", 1)[0].split("+", 1)[0] not in known or "://" not in value:
        starts = ", ".join(f"{scheme}://" for scheme in known)
        problem = f"{name} is {value!r}; it must start with one of: {starts}."
        raise SettingsError(problem)
    return value


def _address(name: str, value: str) -> str:
    if "@" not in parseaddr(value)[1]:
        problem = f"{name} is {value!r}; give an e-mail address, such as Name <post@example.org>."
        raise SettingsError(problem)
    return value


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        problem = f"{name} is {value!r}; give a whole number."
        raise SettingsError(problem)
    return int(value)


def _choice(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        problem = f"{name} is {value!r}; choose one of: {', '.join(known)}."
        raise SettingsError(problem)
    return value


def _kept_secret(path: Path) -> str:
    """The embedded default: made on the first start and kept, so that links stay valid."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
