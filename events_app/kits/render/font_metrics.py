"""Measures the fonts, once, into font_metrics.json: no process need open a font to set words.

Run it when a font in static/fonts/ttf changes: `python -m events_app.kits.render.font_metrics`.
Kerning is read from OpenType's GPOS table, lookup type 2, for the letters of our languages.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fontTools.ttLib import TTFont

from events_app.kits.render.typesetting import DATA, FACES, FONTS

KERNED = (
    "".join(map(chr, range(0x20, 0x7F))) + "ÀÁÂÄÇÈÉÊËÌÍÎÏÑÒÓÔÖÙÚÛÜàáâäçèéêëìíîïñòóôöùúûüÿß’‘“”–—…·"
)
PAIRS = 2
EXTENSION = 9


@dataclass(frozen=True, slots=True)
class Pairs:
    """One table: by pair of letters, or by pair of their classes."""

    lefts: dict[str, int]
    """Row of each left letter that the table knows."""
    rights: dict[str, int] | None
    """Column of each right letter (0 for the others); None: rows are by letter."""
    rows: tuple[dict[Any, int], ...]

    def value(self, left: str, right: str) -> int | None:
        """In units; None when the table leaves the pair to the next."""
        row = self.lefts.get(left)
        if row is None:
            return None
        if self.rights is None:
            return self.rows[row].get(right)
        return self.rows[row].get(self.rights.get(right, 0), 0)


def measured() -> dict[str, Any]:
    """What belongs in font_metrics.json: by font file, in units of `em`."""
    fonts = {}
    for face in FACES:
        with TTFont(FONTS / face.file, lazy=True) as font:
            fonts[face.file] = _font(font)
    return fonts


def _font(font: TTFont) -> dict[str, Any]:
    names, widths, lines = font.getBestCmap(), font["hmtx"].metrics, font["hhea"]
    known = [letter for letter in KERNED if ord(letter) in names]
    table = _table(font, [names[ord(letter)] for letter in known])
    rows, row_of = _alike(table)
    columns, column_of = _alike([list(column) for column in zip(*rows, strict=True)])
    return {
        "em": font["head"].unitsPerEm,
        "ascent": lines.ascent,
        "descent": -lines.descent,
        "widths": {chr(code): widths[name][0] for code, name in sorted(names.items())},
        "kerned": "".join(known),
        "row_of": row_of,
        "column_of": column_of,
        "rows": [list(row) for row in zip(*columns, strict=True)],
    }


def _table(font: TTFont, names: list[str]) -> list[list[int]]:
    """Every pair of these glyphs, by the first table that knows it."""
    tables = list(kerning(font, set(names)))

    def kern(left: str, right: str) -> int:
        values = (table.value(left, right) for table in tables)
        return next((value for value in values if value is not None), 0)

    return [[kern(left, right) for right in names] for left in names]


def _alike(rows: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """The rows that differ, and which of them each row is."""
    kinds: dict[tuple[int, ...], int] = {}
    which = [kinds.setdefault(tuple(row), len(kinds)) for row in rows]
    return [list(kind) for kind in kinds], which


def kerning(font: TTFont, used: set[str]) -> Iterator[Pairs]:
    """The tables of the font's `kern` feature, for these glyphs only."""
    if "GPOS" not in font:
        return
    table = font["GPOS"].table
    wanted = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for index in record.Feature.LookupListIndex
    }
    for index in sorted(wanted):
        for sub in table.LookupList.Lookup[index].SubTable:
            pairs = sub.ExtSubTable if sub.LookupType == EXTENSION else sub
            if pairs.LookupType == PAIRS:
                read = _by_letter if pairs.Format == 1 else _by_class
                yield read(pairs, used)


def _by_letter(table: Any, used: set[str]) -> Pairs:
    lefts: dict[str, int] = {}
    rows: list[dict[Any, int]] = []
    for left, sets in zip(table.Coverage.glyphs, table.PairSet, strict=True):
        if left in used:
            lefts[left] = len(rows)
            records = sets.PairValueRecord
            rows.append({r.SecondGlyph: _step(r) for r in records if r.SecondGlyph in used})
    return Pairs(lefts, None, tuple(rows))


def _by_class(table: Any, used: set[str]) -> Pairs:
    classes = table.ClassDef1.classDefs
    lefts = {left: classes.get(left, 0) for left in table.Coverage.glyphs if left in used}
    rights = {name: one for name, one in table.ClassDef2.classDefs.items() if name in used}
    rows = tuple(
        {column: step for column, one in enumerate(row.Class2Record) if (step := _step(one))}
        for row in table.Class1Record
    )
    return Pairs(lefts, rights, rows)


def _step(record: Any) -> int:
    return getattr(record.Value1, "XAdvance", 0) or 0


if __name__ == "__main__":
    DATA.write_text(json.dumps(measured(), ensure_ascii=False, separators=(",", ":")) + "\n")
