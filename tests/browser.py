"""A real Chromium: the one made for tests where it is there, as journeys are shorter with it."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@contextmanager
def chromium(*switches):
    path = next(filter(None, map(shutil.which, NAMES)), NAMES[-1])
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=[*SWITCHES, *switches])
        yield browser
        browser.close()
