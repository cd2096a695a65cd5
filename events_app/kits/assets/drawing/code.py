"""QR codes: always of the short link, with the quiet zone of four modules that readers need."""

import io
import re
from functools import lru_cache
from itertools import groupby

import segno

from events_app.kits.assets.drawing.stage import NIGHT, PAPER
from events_app.kits.render.elements import Box, Drawing, Picture, Shape, rectangle

QUIET = 4
CREATED = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")


def svg(link: str) -> str:
    target = io.BytesIO()
    _code(link).save(target, kind="svg", border=QUIET, dark=NIGHT, light=PAPER, xmldecl=False)
    return target.getvalue().decode()


def png(link: str, scale: int) -> bytes:
    target = io.BytesIO()
    _code(link).save(target, kind="png", border=QUIET, dark=NIGHT, light=PAPER, scale=scale)
    return target.getvalue()


def pdf(link: str) -> bytes:
    """With the day of its making left out: the same link gives the same bytes."""
    target = io.BytesIO()
    _code(link).save(target, kind="pdf", border=QUIET, dark=NIGHT, light=PAPER, scale=8)
    return CREATED.sub(b"20270101000000", target.getvalue())


def drawing(link: str, box: Box, alt: str) -> Drawing:
    """For on a sheet: one path, the dark modules of a row joined."""
    path = []
    for y, row in enumerate(_code(link).matrix_iter(border=QUIET)):
        x = 0
        for dark, run in groupby(row):
            extent = len(list(run))
            if dark:
                path.append(rectangle(x, y, extent, 1))
            x += extent
    side = modules(link)
    shapes = (Shape(rectangle(0, 0, side, side), PAPER), Shape(" ".join(path), NIGHT))
    return Drawing(*box, shapes, (0, 0, side, side), alt)


def picture(link: str, box: Box, alt: str) -> Picture:
    return Picture(*box, png(link, 12), alt)


def modules(link: str) -> int:
    """Modules along one side, quiet zone included."""
    return int(_code(link).symbol_size(border=QUIET)[0])


@lru_cache(maxsize=64)
def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")
