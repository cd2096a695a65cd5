"""Letters as bytes: whole, safe and readable by others, whatever the names and values hold."""

import re
from datetime import timedelta

import pytest

from events_app.core.letters import Body, Calendar, Stream, Url
from events_app.core.render import slotted
from events_app.delivery.post import mime
from events_app.delivery.post.mime import BadAddress
from tests.conftest import NOON
from tests.delivery.conftest import enqueued, row
from tests.delivery.mail_server import MailServer
from tests.delivery.test_sending import HIGH_PRIORITY, LOW_PRIORITY, send

pytestmark = pytest.mark.once

HOSTILE = (
    '"><script>alert(1)</script>', "Ana\r\nBcc: all@example.org\r\n\r\nhi",
    "zqaqz zqnameqz zqlinkqz", "x" * 10_000, "é" * 3_000,
    "🎭👩🏽‍🔬 王小明", "\u202eעברית", ".\r\n.\r\nDATA",
    "=?utf-8?q?hi?= =\r\n",
    " trailing \t", '"', "\\", "From me", "a=3Db",
)  # fmt: skip


def sent(server, streams=HIGH_PRIORITY, **more):
    """The one letter, as the server received it."""
    enqueued(more.pop("to", "ana@example.org"), **more)
    send(streams)
    [received] = server.received
    return received


def text_of(received, kind):
    return received.part(kind).get_content().replace("\r\n", "\n")


def test_a_letter_has_a_text_and_an_html_part(server):
    received = sent(server)
    assert received.mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in received.mail.iter_parts()] == ["text/plain", "text/html"]
    assert text_of(received, "text/plain") == "Dag Ana,\n\nhttps://example.org/\n"
    assert text_of(received, "text/html") == "<p>Dag Ana</p>\n"
    assert received.mail["Subject"] == "Welkom, Ana"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_arrives_as_it_is_and_breaks_nothing(server, value):
    body = Body(
        "Over zqnameqz", "Dag zqnameqz,\nzqnameqz zqlinkqz.\n", "<p title='zqnameqz'>zqnameqz</p>"
    )
    link = Url("https://example.org/" + "x" * 100)
    slots = slotted({"name": value, "link": link})
    received = sent(server, body=body, to_name=value, slots=slots)
    known = slots["name"][1]
    text = text_of(received, "text/plain")
    assert text == f"Dag {known},\n{known} {link}.\n".replace("\r\n", "\n")
    html = text_of(received, "text/html")
    assert "<script" not in html
    assert html.count("<") == 2
    assert len(received.mail.get_all("To")) == 1
    assert "Bcc" not in received.mail
    assert received.mail["To"].addresses[0].addr_spec == "ana@example.org"
    assert len(received.mail["Subject"]) <= 250
    assert max(map(len, received.content.split(b"\r\n"))) <= 78
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", received.content) is None
    assert received.mail.defects == []


def test_a_name_in_any_script_is_read_back(server):
    received = sent(server, to_name="Žofie Łukasiewicz-王, (dr.)")
    assert received.mail["To"].addresses[0].display_name == "Žofie Łukasiewicz-王, (dr.)"


def test_a_name_with_marks_of_its_own_is_read_back(server):
    received = sent(server, to_name='Ana "Bé" de Vries, <ana@evil.example>')
    [address] = received.mail["To"].addresses
    assert address.display_name == 'Ana "Bé" de Vries, <ana@evil.example>'
    assert address.addr_spec == "ana@example.org"


def test_a_domain_in_another_script_is_written_as_mail_servers_know_it(server):
    received = sent(server, to="ana@bühne.example")
    assert received.recipient == "ana@xn--bhne-0ra.example"
    assert received.mail["To"].addresses[0].domain == "xn--bhne-0ra.example"


def test_an_address_in_another_script_needs_a_server_that_takes_it(server, app):
    received = sent(server, to="žofie@example.org")
    assert received.recipient == "žofie@example.org"
    assert "SMTPUTF8" in next(c for c in server.commands if c.startswith("MAIL"))
    old = MailServer("8BITMIME")
    app.config["SMTP_URL"] = old.url()
    enqueued("łukasz@example.org")
    send()
    assert old.received == []
    old.close()


