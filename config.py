"""All that comes from outside, read once at the start. The README has the table of settings."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
SELECTOR = "buhne"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(\.{_LABEL}){{0,3}}")


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
    dkim_key: str | None
    """The file of a private key. None: letters are not signed here."""
    dkim_selector: str
    owner_email: str
    proxies: int
    """How many trusted proxies stand in front and set X-Forwarded-*."""
    worker: str
    """`inside`: `./run` also does the jobs. `apart`: only `./run worker` does."""
    listen_on: str
    port: int
    processes: int
    """Web processes. Beside more than one, jobs inside run in a process of their own."""
    threads: int
    """Of each web process."""
    registrations_per_hour: int
    """Complete registration forms taken from one network address."""
    metrics_token: str | None
    """None: there is no /metrics."""

    @property
    def is_secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"


def from_environment(
    environ: Mapping[str, str] = os.environ, *, flags: Mapping[str, str] | None = None
) -> Settings:
    """The settings; `flags` (what was typed after ./run) go before the environment."""
    environ = {**environ, **(flags or {})}
    instance = _folder(environ.get("INSTANCE_DIR"))
    listen_on = environ.get("HOST") or "127.0.0.1"
    port = _number("PORT", environ.get("PORT") or "8000", 1, 65_535)
    smtp_url = _smtp_url(environ.get("SMTP_URL"))
    return Settings(
        instance=instance,
        base_url=_base_url(environ.get("BASE_URL") or _own_address(listen_on, port)),
        secret_key=_secret_key(environ.get("SECRET_KEY"), instance / "secret_key"),
        database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{instance}/app.db"),
        queue_url=_scheme(
            "QUEUE_URL",
            environ.get("QUEUE_URL") or f"sqlite:///{instance}/queue.db",
            ("sqlite", "redis", "rediss", "postgresql"),
        ),
        smtp_url=smtp_url,
        mail_from=_address(
            "MAIL_FROM", environ.get("MAIL_FROM") or "Op de Bühne <post@example.org>"
        ),
        mail_reply_to=_address("MAIL_REPLY_TO", environ.get("MAIL_REPLY_TO") or "post@example.org"),
        dkim_key=_dkim_key(environ.get("DKIM_KEY"), smtp_url),
        dkim_selector=_dkim_selector(environ.get("DKIM_SELECTOR") or SELECTOR),
        owner_email=_address("OWNER_EMAIL", environ.get("OWNER_EMAIL") or "owner@example.org"),
        proxies=_number("PROXIES", environ.get("PROXIES") or "0", 0, 9),
        worker=_choice("WORKER", environ.get("WORKER") or "inside", ("inside", "apart")),
        listen_on=listen_on,
        port=port,
        processes=_number("PROCESSES", environ.get("PROCESSES") or "1", 1, 64),
        threads=_number("THREADS", environ.get("THREADS") or "4", 1, 64),
        registrations_per_hour=_number(
            "REGISTRATIONS_PER_HOUR", environ.get("REGISTRATIONS_PER_HOUR") or "300", 1, 100_000
        ),
        metrics_token=environ.get("METRICS_TOKEN") or None,
    )


def _folder(value: str | None) -> Path:
    """The instance folder: readable by its owner alone."""
    folder = Path(value or ROOT / "instance").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        problem = f"INSTANCE_DIR: the folder {folder} cannot be made ({why.strerror})."
        raise SettingsError(problem) from why
    if not os.access(folder, os.W_OK):
        problem = f"INSTANCE_DIR: nothing can be written in the folder {folder}."
        raise SettingsError(problem)
    return folder


def _own_address(listen_on: str, port: int) -> str:
    host = "127.0.0.1" if listen_on in ("0.0.0.0", "::") else listen_on  # noqa: S104 -- read only
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _base_url(value: str) -> str:
    parts = _parts("BASE_URL", value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        problem = (
            f"BASE_URL is {value!r}; give a whole address, such as https://events.example.org."
        )
        raise SettingsError(problem)
    return value.rstrip("/")


def _secret_key(value: str | None, kept: Path) -> str:
    if value and len(value) < SHORTEST_SECRET:
        problem = f"SECRET_KEY is too short: give at least {SHORTEST_SECRET} random characters."
        raise SettingsError(problem)
    return value or _kept_secret(kept)


def _database_url(value: str) -> str:
    value = _scheme("DATABASE_URL", value, ("sqlite", "postgresql", "postgres"))
    for plain in ("postgres://", "postgresql://"):
        if value.startswith(plain):
            return "postgresql+psycopg://" + value.removeprefix(plain)
    return value


def _smtp_url(value: str | None) -> str | None:
    if not value:
        return None
    if not _parts("SMTP_URL", _scheme("SMTP_URL", value, ("smtp", "smtps"))).hostname:
        problem = (
            "SMTP_URL names no server; give one, such as smtp://name:password@mail.example.org:587."
        )
        raise SettingsError(problem)
    return value


def _parts(name: str, value: str) -> SplitResult:
    """The address in parts; its password is never shown in the sentence."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 -- reading it is the check
    except ValueError as why:
        problem = f"{name} is not an address: {why}."
        raise SettingsError(problem) from why
    return parts


def _scheme(name: str, value: str, known: tuple[str, ...]) -> str:
    scheme, mark, _ = value.partition("://")
    if scheme.split("+", 1)[0] not in known or not mark:
        starts = ", ".join(f"{scheme}://" for scheme in known)
        problem = f"{name} must start with one of: {starts}."
        raise SettingsError(problem)
    _parts(name, value)
    return value


def _address(name: str, value: str) -> str:
    local, at, domain = parseaddr(value)[1].rpartition("@")
    if not (local and at and domain) or not value.isprintable():
        problem = f"{name} is {value!r}; give an e-mail address, such as Name <post@example.org>."
        raise SettingsError(problem)
    return value


def _dkim_key(value: str | None, smtp_url: str | None) -> str | None:
    """Whether it is a good key is seen by who sends: that takes a library the web does without."""
    if not value:
        return None
    if not smtp_url:
        problem = "DKIM_KEY is set, but SMTP_URL is not: no letter leaves that could be signed."
        raise SettingsError(problem)
    try:
        with Path(value).open("rb"):
            return str(Path(value).absolute())
    except OSError as why:
        problem = f"DKIM_KEY is {value!r}, which cannot be read ({why.strerror})."
        if isinstance(why, FileNotFoundError):
            problem += " Without this setting `flask --app events_app.app outbox dkim` makes a key."
        raise SettingsError(problem) from why


def _dkim_selector(value: str) -> str:
    if not _SELECTOR.fullmatch(value.lower()):
        problem = (
            f"DKIM_SELECTOR is {value!r}; give a name for the DNS: letters, digits and hyphens, "
            f"such as {SELECTOR}."
        )
        raise SettingsError(problem)
    return value.lower()


def _number(name: str, value: str, lowest: int, highest: int) -> int:
    if not (value.isascii() and value.isdecimal()) or not lowest <= int(value) <= highest:
        problem = f"{name} is {value!r}; give a whole number from {lowest} to {highest}."
        raise SettingsError(problem)
    return int(value)


def _choice(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        problem = f"{name} is {value!r}; choose one of: {', '.join(known)}."
        raise SettingsError(problem)
    return value


def _kept_secret(path: Path) -> str:
    """The embedded default: made on the first start and kept, so that links stay valid."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # two may start at once; the first one's key is kept
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text().strip()
