"""Letters are signed as others understand it: another program, dkimpy, checks what arrived."""

import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from config import SettingsError, from_environment
from events_app.core.db import saving
from events_app.core.letters import Body, Calendar, Stream, kinds, samples, write
from events_app.core.render import slotted
from events_app.delivery import actions
from events_app.delivery.dispatch import MANY
from events_app.delivery.models import State
from events_app.delivery.post.dkim import BadKeyError, Record, Signer, make_key
from tests.delivery import test_mime
from tests.delivery.conftest import enqueued, row
from tests.delivery.mail_server import DROP
from tests.delivery.test_mime import HOSTILE
from tests.delivery.test_sending import send

NOW = datetime.now(UTC)
"""A signature that is not yet made is no good one: these letters are sent today."""
HOUR = timedelta(hours=1)
CALENDAR = Calendar("REQUEST", b"BEGIN:VCALENDAR\r\n" + b"DESCRIPTION:." * 40 + b"\r\n")


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "dkim.pem"
    make_key(made)
    return made


@pytest.fixture
def signer(app, server, noon, path):
    """A mail server, and a key in the settings of the app."""
    app.config |= {"DKIM_KEY": str(path), "DKIM_SELECTOR": "spring"}
    noon.set(NOW)
    return Signer.of(app.config)


def sent(server, *streams, **more):
    return test_mime.sent(server, *streams, now=NOW, **more)


def is_genuine(content, signer):
    asked = []

    def dns(name, timeout=5):
        asked.append(name)
        return Record.of(signer).value.encode()

    found = dkim.verify(content, dnsfunc=dns, minkey=2048)
    assert set(asked) == {f"{Record.of(signer).name}.".encode()}
    return found


def fields(received):
    """What the signature says: its tags."""
    [header] = received.mail.get_all("DKIM-Signature")
    return {
        name.strip(): re.sub(r"\s", "", value)
        for name, _, value in (tag.partition("=") for tag in header.split(";"))
    }


def test_without_a_key_nothing_is_signed(server):
    assert "DKIM-Signature" not in sent(server).mail


def test_a_confirmation_with_its_calendar_is_signed(server, signer):
    received = sent(server, calendar=CALENDAR, to_name="Žofie Łukasiewicz-王")
    assert is_genuine(received.content, signer)
    tags = fields(received)
    assert (tags["d"], tags["s"], tags["a"]) == ("example.org", "spring", "rsa-sha256")
    assert {"auto-submitted", "feedback-id", "message-id", "content-type"} < set(
        tags["h"].split(":")
    )
    assert "l" not in tags
    assert received.content.startswith(b"DKIM-Signature: ")
    assert max(map(len, received.content.split(b"\r\n"))) <= 78


def test_the_signature_of_a_newsletter_covers_its_unsubscribe_headers(server, signer):
    received = sent(server, MANY, stream=Stream.BULK)
    assert is_genuine(received.content, signer)
    names = fields(received)["h"].split(":")
    assert {"list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id"} < set(names)
    assert names.count("from") == 2
    there = [name.lower() for name in received.mail]
    assert set(names) <= set(there)


def test_all_letters_to_many_are_genuine(server, signer):
    enqueued(*[f"r{n}@example.org" for n in range(20)], stream=Stream.BULK, now=NOW)
    send(MANY)
    assert len(server.received) == 20
    assert all(is_genuine(received.content, signer) for received in server.received)


def test_every_letter_of_the_house_is_genuine(server, signer):
    written = [
        write(kind, to="ana@example.org", to_name="Zoë", language=spoken, calendar=CALENDAR,
              values=values)
        for kind in kinds()
        for spoken in ("nl", "en")
        for values in samples(kind, spoken)
    ]  # fmt: skip
    with saving():
        for number, letter in enumerate(written):
            actions.enqueue(letter, dedupe_key=str(number), now=NOW)
    send()
    assert len(server.received) == len(written) > 40
    assert all(is_genuine(received.content, signer) for received in server.received)


@pytest.mark.parametrize(
    "value", [*HOSTILE, ".begins with a dot\n..\n.", "Één avond – " * 30, "line \t\n  \n\n\n"]
)
def test_whatever_a_letter_holds_its_signature_is_good(server, signer, value):
    body = Body("Over zqnameqz", "Dag,\nzqnameqz\n.\n..\n\n\n", "<p>  zqnameqz</p>\n.\n   \n\n")
    received = sent(server, body=body, to_name=value, slots=slotted({"name": value}))
    assert is_genuine(received.content, signer)
    assert received.content.isascii()
    assert re.search(rb"[ \t]\r\n", received.content) is None  # nothing that a relay would mend