def test_a_newsletter_carries_what_lists_carry(server):
    received = sent(
        server, LOW_PRIORITY, stream=Stream.BULK, unsubscribe="https://example.org/u/zq-é"
    )
    mail = received.mail
    assert mail["List-Id"] == "<newsletter.example.org>"
    https, mailto = re.findall(r"<([^>]*)>", mail["List-Unsubscribe"])
    assert https == "https://example.org/u/zq-%C3%A9"
    assert mailto.startswith("mailto:post@example.org?subject=unsubscribe%20")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Feedback-ID"] == "issue-7:bulk:example.org"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Auto-Submitted"] is None


def test_a_confirmation_says_that_a_machine_wrote_it(server):
    mail = sent(server).mail
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Feedback-ID"] == "test-letter:transactional:example.org"
    assert mail["Reply-To"] == "post@example.org"
    assert mail["List-Unsubscribe"] is None


def test_an_invitation_is_a_letter_of_a_person(server):
    mail = sent(server, LOW_PRIORITY, stream=Stream.PERSONAL, reply_to="rui@example.org").mail
    assert mail["Reply-To"] == "rui@example.org"
    for header in ("Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "Feedback-ID"):
        assert mail[header] is None


def test_a_bounce_comes_back_to_an_address_that_names_the_letter(server):
    received = sent(server)
    address = rf"post\+b{row().id}-[0-9a-f]{{12}}@example\.org"
    assert re.fullmatch(address, received.sender)


def test_the_calendar_travels_within_and_beside_the_letter(server):
    content = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + b"X" * 200 + b"\r\nEND:VCALENDAR\r\n"
    received = sent(server, calendar=Calendar("REQUEST", content))
    assert received.mail.get_content_type() == "multipart/mixed"
    alternative, attachment = received.mail.iter_parts()
    kinds = [p.get_content_type() for p in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    calendar = list(alternative.iter_parts())[-1]
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert calendar.get_payload(decode=True) == content
    assert attachment.get_payload(decode=True) == content
    assert attachment.get_filename() == "invite.ics"


@pytest.mark.parametrize(
    "address",
    ["", "ana", "@example.org", "a@", "a b@example.org", "a@b@c.org", "a@example.org\r\nX: y",
     "<a@example.org>", "a@exam ple.org", "a\x00@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadAddress):
        mime.envelope_address(address)


def test_encoded_values_never_make_a_long_line():
    for length in range(200):
        for letter in ("x", "é", "=", ". "):
            piece = mime.encoded(letter * length) + mime.SOFT
            assert max(map(len, piece.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    "value", [*HOSTILE, ".begins with a dot\n..\n.", "Één avond – " * 30, "line \t\n  \n\n\n"]
)
def test_a_relay_finds_nothing_to_mend_that_would_break_its_signature(server, value):
    body = Body("Over zqnameqz", "Dag,\nzqnameqz\n.\n..\n\n\n", "<p>  zqnameqz</p>\n.\n   \n\n")
    calendar = Calendar("REQUEST", b"BEGIN:VCALENDAR\r\n" + b"DESCRIPTION:." * 40 + b"\r\n")
    content = sent(
        server, body=body, to_name=value, calendar=calendar, slots=slotted({"name": value})
    ).content
    assert content.isascii()
    assert re.search(rb"[ \t]\r\n", content) is None
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.endswith(b"\r\n")
    assert not content.endswith(b"\r\n\r\n")
    head = content.partition(b"\r\n\r\n")[0].lower()
    names = re.findall(rb"^([a-z-]+):", head, re.MULTILINE)
    assert len(names) == len(set(names))


def test_the_date_is_that_of_sending(server, noon):
    noon.set(NOON + timedelta(hours=1))
    wanted = (NOON + timedelta(hours=1)).replace(microsecond=0)
    assert sent(server).mail["Date"].datetime == wanted


def test_the_return_path_is_at_the_senders_domain(app, server):
    app.config["MAIL_FROM"] = "Op de Bühne <post@bühne.example>"
    assert sent(server).sender.endswith("@xn--bhne-0ra.example")
