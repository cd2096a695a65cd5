"""Bytes that no browser sends, on raw sockets: each is refused or let go, none is believed, and the
next visitor notices nothing.
"""

import socket
import threading
import time

import pytest

from tests.faults.conftest import coming
from tests.machine import Visitor

pytestmark = pytest.mark.once
SOON = 10
"""Seconds within which the server has answered, or closed the line."""
HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /newsletter/ HTTP/1.1\r\n" + HOST
MULTI = b"Content-Type: multipart/form-data; boundary="


def posted(headers, body):
    return POST + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


WHOLE = {
    "no request at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "a line without a version": b"GET /\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "an unknown method": b"BREW /events/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method of odd bytes": b"G\xffT / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET /events/ HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /events/ HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host of odd bytes": b"GET /events/ HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    "an address of another site": b"GET http://evil.example/events/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address of odd bytes": b"GET /events/\xff\xc3\x28 HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address of escaped odd bytes": b"GET /events/%ff%c3%28?q=%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address that climbs": b"GET /static/../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address of 70,000": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header of 70,000": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
    "ten thousand headers": b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 10_000 + b"\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a cookie of odd bytes": b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: session=\xff\x80\r\n\r\n",
    "two lengths": POST + FORM + b"Content-Length: 3\r\nContent-Length: 7\r\n\r\na=b&c=d",
    "a negative length": POST + FORM + b"Content-Length: -1\r\n\r\n",
    "a length of letters": POST + FORM + b"Content-Length: many\r\n\r\n",
    "a length beyond counting": POST + FORM + b"Content-Length: 99999999999999999999\r\n\r\nx",
    "a length and pieces": POST + FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /desk/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "pieces of no size": POST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
    "pieces in an unknown coding": POST + FORM + b"Transfer-Encoding: brew\r\n\r\nx",
    "a body in odd bytes": posted(FORM, b"email=\xff\xfe&name=%ff%fe%00"),
    "a body in UTF-16": posted(FORM[:-2] + b"; charset=utf-16\r\n", "email=a".encode("utf-16")),
    "a body in an unknown charset": posted(FORM[:-2] + b"; charset=brew\r\n", b"email=a"),
    "a body that says it is packed": posted(FORM + b"Content-Encoding: gzip\r\n", b"\x1f\x8b\x08"),
    "a body of half a part": posted(
        MULTI + b"x\r\n", b'--x\r\nContent-Disposition: form-data; name="e'
    ),
    "a body without its boundary": posted(MULTI + b"\r\n", b"--\r\n\r\nx\r\n----\r\n"),
    "a body with a boundary of 9,000": posted(MULTI + b"x" * 9_000 + b"\r\n", b"--x--"),
    "a body of ten thousand fields": posted(FORM, b"a=b&" * 10_000),
    "a body of ten thousand parts": posted(
        MULTI + b"x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 10_000 + b"--x--\r\n",
    ),
    "a body of another kind": posted(b"Content-Type: application/json\r\n", b'{"email": 1'),
    "a body of no kind": posted(b"Content-Type: \xff/\xff\r\n", b"email=a"),
    "an expectation nobody has": POST + FORM + b"Expect: brew\r\nContent-Length: 0\r\n\r\n",
    "a change of protocol": b"GET / HTTP/1.1\r\n" + HOST
    + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    + b"Sec-WebSocket-Key: eA==\r\n\r\n",
}  # fmt: skip
LONGER = b"Content-Length: 1000\r\n\r\nemail=a"


def asked(port, sent, *, then_close=False):
    """What came back before the line was closed or fell silent, and after how many seconds."""
    began, came = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        try:
            line.sendall(sent)
            if then_close:
                line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                came += part
                line.settimeout(0.3)  # a second answer would be there at once
        except OSError:  # closed while we still wrote, or nothing more to come
            pass
    return came, time.monotonic() - began


def statuses(came):
    """Of each answer on the line."""
    return [int(head[:3]) for head in came.split(b"HTTP/1.1 ")[1:]]


@pytest.fixture
def shop(machine):
    """The product with one event."""
    event = coming(20)
    machine.start("--empty")
    machine.wait_until()
    machine.page = f"/events/{event.slug}?lang=en"
    return machine


def stays_open(machine):
    assert machine.get(machine.page)[0] == 200
    assert all(process.poll() is None for process in machine.running)


def test_no_bytes_on_the_line_break_the_server(shop):
    for what, sent in WHOLE.items():
        came, seconds = asked(shop.port, sent)
        found = statuses(came)
        assert all(status < 500 or status == 505 for status in found), (what, came[:300])
        assert len(found) <= 1, f"{what}: a second request was read out of the first"
        assert b"evil.example" not in came, what
        assert b"root:" not in came, what
        assert seconds < SOON, what
        stays_open(shop)
    assert "Traceback" not in shop.said()


def test_who_promises_a_body_and_goes_away_stores_nothing(shop):
    for _ in range(5):
        came, _ = asked(shop.port, POST + FORM + LONGER, then_close=True)
        assert all(status < 500 for status in statuses(came))
    stays_open(shop)
    assert "Traceback" not in shop.said()


def test_a_hundred_who_never_finish_keep_nobody_out(shop):
    """Each sends half a request and then nothing; half of them are forms."""
    slow = [socket.create_connection(("127.0.0.1", shop.port)) for _ in range(100)]
    try:
        for number, line in enumerate(slow):
            line.sendall(POST + FORM + LONGER if number % 2 else b"GET /events/ HTTP/1.1\r\nX: ")
        time.sleep(0.5)
        visitors = [threading.Thread(target=stays_open, args=[shop]) for _ in range(4)]
        began = time.monotonic()
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        assert time.monotonic() - began < SOON
        status, headers, text = registered(shop)
        assert status == 503
        assert "Nothing was stored" in text
        assert int(headers["Retry-After"]) > 0
    finally:
        for line in slow:
            line.close()
    ends = time.monotonic() + SOON
    while registered(shop)[0] != 303:
        assert time.monotonic() < ends, "they went away, and still nobody can register"
        time.sleep(0.2)


def registered(machine):
    """What the site says to who registers: status, headers, text."""
    person = Visitor(machine.port, 1)
    person.get(machine.page.replace("?", "/register?"))
    try:
        return person.post(
            machine.page.replace("?", "/register?"), name="Demo Guest", email="guest@example.org"
        )
    finally:
        person.close()


def test_negative_control_an_answer_of_a_broken_server_is_seen():
    broken = b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 500 Internal Server Error\r\n\r\n"
    assert statuses(broken) == [200, 500]
