"""A banner for under an e-mail, with HTML that links it."""

from dataclasses import replace

from events_app.core import text
from events_app.core.colours import ink_on
from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.card import Canvas, picture
from events_app.kits.assets.drawing.paper import page
from events_app.kits.assets.drawing.post import text_file
from events_app.kits.assets.drawing.spot import in_spot, is_lit
from events_app.kits.assets.drawing.stage import (
    NO_SECTOR,
    PALE,
    PAPER,
    Curtain,
    Spot,
    Stage,
)
from events_app.kits.render.elements import field, set_in
from events_app.kits.render.typesetting import HEADING, TEXT_600, Setting
from events_app.kits.rules.channels import channel
from events_app.kits.rules.hashes import live
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "more/signature"
LABEL = _("Banner for under e-mails")
LIVE = live(ROLE)
"""Among the links: where the picture is on the site. What is pasted in a mail cannot bring a file
along, and so it shows the newest version wherever it was pasted.
"""
AFFECTED_BY = frozenset(
    {"title", "short_title", "starts_at", "ends_at", "timezone", "status", "attendance", "venue",
     "sectors", "cover", "links", "url", "licence"}
)  # fmt: skip

WIDTH, HEIGHT, BAND = 1200, 400, 84
CANVAS = Canvas(ROLE, "e-mail", WIDTH, HEIGHT, channel("signature")["most_bytes"])
SPOT = Spot(1040, 158, 130)
SHOWN = 600
"""Pixels wide in the mail: half of what the picture has."""


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    colour = facts.sectors[0].colour if facts.sectors else NO_SECTOR
    curtain = Curtain(0, 40, 4, HEIGHT - BAND - 14)
    stage = Stage(WIDTH, HEIGHT, SPOT, (900, -160), (curtain,))
    name = facts.short_title or facts.title
    what = set_in((80, 0, 780, 170), name, Setting(HEADING, 68, 30, 1.05, -0.01), PAPER,
                  tag="h1", locale=locale)  # fmt: skip
    top = (HEIGHT - BAND - what.set.height - 46) / 2
    where = ", ".join(p for p in (words.times(facts, locale), words.place(facts, locale)) if p)
    line = Setting(TEXT_600, 32, 18, 1.25, most_lines=1)
    call = f"{words.call(facts, locale)}: {words.shown(facts.link(ROLE))}"
    things = [
        stage.drawing(colour, lit=is_lit(facts)),
        replace(what, y=top),
        set_in((80, top + what.set.height + 6, 780, 40), where, line, PALE),
        *in_spot(SPOT, facts, locale),
        field(0, HEIGHT - BAND, WIDTH, BAND, brand.accent),
        set_in((80, HEIGHT - BAND + 20, 1040, 44), call, line, ink_on(brand.accent)),
    ]
    banner = picture(CANVAS, things, facts, locale, _alt(facts, locale))
    live = facts.links.get(LIVE)
    if not live:
        return (banner,)
    link = facts.link(ROLE)
    html = page(
        "email_signature/banner.html", locale, alt=banner.alt, link=link, src=live, width=SHOWN
    )
    return banner, text_file(f"{ROLE}/html", "e-mail.html", html, "text/html")


def _alt(facts: Facts, locale: str) -> str:
    """It shows no sender."""
    return text.sentences(
        words.what(facts, locale), words.when(facts, locale), words.place(facts, locale),
        facts.cover.alt if facts.cover else "",
    )  # fmt: skip
