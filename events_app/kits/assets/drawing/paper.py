"""The HTML of a sheet: strict templates that are kept beside the assets."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from events_app.core import text
from events_app.core.text import translator

ASSETS = Path(__file__).resolve().parent.parent


def page(template: str, locale: str, **values: Any) -> str:
    """A document for people or for the renderer; values are escaped."""
    return _template(template).render(locale=locale, _=translator(locale), **values)


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """Escapes in .html; a .txt is plain words, for pasting."""
    made = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["opening"] = text.opening
    return made
