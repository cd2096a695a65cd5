"""Pictures that are out to hurt: each is refused in words or drawn safely, and the house stands."""

import contextlib
import io
import socket
import subprocess
import sys
import threading
import time
import zlib

import pytest
from PIL import Image, PngImagePlugin

from events_app.core import pictures
from events_app.core.pictures import PictureRefused

pytestmark = pytest.mark.once

NS = b'xmlns="http://www.w3.org/2000/svg"'
HEAD = b"<svg " + NS + b' xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">'
SHAPE = b'<rect width="100" height="50" fill="#c2185b"/>'


def svg(inner, head=HEAD):
    return head + inner + b"</svg>"


def entity_bomb():
    lines = [b'<!ENTITY a "ha">'] + [
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8)
    ]
    return (
        b'<?xml version="1.0"?><!DOCTYPE svg [' + b"".join(lines) + b"]>" + svg(b"<text>&i;</text>")
    )


def use_bomb(levels=16):
    groups = [b'<g id="a0">' + SHAPE + b"</g>"]
    groups += [
        b'<g id="a%d">' % n + b'<use href="#a%d"/>' % (n - 1) * 9 + b"</g>"
        for n in range(1, levels)
    ]
    return svg(b"<defs>" + b"".join(groups) + b'</defs><use href="#a%d"/>' % (levels - 1))


def wide_use_bomb():
    many = b'<g id="m">' + b"<path d='M0 0h9'/>" * 2000 + b"</g>"
    return svg(many + b'<use href="#m"/>' * 2000)


def png_bomb():
    """A few kilobytes that would be 40,000 by 40,000 pixels."""

    def chunk(kind, data):
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    size = (40_000).to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes(5001) * 1000, 9))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