def test_an_address_that_is_not_ascii_is_signed_as_it_leaves(server, signer):
    received = sent(server, to="zoë@example.org")
    assert "SMTPUTF8" in server.commands[1]
    assert is_genuine(received.content, signer)


def test_a_domain_is_signed_for_under_its_name_in_the_dns(app, server, signer):
    app.config["MAIL_FROM"] = "Op de Bühne <post@bühne.example>"
    signer = Signer.of(app.config)
    received = sent(server)
    assert is_genuine(received.content, signer)
    assert fields(received)["d"] == "xn--bhne-0ra.example"
    assert received.mail["From"].addresses[0].domain == "xn--bhne-0ra.example"


def test_a_relay_may_fold_the_headers_anew(server, signer):
    content = sent(server, MANY, stream=Stream.BULK).content
    folded = content.replace(b"Message-ID: ", b"message-id:\r\n\t").replace(b",\r\n ", b",  ")
    assert folded != content
    assert is_genuine(b"Received: from here\r\n" + folded, signer)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Ana=\r\n</p>", b"Eva=\r\n</p>"),
        (b"Subject: Welkom", b"Subject: Welkon"),
        (b"From: ", b"From: Eve\r\n <eve@example.com>\r\nFrom: "),
        (b"To: ", b"Subject: Win\r\nTo: "),
        (b"MIME-Version", b'Content-Type: text/html; boundary="x"\r\nMIME-Version'),
        (b"List-Unsubscribe: <https://example.org/", b"List-Unsubscribe: <https://example.com/"),
        (b"List-Unsubscribe-Post: ", b"X-Post: "),
        (b"\r\n\r\n--", b"\r\n\r\n\r\n--"),
    ],
)
def test_one_change_on_the_way_and_the_signature_is_broken(server, signer, was, becomes):
    content = sent(server, MANY, stream=Stream.BULK).content
    assert is_genuine(content, signer)
    assert was in content
    assert not is_genuine(content.replace(was, becomes, 1), signer)


def test_a_letter_that_is_repeated_is_signed_anew_and_keeps_its_number(server, signer, noon):
    server.answers["dot"] = [DROP]
    noon.set(NOW - HOUR)
    enqueued("ana@example.org", now=NOW - HOUR)
    send()
    assert row().state is State.DEFERRED
    noon.set(NOW)
    with saving():
        actions.sweep(now=NOW)
    send()
    first, second = server.received
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    assert is_genuine(first.content, signer)
    assert is_genuine(second.content, signer)
    assert int(fields(second)["t"]) - int(fields(first)["t"]) == HOUR.total_seconds()


# -- settings


@pytest.fixture
def start(tmp_path):
    return lambda **values: from_environment(
        {"INSTANCE_DIR": str(tmp_path), "SMTP_URL": "smtp://mail.example.org", **values}
    )


@pytest.mark.once
def test_a_key_is_named_by_its_file_and_has_a_selector_of_its_own(start, path):
    made = start(DKIM_KEY=str(path))
    assert (made.dkim_key, made.dkim_selector) == (str(path), "buhne")
    assert start(DKIM_KEY=str(path), DKIM_SELECTOR="Spring.2027").dkim_selector == "spring.2027"
    assert start().dkim_key is None


@pytest.mark.once
@pytest.mark.parametrize(
    "values",
    [
        {"DKIM_KEY": "/no/such/file"},
        {"DKIM_KEY": "/tmp"},
        {"DKIM_SELECTOR": "lente 2027"},
        {"DKIM_SELECTOR": "-x"},
        {"DKIM_SELECTOR": "a..b"},
        {"DKIM_SELECTOR": "x" * 64},
        {"DKIM_SELECTOR": "é"},
        {"DKIM_SELECTOR": "x; d=example.com"},
        {"DKIM_SELECTOR": "x\n"},
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(start, values):
    [name] = values
    with pytest.raises(SettingsError, match=f"^{name} "):
        start(**values)


@pytest.mark.once
def test_a_key_without_a_mail_server_stops_the_start(start, path):
    with pytest.raises(SettingsError, match=r"^DKIM_KEY is set, but SMTP_URL is not"):
        start(DKIM_KEY=str(path), SMTP_URL="")


def pem(key, password=None):
    lock = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, lock)


def of_bits(bits):
    return rsa.generate_private_key(65537, bits)


BAD = {
    "cannot be read": lambda: None,
    "locked by a password": lambda: pem(of_bits(2048), b"sesame"),
    "no private key in PEM": lambda: (
        b"-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----"
    ),
    "holds no private key": lambda: b"",
    "1024 bits; it must have 2048": lambda: pem(of_bits(1024)),
    "is no RSA key": lambda: pem(ed25519.Ed25519PrivateKey.generate()),
}


@pytest.mark.once
@pytest.mark.parametrize("words", BAD)
def test_a_bad_key_is_named_by_who_would_sign_with_it(app, tmp_path, words):
    path, content = tmp_path / "bad.pem", BAD[words]()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadKeyError, match=f"^DKIM_KEY: .*{words}"):
        Signer.of({**app.config, "DKIM_KEY": str(path)})


