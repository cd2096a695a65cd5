"""README.html: opens without a network and shows what is in the kit, with the texts to copy."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events_app.kits.assets.stagecraft import words
from events_app.kits.assets.stagecraft.paper import page
from events_app.kits.rules.names import group, path
from events_app.kits.rules.values import Brand, Facts, Kept

NAME = "README.html"


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
                "label": labels[file.role],
                "alt": file.alt,
                "text": text,
                "is_picture": file.is_picture,
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


def _size(file: Kept) -> str:
    unit = "mm" if file.media_type == "application/pdf" else "px"
    size = f"{file.width} × {file.height} {unit} · " if file.width else ""
    return f"{size}{max(1, file.size // 1000)} kB"