BAD = {
    "script": svg(b"<script>alert(1)</script>"),
    "script with another prefix": b"<s:svg "
    + NS.replace(b"xmlns", b"xmlns:s")
    + b' viewBox="0 0 9 9"><s:script/></s:svg>',
    "event handler": svg(b'<rect width="9" height="9" onload="alert(1)"/>'),
    "foreign object": svg(b'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
    "animation": svg(b'<a><animate attributeName="href" to="javascript:alert(1)"/></a>'),
    "outside picture": svg(b'<image href="http://127.0.0.1:9/x.png" width="9" height="9"/>'),
    "local file": svg(b'<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
    "picture that is an SVG": svg(b'<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'),
    "style from elsewhere": svg(b"<style>@import url(http://127.0.0.1:9/x.css);</style>" + SHAPE),
    "fill from elsewhere": svg(b'<rect width="9" height="9" fill="url(http://127.0.0.1:9/#a)"/>'),
    "escaped url in style": svg(b'<rect style="fill:\\75rl(http://127.0.0.1:9)"/>'),
    "doctype": b'<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/x.dtd">' + svg(SHAPE),
    "doctype in UTF-16": ("<!DOCTYPE svg>" + svg(SHAPE).decode()).encode("utf-16"),
    "entity bomb": entity_bomb(),
    "use bomb": use_bomb(),
    "use of itself": svg(b'<g id="a"><use href="#a"/></g>'),
    "wide use bomb": wide_use_bomb(),
    "20,000 groups in each other": svg(b"<g>" * 20_000 + b"</g>" * 20_000),
    "100 groups in each other": svg(b"<g>" * 100 + SHAPE + b"</g>" * 100),
    "6,000 elements": svg(SHAPE * 6_000),
    "too many bytes": svg(b"<title>" + b"x" * 600_000 + b"</title>" + SHAPE),
    "not closed": HEAD + SHAPE,
    "no size": b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
    "endless width": b"<svg " + NS + b' viewBox="0 0 1e9 1"><rect width="9" height="9"/></svg>',
    "nothing in it": svg(b""),
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "pixel bomb": png_bomb(),
    "a PDF": b"%PDF-1.7\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n",
    "empty": b"",
    "noise": bytes(range(256)) * 40,
    "half a PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_hostile_logo_is_refused_in_words_within_seconds(app, name):
    began = time.monotonic()
    with pytest.raises(PictureRefused) as refusal:
        pictures.safe_logo(BAD[name])
    assert len(str(refusal.value.sentence)) > 20
    assert time.monotonic() - began < 15


def test_a_good_logo_is_drawn_after_all_that(app):
    with pytest.raises(PictureRefused):
        pictures.safe_logo(BAD["use bomb"])
    png = pictures.safe_logo(svg(SHAPE))
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1600, 800)
        assert image.getpixel((800, 400))[:3] == (0xC2, 0x18, 0x5B)


def test_an_allowed_svg_reaches_for_nothing_outside(app):
    """Negative control for the refusals: even what is let through cannot call home."""
    calls = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(2)

    def listen():
        with contextlib.suppress(TimeoutError):
            calls.append(server.accept())

    thread = threading.Thread(target=listen)
    thread.start()
    here = f"http://127.0.0.1:{server.getsockname()[1]}/x".encode()
    sly = svg(b"<title>" + here + b'</title><rect width="9" height="9" data-src="' + here + b'"/>')
    assert pictures.safe_logo(sly)
    thread.join()
    server.close()
    assert calls == []


def test_editors_private_words_are_left_out_and_the_logo_is_drawn(app):
    inkscape = svg(
        b'<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>'
        b'<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape"/>'
        b"<style>.a{fill:#00695c}</style><rect class='a' width='100' height='50'/>"
    )
    with Image.open(io.BytesIO(pictures.safe_logo(inkscape))) as image:
        assert image.getpixel((9, 9))[:3] == (0x00, 0x69, 0x5C)


def test_a_stored_picture_has_pixels_and_no_other_words(app):
    source = Image.new("RGB", (900, 600), "#336699")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret place")
    for format_, more in (
        ("JPEG", {"exif": exif, "comment": b"secret place"}),
        ("PNG", {"pnginfo": words, "exif": exif}),
    ):
        target = io.BytesIO()
        source.save(target, format_, **more)
        assert b"secret" in target.getvalue()
        png, width, height = pictures.safe_picture(target.getvalue(), 600)
        assert (width, height) == (600, 400)
        assert b"secret" not in png
        assert Image.open(io.BytesIO(png)).info == {}


@pytest.mark.parametrize("left", [0.9, 0.5, 0.34])
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_that_came_through_half_is_refused_and_says_so(app, format_, left):
    whole, noise = io.BytesIO(), Image.effect_noise((900, 600), 80).convert("RGB")
    noise.save(whole, format_)
    data = whole.getvalue()
    assert pictures.safe_picture(data)[1:] == (900, 600)
    for made_safe in (pictures.safe_picture, pictures.safe_logo):
        with pytest.raises(PictureRefused) as refusal:
            made_safe(data[: int(len(data) * left)])
        assert "maar voor een deel overgekomen" in str(refusal.value.sentence)


def test_a_picture_taken_sideways_is_stored_upright(app):
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    Image.new("RGB", (900, 600)).save(target, "JPEG", exif=exif)
    assert pictures.safe_picture(target.getvalue())[1:] == (600, 900)


@pytest.mark.parametrize("colour", ["#c2185b", "#00695c", "#ffd600"])
def test_the_colour_a_logo_is_known_by_is_proposed(app, colour):
    logo = svg(
        b'<rect width="100" height="50" fill="#ffffff"/><path d="M10 10h60v9H10z" fill="#222222"/>'
        b'<circle cx="60" cy="25" r="20" fill="' + colour.encode() + b'"/>'
    )
    proposed = pictures.accent_of(pictures.safe_logo(logo))
    assert all(
        abs(int(proposed[i : i + 2], 16) - int(colour[i : i + 2], 16)) < 12 for i in (1, 3, 5)
    )


def test_the_web_process_does_not_load_the_decoders():
    heavy = "('weasyprint', 'pypdfium2', 'PIL', 'lxml')"
    code = (
        "import sys, events_app.core.pictures, events_app.kits.render;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
