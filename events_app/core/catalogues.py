"""Translations: one .po file a room in events_app/translations/nl/, joined into one .mo.

English is the language of the sources, so only Dutch has catalogues. `flask catalogue` brings them
up to date with the sources; the app joins them at its start when a .po file is newer than the .mo.
"""

import io
import stat
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from events_app.core import files

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent
FOLDER = PACKAGE / "translations" / "nl" / "LC_MESSAGES"
MO = FOLDER / "messages.mo"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
}
_METHODS = [
    ("**.py", "python"),
    *((f"**.{kind}", "jinja2") for kind in ("html", "xml", "svg", "txt", "mjml")),
]


def join() -> None:
    """Write messages.mo from all rooms' catalogues when one of them is newer. Whoever starts the
    program may make it, and each user of the machine who runs it must read it.
    """
    parts = sorted(FOLDER.glob("*.po"))
    if _is_current(parts):
        return
    whole = Catalog(locale="nl")
    for part in parts:
        for message in read(part):
            if message.id and message.string and not message.fuzzy:
                whole.add(message.id, message.string)
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = io.BytesIO()
    write_mo(made, whole)
    files.write(MO, made.getvalue(), mode=files.FOR_ALL)


def _is_current(parts: list[Path]) -> bool:
    if not MO.exists():
        return False
    found = MO.stat()
    is_readable = stat.S_IMODE(found.st_mode) & files.FOR_ALL == files.FOR_ALL
    return is_readable and all(part.stat().st_mtime <= found.st_mtime for part in parts)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def rooms() -> list[str]:
    folders = (path for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
    return sorted({path.name for path in folders} | {"ui"})


def extracted(room: str) -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Each message of the room's sources, with the file that holds it."""
    folders = [PACKAGE / room, ROOT / "templates" / room, ROOT / "mail" / room]
    if room == "ui":
        folders.append(ROOT / "mail" / "_base")
    for folder in folders:
        if folder.is_dir():
            for name, _line, message, _comments, _context in extract_from_dir(
                folder, method_map=_METHODS, keywords=KEYWORDS, strip_comment_tags=True
            ):
                yield message, f"{folder.relative_to(ROOT)}/{name}"
    if room == "core":
        app = PACKAGE / "app.py"
        for name, _line, message, _comments, _context in extract_from_dir(
            PACKAGE, method_map=[("app.py", "python")], keywords=KEYWORDS
        ):
            yield message, f"{app.parent.name}/{name}"


def update(room: str) -> Catalog:
    """Bring the room's .po in line with its sources, keeping what is translated."""
    path = FOLDER / f"{room}.po"
    known = read(path) if path.exists() else Catalog(locale="nl")
    fresh = Catalog(locale="nl", project=room, copyright_holder="", fuzzy=False)
    for message, source in extracted(room):
        before = known.get(message[0] if isinstance(message, tuple) else message)
        fresh.add(message, before.string if before else "", locations=[(source, None)])  # type: ignore[list-item]
    if len(fresh) == 0:
        path.unlink(missing_ok=True)
        return fresh
    FOLDER.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=100, omit_header=True, sort_output=True)
    return fresh


def untranslated(room: str) -> list[str]:
    """The messages in the room's sources that have no Dutch words."""
    path = FOLDER / f"{room}.po"
    known = read(path) if path.exists() else Catalog(locale="nl")
    missing = set()
    for message, _source in extracted(room):
        key = message[0] if isinstance(message, tuple) else message
        entry = known.get(key)
        words = entry.string if entry else ""
        if not words or (isinstance(words, (tuple, list)) and not all(words)):
            missing.add(key)
    return sorted(missing)


@click.command("catalogue")
@click.argument("names", nargs=-1)
def catalogue(names: tuple[str, ...]) -> None:
    """Bring the Dutch catalogues (of these rooms, or all) in line with the sources."""
    for room in names or rooms():
        update(room)
        missing = untranslated(room)
        click.echo(f"{room}: {len(missing)} without Dutch words")
        for message in missing:
            click.echo(f"    {message}")
    join()
