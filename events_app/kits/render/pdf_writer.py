"""Plain ink: a PDF page of paths and pictures, for print and as the master of each PNG.

Words are drawn as outlines: nothing for a printer to substitute, and a twentieth of the time that
laying out HTML takes. Who needs words that can be read or selected gets the tagged document.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from events_app.core.colours import channels
from events_app.kits.render import BLEED, Format, Sheet
from events_app.kits.render.elements import Drawing, Picture, Words, circle
from events_app.kits.render.typesetting import FONTS, advance, file_of, metrics, width

PIXEL = 72 / 96
MILLIMETRE = 72 / 25.4
MARK = (4.0, 9.0)
"""Crop marks start and end so many millimetres outside the trim."""
STEP = re.compile(r"([MLCZ])([^MLCZ]*)")
FRAME = 10.0
"""Millimetres around the trim when there are marks."""


def page(sheet: Sheet) -> bytes:
    """A PDF of one page; the same sheet gives the same bytes."""
    paper = sheet.format is not Format.PNG
    unit = MILLIMETRE if paper else PIXEL
    frame = {Format.PRINT: BLEED, Format.MARKS: FRAME}.get(sheet.format, 0.0)
    bleed = min(frame, BLEED)
    width_, height = sheet.width * unit, sheet.height * unit
    pdf = Pdf.new()
    pictures: dict[str, Stream] = {}
    drawn = " ".join(_things(sheet, pdf, pictures))
    edge = bleed * unit
    clip = f"{-edge:.3f} {-edge:.3f} {width_ + 2 * edge:.3f} {height + 2 * edge:.3f} re W n"
    scale = unit * sheet.scale
    content = f"q {clip} {scale:.6f} 0 0 {-scale:.6f} 0 {height:.4f} cm {drawn} Q"
    if sheet.format is Format.MARKS:
        content += " " + _marks(sheet.width, sheet.height)
    pdf.add_blank_page(page_size=(width_, height))
    leaf = pdf.pages[0]
    leaf.obj.Contents = pdf.make_stream(content.encode())
    leaf.obj.Resources = Dictionary(XObject=Dictionary(pictures))
    for name, out in (("MediaBox", frame), ("BleedBox", bleed), ("TrimBox", 0.0)):
        o = out * unit
        leaf.obj[f"/{name}"] = Array([-o, -o, width_ + o, height + o])
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as words:
        words["dc:title"] = sheet.caption.title
    pdf.docinfo["/Title"] = sheet.caption.title
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True, compress_streams=paper)
    return target.getvalue()


def _things(sheet: Sheet, pdf: Pdf, pictures: dict[str, Stream]) -> Iterator[str]:
    for thing in sheet.things:
        if isinstance(thing, Words):
            yield from _words(thing)
        elif isinstance(thing, Drawing):
            yield _drawing(thing)
        else:
            name = f"/P{len(pictures)}"
            pictures[name] = _picture(pdf, thing.png)
            grid = sheet.scale if sheet.format is Format.PNG else 0.0
            yield _placed(thing, name, grid)


def _words(words: Words) -> Iterator[str]:
    face, size = words.face, words.set.size
    ascent, descent = metrics(face)
    yield _colour(words.colour)
    for number, line in enumerate(words.set.lines):
        extent = width(line, face, size, words.tracking)
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[words.align]
        x = words.x + (words.width - extent) * shift
        # CSS: half of what the line height leaves goes above the letters
        half = (words.set.leading - ascent - descent) / 2
        y = words.y + (number * words.set.leading + half + ascent) * size
        for letter, step in advance(line, face, words.tracking):
            outline = _outline(file_of(letter, face), letter)
            if outline:
                em = size / 1000
                yield f"q {em:.6f} 0 0 {-em:.6f} {x:.3f} {y:.3f} cm {outline} f Q"
            x += step * size


def _drawing(drawing: Drawing) -> str:
    left, top, width_, height = drawing.view
    sx, sy = drawing.width / width_, drawing.height / height
    place = f"{sx:.6f} 0 0 {sy:.6f} {drawing.x - left * sx:.4f} {drawing.y - top * sy:.4f} cm"
    shapes = " ".join(f"{_colour(one.colour)} {_path(one.path)} f" for one in drawing.shapes)
    return f"q {place} {shapes} Q"


def _placed(picture: Picture, name: str, grid: float) -> str:
    """`grid`: pixels per unit to end on; PDFium loses the last column of one that ends between."""
    x, y, width_, height = picture.x, picture.y, picture.width, picture.height
    if grid:
        x, y, right, bottom = (round(n * grid) / grid for n in (x, y, x + width_, y + height))
        width_, height = right - x, bottom - y
    clip = ""
    if picture.is_round:
        clip = _path(circle(x + width_ / 2, y + height / 2, width_ / 2)) + " W n "
    return f"q {clip}{width_:.4f} 0 0 {-height:.4f} {x:.4f} {y + height:.4f} cm {name} Do Q"


def _picture(pdf: Pdf, png: bytes) -> Stream:
    with Image.open(io.BytesIO(png)) as image:
        has_holes = image.has_transparency_data
        pixels = image.convert("RGBA" if has_holes else "RGB")
    stream = _samples(pdf, pixels.convert("RGB"), Name.DeviceRGB)
    if has_holes:
        stream.SMask = _samples(pdf, pixels.getchannel("A"), Name.DeviceGray)
    return stream


def _samples(pdf: Pdf, image: Image.Image, colours: Name) -> Stream:
    return Stream(
        pdf, image.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=image.width,
        Height=image.height, ColorSpace=colours, BitsPerComponent=8,
    )  # fmt: skip


def _path(path: str) -> str:
    """SVG's M, L, C and Z as PDF's m, l, c and h, which come after their numbers."""
    steps = STEP.findall(path)
    return " ".join(
        "h" if name == "Z" else f"{rest.strip()} {name.lower()}" for name, rest in steps
    )


def _colour(colour: str) -> str:
    return " ".join(f"{part / 255:.4f}" for part in channels(colour)) + " rg"


def _marks(width_: float, height: float) -> str:
    """Hairlines at the corners and in the middle of each side, outside the bleed."""
    unit, (near, far) = MILLIMETRE, MARK
    lines = []
    for x in (0, width_ / 2, width_):
        lines += [(x, -near, x, -far), (x, height + near, x, height + far)]
    for y in (0, height / 2, height):
        lines += [(-near, y, -far, y), (width_ + near, y, width_ + far, y)]
    strokes = " ".join(
        f"{a * unit:.3f} {b * unit:.3f} m {c * unit:.3f} {d * unit:.3f} l S" for a, b, c, d in lines
    )
    return f"q 0 G 0.25 w {strokes} Q"


class _Pen(BasePen):  # type: ignore[misc]
    """Writes PDF operators in thousandths of an em; quadratic curves arrive as cubic ones."""

    def __init__(self, glyphs: object, em: float) -> None:
        super().__init__(glyphs)
        self.done: list[str] = []
        self._scale = 1000 / em

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = (f"{value * self._scale:.4g}" for point in points for value in point)
        self.done.append(" ".join((*numbers, operator)))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 -- fontTools' name
        self._write("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._write("l", pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._write("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self.done.append("h")


@cache
def _outline(file: str, letter: str) -> str:
    glyphs, names, em = _glyphs(file)
    pen = _Pen(glyphs, em)
    glyphs[names[ord(letter)]].draw(pen)
    return " ".join(pen.done)


@cache
def _glyphs(file: str) -> tuple[Any, dict[int, str], float]:
    font = TTFont(FONTS / file, lazy=True)
    return font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm
