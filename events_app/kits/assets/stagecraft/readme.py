"""README.html: opens without a network and shows what is in the kit, with the texts to copy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from events_app.kits.assets.stagecraft import words
from events_app.kits.assets.stagecraft.paper import page
from events_app.kits.rules.names import group, path
from events_app.kits.rules.values import Brand, Facts, File

NAME = "README.html"


def readme(
    files: Iterable[File], labels: Mapping[str, str], facts: Facts, brand: Brand, locale: str
) -> bytes:
    """`labels`: what an asset is called, by role."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in files:
        text = file.content.decode() if file.media_type == "text/plain" else ""
        groups[group(file.role)].append(
            {
                "name": path(facts, file).partition("/")[2],
                "path": path(facts, file),
                "label": labels[file.role],
                "alt": file.alt,
                "text": text,
                "is_picture": file.media_type == "image/png",
                "size": _size(file),
            }
        )
    html = page(
        "stagecraft/readme.html",
        locale,
        facts=facts,
        brand=brand,
        groups=groups,
        when=words.when(facts, locale),
        place=words.place(facts, locale),
        moment=lambda moment: words.day(moment, facts, locale),
    )
    return html.encode()


def _size(file: File) -> str:
    unit = "mm" if file.media_type == "application/pdf" else "px"
    size = f"{file.width} × {file.height} {unit} · " if file.width else ""
    return f"{size}{max(1, len(file.content) // 1000)} kB"
