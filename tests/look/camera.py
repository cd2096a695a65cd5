"""A browser that looks at a page narrow and wide, light and dark."""

import itertools
from contextlib import contextmanager

from playwright.sync_api import Error

from tests.browser import chromium

SCHEMES, WIDTHS = ("light", "dark"), (360, 1280)
DECODED = """async () => {
  for (const picture of document.images) picture.loading = 'eager';
  for (const part of document.body.querySelectorAll('*'))
    if (getComputedStyle(part).position == 'sticky')
      Object.assign(part.style, {position: 'relative', inset: 'auto'});
  await document.fonts.ready;
  const loaded = async picture => {
    for (let left = 100; left && !(picture.complete && picture.naturalWidth); left--)
      await new Promise(done => setTimeout(done, 50));
    await picture.decode().catch(() => {});
  };
  await Promise.all([...document.images].map(loaded));
}"""


class Camera:
    def __init__(self, browser, house, to, only):
        self.house, self.to, self.only, self.seen = house, to, only, set()
        options = {"base_url": house.base, "locale": "nl-NL", "reduced_motion": "reduce"}
        self.visitor = browser.new_context(**options).new_page()
        self.staff = browser.new_context(**options).new_page()
        self.staff.goto(house.link("/sign-in/"))
        self.staff.get_by_role("button", name="Inloggen").click()
        self.staff.wait_for_url("**/desk/**")

    def take(self, place):
        """One picture for each scheme and width, as <group>/<name>-<width>-<scheme>.png."""
        if place.endpoint:
            self.seen.add(place.endpoint)
        if not any(part in place.name for part in self.only):
            return
        page = self.staff if place.is_staff else self.visitor
        page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
        page.goto(place.path)
        if place.act:
            place.act(page)
        self.look(page, place.group, place.name, WIDTHS, SCHEMES[: 1 if place.is_light else 2])

    def look(self, page, group, name, widths, schemes):
        (self.to / group).mkdir(parents=True, exist_ok=True)
        for width, scheme in itertools.product(widths, schemes):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            try:
                page.evaluate(DECODED)
            except Error as why:
                print(f"{group}/{name}: {why}")
            file = self.to / group / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=file, full_page=True, animations="disabled")
            self.report_sideways(page, file)
        print(f"{group}/{name}", flush=True)

    def report_sideways(self, page, file):
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            print(f"{file.name}: sticks out {wider} px")


@contextmanager
def camera(house, to, only):
    with chromium("--hide-scrollbars", "--lang=nl-NL") as browser:
        yield Camera(browser, house, to, only)
