"""Text can be read on every surface, and a sector's colour be told from it, light and dark."""

import gzip
import re

import pytest

from events_app.core.static import BUNDLES, shipped

pytestmark = pytest.mark.once

TOKENS = shipped("tokens")
PAIRS = dict(re.findall(r"--([\w-]+): (light-dark\(#.*?\)|#\w+);", TOKENS))
THEMES = dict(re.findall(r"\.theme-([\w-]+) { --theme: (#\w{6}); }", TOKENS))


def colour(name, half):
    value = PAIRS[name]
    if value.startswith("light-dark"):
        value = value[11:-1].split(", ")[half]
    digits = value[1:]
    return "".join(d * 2 for d in digits) if len(digits) == 3 else digits


def luminance(digits):
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("paper", "raised", "wash")
TEXT = [
    *[(text, ground) for text in ("ink", "muted", "link", "bad") for ground in GROUNDS],
    ("on-spot", "spot"), ("good", "good-soft"), ("warn", "spot-soft"), ("bad", "bad-soft"),
    *[("ink", soft) for soft in ("good-soft", "spot-soft", "bad-soft", "calm-soft")],
    *[("link", soft) for soft in ("good-soft", "spot-soft", "bad-soft")],
]  # fmt: skip


@pytest.mark.parametrize("half", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text, ground, half):
    assert contrast(colour(text, half), colour(ground, half)) >= 4.5


@pytest.mark.parametrize("half", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_fields_and_focus_can_be_seen(ground, half):
    assert contrast(colour("edge", half), colour(ground, half)) >= 3
    assert contrast(colour("focus", half), colour(ground, half)) >= 3


@pytest.mark.parametrize("text", ["ink", "muted", "link"])
def test_text_on_the_stage_can_be_read(text):
    assert contrast(colour(text, 1), colour("stage", 0)) >= 4.5


@pytest.mark.parametrize("code", THEMES)
def test_a_sectors_colour_can_be_told_from_white_and_from_the_stage(code):
    shade = THEMES[code][1:]
    assert contrast(shade, "ffffff") >= 3
    assert contrast(shade, colour("stage", 0)) >= 3


@pytest.mark.parametrize(("bundle", "most"), [("site.css", 9_728), ("desk.css", 11_264)])
def test_the_styles_of_a_page_stay_small(bundle, most):
    """As they are served; the public site loads no more than it needs."""
    whole = "\n".join(shipped(part) for part in BUNDLES[bundle]).encode()
    assert len(gzip.compress(whole)) <= most
