"""Words that are out to hurt, typed in every field of every form: wherever they are shown again,
in pages, feeds, letters, calendars and tables, they are words and nothing else.
"""

import csv
import email
import email.policy
import io
import itertools
import re
from contextlib import contextmanager
from email.utils import getaddresses
from functools import cached_property
from threading import Thread

import icalendar
import pytest
from flask import Response, render_template_string
from lxml import etree
from sqlalchemy import select
from werkzeug.serving import make_server

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage
from events_app.delivery.post.mime import MimeTemplate, Sender, build
from tests.conftest import NOON, made_app, put_away
from tests.faults.conftest import copied
from tests.faults.headers import LETTER
from tests.faults.payloads import MARK, PAYLOADS, alive
from tests.faults.scene import at_noon
from tests.faults.visiting import every_form, every_form_now, walk

LOOKERS = {
    "visitor": ("/",), "attendee": ("/registration/{token}", "/registration/{token}/change"),
    "companion": ("/guest/{token}",), "successor": ("/transfer/{token}",),
    "guest": ("/invitation/{token}", "/invitation/{token}/accept"),
    "ambassador": ("/ambassador/{token}",),
    "reader": ("/newsletter/preferences/{token}", "/unsubscribe/{token}"),
    "door": ("/desk/",), "editor": ("/desk/",), "organiser": ("/desk/",), "owner": ("/desk/",),
}  # fmt: skip
BOTH_SIDES = ("visitor", "attendee", "guest", "ambassador", "reader", "owner")
"""What other roles see at the desk, owners see as well."""
FIRST = 0
"""The round of the short form; in all rounds together each field gets each payload."""


def fill_in(house, words):
    """Every form, as people mean it; gives the pages that answered."""
    for visitor, form in every_form_now(house):
        yield form.action, form.send(visitor, house.app, form.filled(words))


def forge(house, words):
    """Every form, as only a program sends it."""
    for visitor, form in every_form(house):
        yield form.action, form.send(visitor, house.app, form.forged(words))


def look(house, name):
    visitor = house.visitor(name)
    starts = [house.path(start, visitor) for start in LOOKERS[name]]
    return walk(visitor, house.app, starts)


def from_round(number, words=PAYLOADS):
    """Another word in each field, in each round."""
    return itertools.cycle(words[number % len(words) :] + words[: number % len(words)])


def living(seen):
    """The pages and feeds on which something came alive, and how often the words were seen."""
    found, shown = [], 0
    for path, answer in seen:
        assert answer.status_code < 500 or path.startswith("/health"), path
        if MARK.encode() not in answer.data:
            continue
        shown += 1
        if answer.mimetype == "text/html":
            is_letter = LETTER in answer.headers["Content-Security-Policy"]
            found += [f"{path}: {each}" for each in alive(answer.text, is_letter=is_letter)]
        elif "xml" in answer.mimetype:
            tree = etree.fromstring(answer.data)
            inner = "".join(tree.xpath("//text()[contains(., '<')]"))
            found += [f"{path}: {each.tag}" for each in tree.iter("{*}script")]
            found += [f"{path}: {inner}"] if answer.mimetype == "image/svg+xml" and inner else []
    return found, shown


class Haunted:
    """A copy of the house in which somebody has filled in every form, and what was seen there."""

    def __init__(self, house):
        self.house = house
        self.forged = list(forge(house, from_round(FIRST)))
        self.filled = list(fill_in(house, from_round(FIRST)))

    @cached_property
    def seen(self):
        """By who looks."""
        return {name: list(look(self.house, name)) for name in BOTH_SIDES}


@pytest.fixture(scope="module")
def haunted(model, tmp_path_factory):
    with (
        at_noon(pytest.MonkeyPatch.context),
        copied(model, tmp_path_factory.mktemp("haunted")) as house,
    ):
        yield Haunted(house)


def lies_dead(forged, filled, seen):
    """What was typed came alive nowhere, neither in the answers nor wherever it stands now."""
    assert living([*forged, *filled])[0] == []
    refused = [path for path, answer in filled if answer.status_code >= 400]
    assert len(refused) < 8, refused  # nearly all was taken
    found, shown = living(seen)
    assert found == []
    assert shown > 60


@pytest.mark.once
def test_what_was_typed_comes_alive_nowhere(haunted):
    lies_dead(haunted.forged, haunted.filled, itertools.chain(*haunted.seen.values()))


@pytest.mark.once
@pytest.mark.long
@pytest.mark.parametrize("number", range(FIRST + 1, len(PAYLOADS)))
def test_nor_does_it_in_another_field(house, number):
    words = [from_round(number) for _ in range(2)]
    forged, filled = list(forge(house, words[0])), list(fill_in(house, words[1]))
    lies_dead(forged, filled, look(house, "owner"))