@pytest.mark.once
def test_a_key_in_the_older_form_is_read_too(app, path):
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    older = serialization.PrivateFormat.TraditionalOpenSSL
    path.with_name("older.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, older, serialization.NoEncryption())
    )
    known = [
        Signer.of({**app.config, "DKIM_KEY": str(each)}).key.public
        for each in (path, path.with_name("older.pem"))
    ]
    assert known[0] == known[1]


# -- what to publish


@pytest.mark.once
def test_the_command_makes_a_key_once_and_says_what_to_publish(app):
    run = app.test_cli_runner().invoke
    first, second = run(args=["outbox", "dkim"]), run(args=["outbox", "dkim"])
    path = Path(app.config["INSTANCE"]) / "dkim.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.output.startswith("Made a key")
    assert f"DKIM_KEY={path}" in second.output
    assert second.output in first.output
    record = Record.of(Signer.of({**app.config, "DKIM_KEY": str(path)}))
    assert record.name == "buhne._domainkey.example.org"
    assert record.name in second.output
    assert record.value in second.output
    strings = re.findall(r'"(.*?)"', second.output)
    assert "".join(strings) == record.value
    assert max(map(len, strings)) <= 255


@pytest.mark.once
def test_the_command_speaks_of_the_key_that_is_configured(app, signer):
    said = app.test_cli_runner().invoke(args=["outbox", "dkim"]).output
    assert Record.of(signer).value in said
    assert "DKIM_KEY" not in said


@pytest.mark.once
def test_commands_word_a_bad_key(app, server, path):
    path.write_text("no key")
    app.config["DKIM_KEY"] = str(path)
    enqueued("ana@example.org")
    for words in (["dkim"], ["drain"]):
        done = app.test_cli_runner().invoke(args=["outbox", *words])
        assert done.exit_code == 1
        assert "DKIM_KEY: " in done.output
    assert row().state is State.READY


def test_the_desk_says_whether_letters_are_signed_and_what_to_publish(app, desk, server, signer):
    assert "ondertekend (DKIM) voor example.org" in desk.get("/desk/delivery/").text
    page = desk.get("/desk/delivery/signature").text
    record = Record.of(signer)
    assert record.name in page
    assert record.value in page.replace("&#43;", "+")
    app.config["DKIM_KEY"] = None
    assert "Wij ondertekenen e-mails niet" in desk.get("/desk/delivery/").text
    assert "outbox dkim" in desk.get("/desk/delivery/signature").text


def test_the_desk_says_so_when_the_key_is_bad(app, desk, path):
    path.write_text("no key")
    app.config["DKIM_KEY"] = str(path)
    answer = desk.get("/desk/delivery/signature?lang=en")
    assert answer.status_code == 200
    assert "The key cannot be used" in answer.text
    assert "holds no private key" in answer.text


@pytest.mark.once
@pytest.mark.parametrize(("part", "loads"), [("web", False), ("worker", True)])
def test_only_a_process_that_sends_loads_the_library(path, tmp_path, part, loads):
    code = f"""if True:
        import sys
        from events_app import start
        app = start.create_app(start._settings({part!r}, None, None))
        if {part!r} != start.WEB:
            start._check_key(app)
        print("cryptography.hazmat.primitives" in sys.modules)"""
    environ = {
        "PATH": os.environ["PATH"], "INSTANCE_DIR": str(tmp_path), "DKIM_KEY": str(path),
        "SMTP_URL": "smtp://mail.example.org",
    }  # fmt: skip
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
    assert said.strip() == str(loads)
