"""A tagged document for screens and screen readers: HTML, laid out by WeasyPrint."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from events_app.kits.render import Sheet
from events_app.kits.render.elements import Drawing
from events_app.kits.render.typesetting import FACES, FONTS

PRINTABLE = 4
"""The Print flag of an annotation; PDF/UA checkers ask for it."""
_fetcher = URLFetcher(allowed_protocols=["data"])


def document(sheet: Sheet) -> bytes:
    fonts, faces = _fonts()
    size = CSS(string=f"@page {{ size: {sheet.width}mm {sheet.height}mm; margin: 0 }}")
    pdf = (
        HTML(string=_template().render(sheet=sheet, uri=uri, svg=svg), url_fetcher=_fetcher)
        .render(stylesheets=[faces, size], font_config=fonts)
        .write_pdf(pdf_variant="pdf/ua-1", finisher=_printable_links)
    )
    assert isinstance(pdf, bytes)  # noqa: S101 -- for the type checker
    return pdf


def uri(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def svg(drawing: Drawing) -> str:
    box = " ".join(f"{number:.3f}" for number in drawing.view)
    shapes = "".join(f'<path d="{one.path}" fill="{one.colour}"/>' for one in drawing.shapes)
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" preserveAspectRatio="none"'
        f' width="{drawing.width:.3f}" height="{drawing.height:.3f}">{shapes}</svg>'
    )
    return uri(whole.encode(), "image/svg+xml")


def _printable_links(_document: Document, pdf: Any) -> None:
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Type") == "/Annot":
            thing["F"] = PRINTABLE


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html")


@cache
def _fonts() -> tuple[FontConfiguration, CSS]:
    """Loaded once a process: decoding fonts would take most of the time of a page."""
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: '{face.family}'; font-weight: {face.weight};"
        f" src: url({(FONTS / face.file).as_uri()}) }}"
        for face in FACES
    )
    return fonts, CSS(string=faces, font_config=fonts)
