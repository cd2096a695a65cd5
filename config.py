"""All that comes from outside, read once at the start. The README has the table of settings."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import getaddresses
from ipaddress import ip_address
from pathlib import Path
from pwd import getpwuid
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
PSYCOPG = "postgresql+psycopg"
REDIS_OPTIONS = (
    "ssl_ca_certs",
    "ssl_cert_reqs",
    "ssl_certfile",
    "ssl_check_hostname",
    "ssl_keyfile",
)


_MAILBOX = re.compile(
    r"[^<>]*<(?P<named>[^\s<>@,;]+@[^\s<>@,;]+)>|(?P<bare>[^\s<>@,;]+@[^\s<>@,;]+)"
)
_HOST_LABEL = re.compile(r"\w([\w-]{0,61}\w)?")
Option = tuple[str, Callable[[str], bool]]
"""What an option of an address may be, in words and as a check."""


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
    """How many trusted proxies are in front and set X-Forwarded-*."""
    listen_on: str
    port: int
    processes: int
    """Of `./run web`; `./run` is one process."""
    threads: int
    """Of each web process."""
    registrations_per_hour: int
    """Complete registration forms taken from one network address."""
    backup_days: int
    """How old the oldest backup may be: so long is known who asked to be wiped."""
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
    listen_on = _host(environ.get("HOST") or "127.0.0.1")
    port = _number("PORT", environ.get("PORT") or "8000", 1, 65_535)
    _check_gone(environ)
    return Settings(
        instance=instance,
        base_url=_base_url(environ.get("BASE_URL") or _own_address(listen_on, port)),
        secret_key=_secret_key(environ.get("SECRET_KEY"), instance / "secret_key"),
        database_url=_database_url(environ.get("DATABASE_URL") or sqlite_url(instance / "app.db")),
        queue_url=_queue_url(environ.get("QUEUE_URL") or sqlite_url(instance / "queue.db")),
        smtp_url=_smtp_url(environ.get("SMTP_URL")),
        mail_from=_address(
            "MAIL_FROM", environ.get("MAIL_FROM") or "Op de Bühne <post@example.org>"
        ),
        mail_reply_to=_address("MAIL_REPLY_TO", environ.get("MAIL_REPLY_TO") or "post@example.org"),
        owner_email=_address("OWNER_EMAIL", environ.get("OWNER_EMAIL") or "owner@example.org"),
        proxies=_number("PROXIES", environ.get("PROXIES") or "0", 0, 9),
        listen_on=listen_on,
        port=port,
        processes=_number("PROCESSES", environ.get("PROCESSES") or "1", 1, 64),
        threads=_number("THREADS", environ.get("THREADS") or "4", 1, 64),
        registrations_per_hour=_number(
            "REGISTRATIONS_PER_HOUR", environ.get("REGISTRATIONS_PER_HOUR") or "300", 1, 100_000
        ),
        backup_days=_number("BACKUP_DAYS", environ.get("BACKUP_DAYS") or "35", 1, 3_650),
        metrics_token=_token(environ.get("METRICS_TOKEN")),
    )


def sqlite_url(path: Path) -> str:
    """The address of a database in this file, however its folders are called."""
    return f"sqlite:///{quote(str(path))}"


def environment(**more: str) -> dict[str, str]:
    """For a program that is started from here."""
    return {**os.environ, **more}


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
    owner = folder.stat().st_uid
    if os.geteuid() == 0 != owner:
        problem = (
            f"INSTANCE_DIR: the folder {folder} is of the user {_name(owner)}, who cannot change"
            " what root writes there. Type the same as that user (runuser -u)."
        )
        raise SettingsError(problem)
    return folder


def _name(user: int) -> str:
    try:
        return getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _own_address(listen_on: str, port: int) -> str:
    host = "127.0.0.1" if listen_on in ("0.0.0.0", "::") else listen_on  # noqa: S104 -- read only
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _base_url(value: str) -> str:
    parts = _parts("BASE_URL", value)
    is_site = parts.scheme in ("http", "https") and _is_host(parts.hostname or "")
    if not is_site or "@" in parts.netloc or parts.query or parts.path.strip("/"):
        problem = (
            "BASE_URL must be the address of a host and no more: no name, password, path or query."
            " Give such as https://events.example.org."
        )
        raise SettingsError(problem)
    return f"{parts.scheme}://{parts.netloc}"


def _is_host(value: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(value))
    return all(_HOST_LABEL.fullmatch(label) for label in value.removesuffix(".").split("."))


def _host(value: str) -> str:
    if not _is_host(value):
        problem = f"HOST is {value!r}; give an address of this machine, such as 127.0.0.1."
        raise SettingsError(problem)
    return value


def _token(value: str | None) -> str | None:
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        problem = "METRICS_TOKEN must be letters, digits and signs without spaces or accents."
        raise SettingsError(problem)
    return value or None


def _secret_key(value: str | None, kept: Path) -> str:
    if value and len(value.strip()) < SHORTEST_SECRET:
        problem = f"SECRET_KEY is too short: give at least {SHORTEST_SECRET} random characters."
        raise SettingsError(problem)
    return value or _kept_secret(kept)


def _database_url(value: str) -> str:
    parts = _scheme("DATABASE_URL", value, ("sqlite", "postgresql", "postgres", PSYCOPG))
    if parts.scheme == "sqlite":
        return _sqlite("DATABASE_URL", value)
    _check_postgresql("DATABASE_URL", parts)
    return f"{PSYCOPG}://" + value.partition("://")[2]


def _queue_url(value: str) -> str:
    parts = _scheme("QUEUE_URL", value, ("sqlite", "redis", "rediss", "postgresql", "postgres"))
    if parts.scheme == "sqlite":
        return _sqlite("QUEUE_URL", value)
    if parts.scheme in ("postgresql", "postgres"):
        _check_postgresql("QUEUE_URL", parts)
    else:
        _options("QUEUE_URL", parts, dict.fromkeys(REDIS_OPTIONS, ("a value", bool)))
        if not (parts.path.strip("/") or "0").isdecimal():
            problem = "QUEUE_URL must end in the number of a database, such as redis://host:6379/0."
            raise SettingsError(problem)
    return value


def _sqlite(name: str, value: str) -> str:
    path = value.removeprefix("sqlite:///")
    if path == value or not path or path.startswith(":") or "?" in path:
        problem = f"{name} must name a file, such as sqlite:////srv/buhne/app.db, and no options."
        raise SettingsError(problem)
    folder = Path(unquote(path)).absolute().parent
    if not os.access(folder, os.W_OK):
        problem = f"{name}: nothing can be written in the folder {folder}."
        raise SettingsError(problem)
    return value


def _check_postgresql(name: str, parts: SplitResult) -> None:
    """By the library of PostgreSQL itself, which knows its options."""
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        try:
            conninfo_to_dict(f"postgresql:///?{quote(option)}={quote(value)}")
        except ProgrammingError as why:
            problem = f"{name} has an option that PostgreSQL does not know: {option!r}."
            raise SettingsError(problem) from why


def _smtp_url(value: str | None) -> str | None:
    if not value:
        return None
    parts = _scheme("SMTP_URL", value, ("smtp", "smtps"))
    if not _is_host(parts.hostname or "") or parts.path.strip("/"):
        problem = (
            "SMTP_URL names no server; give one, such as smtp://name:password@mail.example.org:587."
        )
        raise SettingsError(problem)
    if not unquote(f"{parts.username}{parts.password}").isascii():
        problem = (
            "SMTP_URL has a name or password with a letter that we cannot send to the mail server: "
            "choose another one there, of letters and signs without accents."
        )
        raise SettingsError(problem)
    _options("SMTP_URL", parts, SMTP_OPTIONS)
    return value


def _between(lowest: int, highest: int, kind: type[float]) -> Option:
    def fits(value: str) -> bool:
        with suppress(ValueError):
            return value.isascii() and lowest <= kind(value) <= highest
        return False

    return f"a {'whole ' if kind is int else ''}number from {lowest} to {highest}", fits


SMTP_OPTIONS = {
    "lines": _between(1, 64, int),
    "timeout": _between(1, 60, float),
    "patience": _between(1, 150, float),
    "tls": ("no", "no".__eq__),
}
"""After the question mark of SMTP_URL; delivery/post/smtp.py says what each is. A letter in the air
is heard of after two time-outs and one patience at most: that must be before its lease ends.
"""


def _options(name: str, parts: SplitResult, known: Mapping[str, Option]) -> None:
    """Refuse options after the question mark that are not known, or whose value does not fit."""
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in known:
            choice = ", ".join(known) or "none"
            problem = f"{name} has an unknown option {option!r}; these are known: {choice}."
            raise SettingsError(problem)
        words, fits = known[option]
        if not fits(value):
            problem = f"{name}: the option {option} is {value!r}; give {words}."
            raise SettingsError(problem)


def _parts(name: str, value: str) -> SplitResult:
    """The address in parts. What is wrong with it is not repeated: it may be of a password."""
    try:
        parts = urlsplit(value)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:  # UnicodeError is one, too
        port = 0
    if port == 0 or parts.fragment or not value.isprintable() or " " in value:
        problem = (
            f"{name} is not an address: look at its host and port. In a name or password, write"
            " / as %2F, # as %23, ? as %3F, @ as %40, : as %3A and a space as %20."
        )
        raise SettingsError(problem)
    return parts


def _scheme(name: str, value: str, known: tuple[str, ...]) -> SplitResult:
    scheme, mark, _ = value.partition("://")
    if scheme not in known or not mark:
        starts = ", ".join(f"{scheme}://" for scheme in known if "+" not in scheme)
        problem = f"{name} must start with one of: {starts}."
        raise SettingsError(problem)
    return _parts(name, value)


def _address(name: str, value: str) -> str:
    found = _MAILBOX.fullmatch(value)
    is_one = found and getaddresses([value])[-1][1] == (found["named"] or found["bare"])
    if not is_one or not _is_host(value.rstrip(">").rpartition("@")[2]) or not value.isprintable():
        problem = f"{name} is {value!r}; give an e-mail address, such as Name <post@example.org>."
        raise SettingsError(problem)
    return value


GONE = {
    "DKIM_KEY": (
        "letters are not signed here any more. Let your mail server sign them, with the same key "
        "if you like (README, In production)"
    ),
    "WORKER": (
        "what runs is said by what is typed: ./run does all of it, ./run web and ./run worker are "
        "two units (README, In production)"
    ),
}
"""Settings of earlier versions. Nobody's letters lose their signature, or stay where they are,
unseen."""


def _check_gone(environ: Mapping[str, str]) -> None:
    for name, why in GONE.items():
        if environ.get(name):
            problem = f"{name} is set, but {why}; then remove {name}."
            raise SettingsError(problem)


def _number(name: str, value: str, lowest: int, highest: int) -> int:
    if not (value.isascii() and value.isdecimal()) or not lowest <= int(value) <= highest:
        problem = f"{name} is {value!r}; give a whole number from {lowest} to {highest}."
        raise SettingsError(problem)
    return int(value)


def _kept_secret(path: Path) -> str:
    """The embedded default: made on the first start and kept, so that links stay valid."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # two may start at once; the first one's key is kept
            path.hardlink_to(draft)
        draft.unlink()
    kept = path.read_text(errors="replace").strip()
    if len(kept) < SHORTEST_SECRET or not kept.isascii():
        problem = (
            f"SECRET_KEY: the file {path} is not whole. Put it back from a backup, or remove it:"
            " then all personal links end, and a new key is made."
        )
        raise SettingsError(problem)
    return kept
