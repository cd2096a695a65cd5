"""Background for a video call: the middle is left to the person in front of it."""

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.bar import sender_bar
from events_app.kits.assets.drawing.card import Canvas, picture
from events_app.kits.assets.drawing.spot import in_spot, is_lit
from events_app.kits.assets.drawing.stage import NO_SECTOR, PAPER, Curtain, Spot, Stage
from events_app.kits.render.elements import field, set_in
from events_app.kits.render.typesetting import HEADING, Setting
from events_app.kits.rules.values import Brand, Facts, File, KitEventStatus

ROLE = "social/teams"
LABEL = _("Background for video calls")
AFFECTED_BY = frozenset(
    {"title", "short_title", "starts_at", "ends_at", "timezone", "status", "sectors",
     "senders", "cover", "licence"}
)  # fmt: skip

WIDTH, HEIGHT = 1920, 1080
CANVAS = Canvas(ROLE, "teams", WIDTH, HEIGHT)
SPOT = Spot(1640, 300, 150)
TITLE = (140, 110, 480, 330)
BAR = (0, 960, 1920, 120)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    colour = facts.sectors[0].colour if facts.sectors else NO_SECTOR
    curtains = (Curtain(0, 90, 5, 930), Curtain(WIDTH - 90, 90, 5, 930))
    stage = Stage(WIDTH, BAR[1], SPOT, (1180, -160), curtains)
    name = facts.short_title or facts.title
    title = Setting(HEADING, 76, 34, 1.05, -0.012)
    things = [
        stage.drawing(colour, lit=is_lit(facts)),
        set_in(TITLE, name, title, PAPER, tag="h1", locale=locale),
        *in_spot(SPOT, facts, locale),
        field(0, BAR[1] - 10, WIDTH, 10, brand.accent),
        field(*BAR, PAPER),
        *sender_bar((140, BAR[1], WIDTH - 280, BAR[3]), facts, brand),
    ]
    return (picture(CANVAS, things, facts, locale, _alt(facts, locale)),)


def _alt(facts: Facts, locale: str) -> str:
    """It shows the day, and neither the hour nor the place."""
    is_off = facts.status is KitEventStatus.CANCELLED
    date = "" if is_off else " ".join(part for part in words.spot(facts, locale) if part)
    cover = facts.cover.alt if facts.cover else ""
    return text.sentences(words.what(facts, locale), date, cover)
