"""README.html: opens without a network and shows what is in the kit, with the texts to copy."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events_app.core.text import day, translator
from events_app.kits.assets.drawing import words
from events_app.kits.assets.drawing.paper import page
from events_app.kits.rules.names import group, path
from events_app.kits.rules.values import Brand, Facts, Kept

NAME = "README.html"
_KINDS = {"image/svg+xml": "SVG", "text/html": "HTML"}


def readme(
    files: Iterable[Kept],
    labels: Mapping[str, str],
    facts: Facts,
    brand: Brand,
    locale: str,
    *,
    read: Callable[[str], bytes],
) -> bytes:
    """`labels`: what a file is called, by its role; `read`: the bytes under a SHA-256."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in files:
        text = read(file.sha256).decode() if file.is_text else ""
        groups[group(file.role)].append(
            {
                "name": path(facts, file).partition("/")[2],
                "path": path(facts, file),
                "label": _label(labels[file.role], file, locale),
                "note": _note(file, locale),
                "alt": file.alt,
                "text": text,
                "is_picture": file.is_picture,
                "size": _size(file),
            }
        )
    html = page(
        "drawing/readme.html",
        locale,
        facts=facts,
        brand=brand,
        groups=groups,
        when=words.when(facts, locale),
        place=words.place(facts, locale),
        moment=lambda moment: day(moment, facts.timezone, locale),
    )
    return html.encode()


def _label(label: str, file: Kept, locale: str) -> str:
    """What tells the files of one asset apart comes after its name."""
    _ = translator(locale)
    end = file.role.rpartition("/")[2]
    if end in ("print", "marks"):
        marks = {"print": _("for the printer, with bleed"),
                 "marks": _("for the printer, with bleed and crop marks")}  # fmt: skip
        return f"{label}, {marks[end]}"
    if group(file.role) == "print":
        kind = _("picture") if file.is_picture else _("PDF to read on a screen")
        return f"{label}, {kind}"
    return f"{label}, {_KINDS[file.media_type]}" if file.media_type in _KINDS else label


def _note(file: Kept, locale: str) -> str:
    """What to do with a file that does not explain itself."""
    _ = translator(locale)
    if file.role != "more/signature/html":
        return ""
    return _(
        "Open this file in a browser, select the picture, copy it and paste it into the signature"
        " of your mail program. The picture comes from our site: it always shows the newest"
        " version, and a picture of the programme once the event is over."
    )


def _size(file: Kept) -> str:
    unit = "mm" if file.media_type == "application/pdf" else "px"
    size = f"{file.width} × {file.height} {unit} · " if file.width else ""
    return f"{size}{max(1, file.size // 1000)} kB"