CONTEXTS = (
    "<p>{}</p>", '<a href="{}">x</a>', '<input value="{}">', "<input value='{}'>", "<title>{}",
    "<textarea>{}</textarea>", "<!-- {} -->", '<script type="application/ld+json">"{}"</script>',
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_each_payload_would_come_alive_on_a_page_without_care(app, payload):
    link = re.search(r"\((?:<)?([^)>]*\))", payload)
    careless = [each.format(payload) for each in CONTEXTS]
    careless += [f'<a href="{link[1]}">', f'<img src="{link[1]}">'] if link else []
    with app.test_request_context():
        careless += [render_template_string(payload)] if "{{" in payload else []
    assert any(_catches(page) for page in careless)
    assert not _catches(f"<p>{MARK}</p>")


def _catches(page):
    try:
        return alive(page)
    except ValueError:  # the data of a page broke
        return True


# -- in a browser


@contextmanager
def served(house):
    """On sockets: with our policy, and with none at all."""
    apps = [made_app(house.folder, house.app.config["SQLALCHEMY_DATABASE_URI"]) for _ in range(2)]

    def without_policy(answer):
        del answer.headers["Content-Security-Policy"]
        return answer

    apps[1].after_request_funcs[None].insert(0, without_policy)  # the first is the last to run
    servers = []
    for app in apps:
        app.add_url_rule("/careless/<int:number>", "careless", careless)
        servers.append(make_server("127.0.0.1", 0, app, threaded=True))
    threads = [Thread(target=each.serve_forever, daemon=True) for each in servers]
    for thread in threads:
        thread.start()
    yield [f"http://127.0.0.1:{each.port}" for each in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()
    for app in apps:
        put_away(app)


def careless(number):
    return Response(f"<!doctype html><title>x</title><p>{PAYLOADS[number]}", mimetype="text/html")


def ran(chromium, base, visitor, paths):
    """The pages on which a script was run that is none of ours."""
    found = set()
    context = chromium.new_context(base_url=base)
    context.add_init_script("window.alert = () => console.log('it ran')")
    context.set_default_timeout(30_000)
    if visitor.session:
        context.add_cookies([{"name": "session", "value": visitor.session, "url": base}])
    page, left = context.new_page(), list(paths)
    page.on("console", lambda said: said.text == "it ran" and found.add(paths[-1 - len(left)]))
    while left:
        page.goto(left.pop(0), wait_until="load")
        page.wait_for_timeout(5)
    context.close()
    return found


@pytest.mark.browser
@pytest.mark.parametrize("steps", [(8, 4), pytest.param((1, 1), marks=pytest.mark.long)])
def test_nothing_that_was_typed_runs_in_a_browser_with_our_policy_or_without(
    haunted, chromium, steps
):
    house, shown = haunted.house, {}
    for name in ("owner", "attendee"):
        for path, answer in haunted.seen[name]:
            is_page = answer.mimetype == "text/html" and "Content-Disposition" not in answer.headers
            if is_page and MARK in answer.text and "lang=" not in path:
                shown.setdefault((name, re.sub(r"\d+", "0", path.partition("?")[0])), path)
    assert len(shown) > 35
    with served(house) as bases:
        for base, step in zip(bases, steps, strict=True):  # most can be seen without a policy
            for name in ("owner", "attendee"):
                paths = [path for (by, _), path in shown.items() if by == name][::step]
                assert ran(chromium, base, house.visitor(name), paths) == set()


@pytest.mark.browser
def test_in_that_browser_a_careless_page_runs_them_and_our_policy_stops_it(house, chromium):
    paths = [f"/careless/{number}" for number in range(len(PAYLOADS))]
    with served(house) as bases:
        with_policy, without = (
            ran(chromium, base, house.visitor("visitor"), paths) for base in bases
        )
    assert len(without) >= 8
    assert with_policy == set()


# -- in letters and calendars

BREAKS = (
    "Ana\r\nBcc: qx7@example.org\r\n\r\nqx7", "Ana\nX-Qx7: 1", "Ana\rX-Qx7: 1", "X-Qx7: 1\r\n\tqx7",
    "Ana\u2028X-Qx7: 1", "Ana\x85X-Qx7: 1", "Ana\x0bX-Qx7: 1", "Ana\x00\r\nX-Qx7: 1",
    "=?utf-8?q?Ana=0D=0AX-Qx7:_1?=", "%0d%0aX-Qx7: 1", "Ana\\nX-QX7:1\nEND:VEVENT\nBEGIN:VALARM",
    "qx7;X-QX7=1:x", '"Ana" <qx7@example.org>, b@example.org',
)  # fmt: skip
OURS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Reply-To",
    "Auto-Submitted", "Content-Language", "X-Auto-Response-Suppress", "Feedback-ID", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip


def foreign(raw):
    """The headers of a letter, and the lines of its calendars, that are none of ours."""
    found = []
    for policy in (email.policy.default, email.policy.compat32):
        letter = email.message_from_bytes(raw, policy=policy)
        found += [name for name in letter.keys() if name not in OURS]  # noqa: SIM118
        addressed = getaddresses([str(letter["To"])])
        found += [f"addressed to {addressed}"] if len(addressed) != 1 else []
        for part in letter.walk():
            found += ["broken part"] if part.defects else []
            if part.get_content_type() == "text/calendar":
                found += odd_lines(part.get_payload(decode=True))
    return found


def odd_lines(calendar):
    names = [line.upper() for line in calendar.decode().splitlines()]
    parsed = icalendar.Calendar.from_ical(calendar)
    found = [name for name in names if name.startswith(("X-QX7", "BEGIN:VALARM"))]
    return found + [
        str(key) for each in parsed.walk() for key, value in each.items()
        if "QX7" in key or "X-QX7" in getattr(value, "params", {})
    ]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("number", [0, pytest.param(5, marks=pytest.mark.long)])
def test_no_line_of_a_letter_or_calendar_comes_from_what_was_typed(house, number):
    before = house.kept.count("outbox_message")
    list(fill_in(house, from_round(number, BREAKS)))
    found, held = [], 0
    with house.app.app_context():
        sender = Sender.of(house.app.config)
        messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        for message in messages[before:]:
            mail = build(message, MimeTemplate(message.body), sender, now=NOON)
            assert mail.recipient == message.to_email
            held += "qx7" in str(message.slots) + message.to_name
            found += [f"{message.kind}: {each}" for each in foreign(mail.content)]
    assert found == []
    assert held >= 3
    feeds = [house.path(each) for each in ("/events.ics", "/events/{slug}.ics")]
    for path in feeds:
        assert odd_lines(house.visitors[0].ask(house.app, path).data) == []


def test_a_line_that_was_let_in_is_found():
    letter = (
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: {}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; charset=utf-8\r\n\r\n"
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nX-QX7:1\r\nEND:VCALENDAR\r\n"
    )
    assert "X-QX7" in foreign(letter.format("x").encode())
    assert foreign(letter.format("x").replace("X-QX7:1\r\n", "").encode()) == []
    for words in BREAKS[:2]:
        assert foreign(letter.format(words).replace("X-QX7:1\r\n", "").encode()) != []


# -- in tables

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1",
    '=HYPERLINK("http://qx7.example";"x")', "x;=1+1", 'x"\n=1+1',
)  # fmt: skip
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TABLES = (
    "/desk/registrations/{event}/list.csv", "/desk/contacts/people/people.csv",
    "/desk/contacts/organisations.csv",
)  # fmt: skip


def running(table):
    """The cells that a spreadsheet would run, however it separates them."""
    rows = csv.reader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";")
    return [cell for row in rows for cell in row if cell.startswith(RUNS)]


