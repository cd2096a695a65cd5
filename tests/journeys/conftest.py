"""The whole product on a socket: its own processes, a mail server, a real Chromium."""

import email
import email.policy
import os
import re
import shutil
import time
import urllib.request
from pathlib import Path

import axe_playwright_python
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect
from sqlalchemy.engine import make_url

from tests.loaded import Begun
from tests.machine import ROOT, free_port

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
JUDGE = """async scheme => {
  const wanted = {resultTypes: ['violations'], preload: false, iframes: false};
  if (scheme == 'dark') wanted.runOnly = ['color-contrast'];
  return (await axe.run(document, wanted)).violations;
}"""
JUDGED = []
"""The page behind the first link to the desk: each file begins there, and it is the same in all."""
PATIENCE = 30
"""Seconds for a letter to arrive or a kit to be drawn on a busy machine."""


class Mailbox:
    """What arrived, newest last; and how to wait for more."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- aiosmtpd's name
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        letter.envelope_to = envelope.rcpt_tos
        self.letters.append(letter)
        return "250 kept"

    def to(self, address):
        return [letter for letter in self.letters if address in letter.envelope_to]

    def wait(self, address, count=1):
        """The newest of at least `count` letters to this address."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.to(address)
            if len(found) >= count:
                return found[-1]
            time.sleep(0.1)
        subjects = [letter["Subject"] for letter in self.to(address)]
        pytest.fail(f"{count} letters to {address} awaited, got {subjects}")
        return None


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def links_in(letter, part):
    """The addresses in the plain text that hold `part`."""
    return [url for url in re.findall(r"https?://\S+", text_of(letter)) if part in url]


def calendars_in(letter):
    return [
        part.get_payload(decode=True)
        for part in letter.walk()
        if part.get_content_type() == "text/calendar"
    ]


@pytest.fixture(scope="module")
def mailbox():
    kept = Mailbox()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.url = f"smtp://127.0.0.1:{controller.port}"
    yield kept
    controller.stop()


class Site:
    def __init__(self, base, printed):
        self.base, self.printed = base, printed

    def link(self, part):
        """An address that the start printed."""
        return next(url for url in re.findall(r"https?://\S+", self.printed) if part in url)


@pytest.fixture(scope="module")
def site(mailbox, migrated_database, tmp_path_factory):
    """`./run --empty` without its installing: the same entry, on a free port."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    (folder / "instance").mkdir()
    shutil.copy(make_url(migrated_database).database, folder / "instance" / "app.db")
    base = f"http://127.0.0.1:{port}"
    wanted = {
        **os.environ, "INSTANCE_DIR": str(folder / "instance"), "SMTP_URL": mailbox.url,
        "BASE_URL": base, "OWNER_EMAIL": "owner@example.org", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    log = folder / "log"
    process = Begun("events_app", ["--empty", "--port", str(port)], wanted, log, ROOT)
    try:
        wait_for(f"{base}/health", process, log)
        yield Site(base, log.read_text())
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def wait_for(url, process, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(log.read_text())
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


def opened(chromium, site, **options):
    """A page in a browser of its own; less motion: axe sees other colours half-way a transition."""
    context = chromium.new_context(
        base_url=site.base, locale="nl-NL", reduced_motion="reduce", **options
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{page.url}: {error}"))
    return page


@pytest.fixture
def visit(chromium, site):
    """`visit()` opens a browser for one person; `visit(java_script_enabled=False)`."""
    pages = []

    def open_for(**options):
        pages.append(opened(chromium, site, **options))
        return pages[-1]

    yield open_for
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def desk(chromium, site):
    """The owner's browser, signed in by the link that the start printed: it works once."""
    page = opened(chromium, site)
    page.goto(site.link("/sign-in/"))
    if not JUDGED:
        look(page)
        JUDGED.append(page.url)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fijn dat u er bent")
    yield page
    page.context.close()


def look(page):
    """axe finds nothing, dark and as wide as it is, light and narrow; nothing scrolls sideways.

    Not for a page without JavaScript: axe would wait there for ever.
    The whole page is judged light and narrow; the dark scheme can only change contrast.
    """
    found = []
    before = page.viewport_size
    page.evaluate(AXE)
    for scheme, width in (("dark", before["width"]), ("light", 320)):
        page.emulate_media(color_scheme=scheme)
        if width != before["width"]:
            page.set_viewport_size({"width": width, "height": 900})
        for issue in page.evaluate(JUDGE, scheme):
            where = [node["html"][:90] for node in issue["nodes"]]
            found.append(f"{page.url} {scheme} {width}: {issue['id']} {where}")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wider > 0:
            found.append(f"{page.url} {width}: scrolls {wider} px sideways")
    page.set_viewport_size(before)
    assert found == []
