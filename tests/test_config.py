"""Each wrong value stops the start with a sentence that names its setting."""

import stat

import pytest

from config import SettingsError, from_environment

pytestmark = pytest.mark.once


@pytest.fixture
def settings(tmp_path):
    return lambda **values: from_environment({"INSTANCE_DIR": str(tmp_path), **values})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "events.example.org"),
        ("BASE_URL", "ftp://events.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://events.example.org/?a=b"),
        ("BASE_URL", "https://events.example.org:port"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://localhost/app"),
        ("DATABASE_URL", "app.db"),
        ("DATABASE_URL", "postgresql://localhost:many/app"),
        ("QUEUE_URL", "amqp://localhost"),
        ("QUEUE_URL", "redis"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("MAIL_FROM", "Op de Bühne"),
        ("MAIL_FROM", "post@"),
        ("MAIL_FROM", "post@example.org\nBcc: x@example.org"),
        ("MAIL_REPLY_TO", "nobody"),
        ("OWNER_EMAIL", "@example.org"),
        ("PROXIES", "one"),
        ("PROXIES", "-1"),
        ("PROXIES", "10"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("THREADS", "0"),
        ("PROCESSES", "0"),
        ("WORKER", "outside"),
    ],
)
def test_a_wrong_value_is_named(settings, name, value):
    with pytest.raises(SettingsError, match=f"^{name} "):
        settings(**{name: value})


def test_a_password_in_a_wrong_address_is_not_repeated(settings):
    for name in ("DATABASE_URL", "QUEUE_URL", "SMTP_URL"):
        with pytest.raises(SettingsError) as why:
            settings(**{name: "http://me:sesame@db.example.org"})
        assert "sesame" not in str(why.value)


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"^INSTANCE_DIR: "):
        from_environment({"INSTANCE_DIR": str(tmp_path / "file" / "instance")})


def test_without_any_setting_it_runs_on_this_machine_alone(settings, tmp_path):
    plain = settings()
    assert plain.database_url == f"sqlite:///{tmp_path}/app.db"
    assert plain.queue_url == f"sqlite:///{tmp_path}/queue.db"
    assert (plain.listen_on, plain.port, plain.worker) == ("127.0.0.1", 8000, "inside")
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