@pytest.mark.once
@pytest.mark.parametrize("step", [len(FORMULAS), pytest.param(1, marks=pytest.mark.long)])
def test_no_cell_of_a_table_is_run_by_a_spreadsheet(house, step):
    tables = ""
    for number in range(0, len(FORMULAS), step):
        list(fill_in(house, from_round(number, FORMULAS)))
        for path in TABLES:
            answer = house.visitor("organiser").ask(house.app, house.path(path))
            assert running(answer.text) == []
            tables += answer.text
        house.kept.back()
    assert tables.count("1+1") > 5
    assert running('\ufeff"a";"=1+1"\n') == ["=1+1"]


# -- in questions to the database

SEARCHES = (
    "/events/?q={}", "/desk/events/?q={}", "/desk/registrations/1?q={}", "/desk/contacts/?words={}",
    "/desk/contacts/people/?words={}", "/desk/delivery/inbox?address={}",
)  # fmt: skip
CLAUSES = (
    "' OR '1'='1",
    "%",
    "_",
    "\\",
    "') OR 1=1 --",
    '"; DROP TABLE event; --',
    "a' UNION SELECT 1",
)


@pytest.mark.parametrize("search", SEARCHES)
def test_what_is_searched_for_is_no_part_of_the_question(house, search):
    owner = house.visitor("owner")

    def rows(words):
        answer = owner.ask(house.app, search.partition("?")[0], query_string=words)
        assert answer.status_code == 200
        return len(re.findall(r'href="/(?:desk/[a-z/]+|events/)[a-z0-9-]+', answer.text))

    name = search.partition("?")[2].partition("=")[0]
    nothing = rows({name: "zzz nobody has this zzz"})
    assert rows({name: "e"}) > nothing or "inbox" in search
    assert {clause: rows({name: clause}) for clause in CLAUSES} == dict.fromkeys(CLAUSES, nothing)
