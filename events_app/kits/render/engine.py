"""The workman who turns a sheet of HTML into a picture or a document.

The only module that imports WeasyPrint and PDFium; it runs in a process of its own
(`core/workshop.py`), because both are heavy and PDFium does not bear threads.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from events_app.core.workshop import Product, serve
from events_app.kits.render import Format, Sheet

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "fonts" / "ttf"
FACES = (
    ("Bricolage Grotesque", 600, "bricolage-grotesque-600.ttf"),
    ("Bricolage Grotesque", 800, "bricolage-grotesque-800.ttf"),
    ("Source Sans 3", 400, "source-sans-3-400.ttf"),
    ("Source Sans 3", 600, "source-sans-3-600.ttf"),
    ("Source Sans 3", 700, "source-sans-3-700.ttf"),
)
PIXELS_PER_POINT = 96 / 72
PRINTABLE = 4
"""The Print flag of an annotation, without which PDF/UA checkers complain."""

PAGE = {
    Format.PNG: "size: {w}px {h}px",
    Format.PDF: "size: {w}mm {h}mm",
    Format.PRINT: "size: {w}mm {h}mm; bleed: 3mm",
    # WeasyPrint draws marks inside the bleed: so a wide bleed for the marks, colour only to 10 pt.
    Format.MARKS: "size: {w}mm {h}mm; bleed: 10mm; marks: crop cross",
}


def draw(sheet: Sheet) -> Product:
    if sheet.format is Format.PNG:
        return {}, _png(sheet)
    tagged = {"pdf_variant": "pdf/ua-1"} if sheet.format is Format.PDF else {}
    return {}, _document(sheet).write_pdf(finisher=_printable_links, **tagged)


def _document(sheet: Sheet) -> Document:
    page = PAGE[sheet.format].format(w=sheet.width, h=sheet.height)
    fonts, faces = _fonts()
    return HTML(string=sheet.html, url_fetcher=URLFetcher(allowed_protocols=["data"])).render(
        stylesheets=[faces, CSS(string=f"@page {{ {page}; margin: 0 }}")], font_config=fonts
    )


def _png(sheet: Sheet) -> bytes:
    document = pypdfium2.PdfDocument(_document(sheet).write_pdf(uncompressed_pdf=True))
    image = document[0].render(scale=PIXELS_PER_POINT).to_pil().convert("RGB")
    document.close()
    if image.size != (sheet.width, sheet.height):
        problem = f"drawn as {image.size}, asked for {sheet.width} by {sheet.height}"
        raise ValueError(problem)
    content = _packed(image)
    colours = 256
    while sheet.largest and len(content) > sheet.largest and colours > 1:
        content = _packed(image.quantize(colours, dither=Image.Dither.NONE))
        colours //= 2
    return content


def _packed(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=3)
    return target.getvalue()


def _printable_links(_document: Document, pdf: Any) -> None:
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Type") == "/Annot":
            thing["F"] = PRINTABLE


@cache
def _fonts() -> tuple[FontConfiguration, CSS]:
    """Loaded once a process: decoding fonts would take most of the time of a page."""
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
        f" src: url({(FONTS / file).as_uri()}) }}"
        for family, weight, file in FACES
    )
    return fonts, CSS(string=faces, font_config=fonts)


if __name__ == "__main__":
    draw(Sheet("<p>Op de Bühne</p>", 8, 8, Format.PNG))
    serve(draw, megabytes=1024)
