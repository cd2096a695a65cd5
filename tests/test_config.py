"""Each wrong value stops the start with a sentence that names its setting."""

import os
import re
import stat
from pathlib import Path

import pytest

from config import SettingsError, from_environment
from events_app.delivery.post.smtp import Server

pytestmark = pytest.mark.once


@pytest.fixture
def settings(tmp_path):
    return lambda **values: from_environment({"INSTANCE_DIR": str(tmp_path), **values})


README = Path(__file__).parent.parent / "README.md"
WRONG = {
    "BASE_URL": [
        "events.example.org", "ftp://events.example.org", "https://", "https://x.example.org/?a=b",
        "https://x.example.org:port", "https://x.example.org:0", "https://x.example.org:99999",
        "https://me:sesame@x.example.org", "https://me@x.example.org", "https://x.example.org/path",
        "https://x.example.org#top", "https://x example.org", "https://-x.example.org",
        "https://x..example.org", "https://x.example.org\n", "https://[::1",
    ],
    "HOST": ["a host", "127.0.0.1:80", "http://localhost", "-x"],
    "PORT": ["0", "65536", "²", "-1", "http"],
    "SECRET_KEY": ["short", " " * 40],
    "DATABASE_URL": [
        "mysql://localhost/app", "app.db", "postgresql", "postgresql://localhost:many/app",
        "postgresql+asyncpg://localhost/app", "postgresql://me:ses/ame@localhost/app",
        "postgresql://localhost/app?colour=red", "postgresql://localhost/app#x", "sqlite://",
        "sqlite:///:memory:", "sqlite:///app.db?mode=ro", "sqlite://app.db",
        "sqlite:////no/such/folder/app.db", "postgresql://a..b/app",
    ],
    "QUEUE_URL": [
        "amqp://localhost", "redis", "redis://localhost/one", "redis://localhost/0?colour=red",
        "redis://:ses/ame@localhost/0", "redis+x://localhost/0", "redis://localhost:99999/0",
        "postgresql+psycopg://localhost/app", "postgresql://localhost/app?colour=red", "sqlite://",
        "sqlite:////no/such/folder/queue.db",
    ],
    "SMTP_URL": [
        "mail.example.org", "smtp://", "smtp://me:sesame@", "http://mail.example.org",
        "smtp://me:ses#ame@mail.example.org", "smtp://me:ses?ame@mail.example.org",
        "smtp://mail.example.org/path", "smtp://me:s%C3%A9same@mail.example.org",
        "smtp://mé:sesame@mail.example.org",
        *(f"smtp://me:sesame@mail.example.org?{option}" for option in (
            "lines=abc", "lines=0", "lines=-1", "lines=1.5", "lines=65", "lines=", "lines=²",
            "timeout=abc", "timeout=0", "timeout=-3", "timeout=nan", "timeout=inf", "timeout=61",
            "patience=abc", "patience=0", "patience=151", "tls=yes", "tls=", "Lines=8",
            "lines=8&colour=red", "lines", "colour=red",
        )),
    ],
    "MAIL_FROM": ["Op de Bühne", "post@", "post@example.org\nBcc: x@example.org",
                  "a@example.org, b@example.org", "post@ex ample.org", "post@example.org,",
                  "<post@example.org", "post@example.org>", "x <post@example.org> y",
                  "post@-x.example.org", "a@b@example.org"],
    "MAIL_REPLY_TO": ["nobody", "@example.org"],
    "OWNER_EMAIL": ["@example.org", "owner"],
    "PROCESSES": ["0", "65", "many"],
    "THREADS": ["0", "65", "1.5"],
    "PROXIES": ["one", "-1", "10"],
    "BACKUP_DAYS": ["0", "-1", "a month", "3651"],
    "REGISTRATIONS_PER_HOUR": ["0", "-1", "many", "100001", "1e3"],
    "METRICS_TOKEN": ["two words", "é", "line\n"],
}  # fmt: skip
"""Of INSTANCE_DIR there is a test of its own."""


def test_every_setting_of_the_readme_has_wrong_values_here():
    named = {
        name
        for line in README.read_text().splitlines() if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])
    }  # fmt: skip
    assert named - {"INSTANCE_DIR"} == WRONG.keys()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DKIM_KEY", "/etc/buhne/dkim.pem", "your mail server"),
        ("WORKER", "apart", "./run web and ./run worker"),
    ],
)
def test_a_setting_of_an_earlier_version_stops_the_start_with_what_to_do(
    settings, name, value, words
):
    with pytest.raises(SettingsError, match=rf"^{name} .*{words}"):
        settings(**{name: value})
    settings(**{name: ""}, DKIM_SELECTOR="spring")


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_named_and_no_password_with_it(settings, name, value):
    with pytest.raises(SettingsError, match=rf"^{name}\b") as why:
        settings(**{name: value})
    said = str(why.value)
    assert said.endswith(".")
    assert not re.search("sesame|ses|ame@|me:", said.replace("name", "").replace("same", ""))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "https://events.example.org:8443"), ("BASE_URL", "http://[::1]:8000"),
        ("BASE_URL", "http://localhost:8000/"), ("BASE_URL", "https://bühne.example.org"),
        ("HOST", "::"), ("HOST", "localhost"), ("QUEUE_URL", "redis://:p%2Fw@localhost:6379/0"),
        ("QUEUE_URL", "rediss://localhost/1?ssl_cert_reqs=none"), ("QUEUE_URL", "redis://localhost"),
        ("QUEUE_URL", "postgresql://me:x@localhost/app?sslmode=require"),
        ("DATABASE_URL", "postgresql://me:p%40w@localhost:5432/app?sslmode=require"),
        ("DATABASE_URL", "postgresql:///app?host=/run/postgresql"),
        ("SMTP_URL", "smtps://me%40x:p%2Fw@mail.example.org:465?lines=16&timeout=20.5&patience=90"),
        ("SMTP_URL", "smtp://127.0.0.1:1025?tls=no"),
        ("MAIL_FROM", "post@example.org"), ("MAIL_FROM", '"Op, de Bühne" <post@bühne.example>'),
        ("MAIL_FROM", "Op de Bühne (HCT) <post@localhost>"),
    ],
)  # fmt: skip
def test_a_right_value_is_taken(settings, name, value):
    settings(**{name: value})


def test_what_the_address_of_the_mail_server_says_is_what_is_used(settings):
    url = "smtp://me%40x:p%2Fw@mail.example.org?lines=3&timeout=20.5&patience=90&tls=no"
    server = Server.of(settings(SMTP_URL=url).smtp_url)
    assert (server.lines, server.timeout, server.patience) == (3, 20.5, 90)
    assert (server.name, server.password, server.may_be_plain) == ("me@x", "p/w", True)


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"^INSTANCE_DIR: "):
        from_environment({"INSTANCE_DIR": str(tmp_path / "file" / "instance")})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("user", [65534, 54321])
def test_root_writes_nothing_into_the_house_of_another_user(tmp_path, user):
    """That user could not write in it any more, such as the list of who asked to be forgotten."""
    folder = tmp_path / "instance"
    folder.mkdir()
    os.chown(folder, user, user)
    with pytest.raises(SettingsError, match=r"^INSTANCE_DIR: .* (nobody|54321),"):
        from_environment({"INSTANCE_DIR": str(folder)})
    assert list(folder.iterdir()) == []


def test_without_any_setting_it_runs_on_this_machine_alone(settings, tmp_path):
    plain = settings()
    assert plain.database_url == f"sqlite:///{tmp_path}/app.db"
    assert plain.queue_url == f"sqlite:///{tmp_path}/queue.db"
    assert (plain.listen_on, plain.port) == ("127.0.0.1", 8000)
    assert plain.base_url == "http://127.0.0.1:8000"
    assert plain.smtp_url is None
    assert not plain.is_secure


def test_empty_settings_count_as_not_given(settings):
    assert settings(SMTP_URL="", PORT="", DATABASE_URL="") == settings()


def test_the_secret_is_made_once_and_read_by_its_owner_alone(settings, tmp_path):
    first = settings().secret_key
    assert len(first) >= 64
    assert settings().secret_key == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("kept", [b"", b"abc", b"\xff" * 40, b" " * 64])
def test_a_kept_secret_that_is_not_whole_stops_the_start(settings, tmp_path, kept):
    (tmp_path / "secret_key").write_bytes(kept)
    with pytest.raises(SettingsError, match=r"^SECRET_KEY: .*secret_key is not whole"):
        settings()


def test_a_flag_goes_before_the_environment(tmp_path):
    environ = {"INSTANCE_DIR": str(tmp_path), "PORT": "8001", "HOST": "0.0.0.0"}
    made = from_environment(environ, flags={"PORT": "8002"})
    assert made.port == 8002
    assert made.base_url == "http://127.0.0.1:8002"


def test_the_plain_names_of_postgresql_get_our_driver(settings):
    for plain in ("postgres://db/app", "postgresql://db/app"):
        assert settings(DATABASE_URL=plain).database_url == "postgresql+psycopg://db/app"


def test_a_slash_after_the_address_is_dropped(settings):
    made = settings(BASE_URL="https://events.example.org/")
    assert made.base_url == "https://events.example.org"
    assert made.is_secure
    assert made.host == "events.example.org"
