"""Setting words in a box: measured by the font itself, balanced over lines, never cut off.

The lines are broken here and emitted one by one, so that every engine breaks alike.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from pyphen import Pyphen

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "fonts" / "ttf"
DATA = Path(__file__).parent / "font_metrics.json"
"""Made by font_metrics.py."""
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
JOINER = "\N{ZERO WIDTH JOINER}"
FLAGS = "\N{REGIONAL INDICATOR SYMBOL LETTER A}", "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
UNSEEN = frozenset(
    {chr(code) for span in ((0xFE00, 0xFE10), (0x1F3FB, 0x1F400), (0xE0020, 0xE0080))
     for code in range(*span)}
)  # fmt: skip
"""Signs that only change their neighbours: they go without a word."""
_TOGETHER = re.compile(f"[{FLAGS[0]}-{FLAGS[1]}]{{2}}|.[\ufe0f]?(?:{JOINER}.\ufe0f?)*", re.DOTALL)
GAP = "\0"
"""Where a sign was left out."""
_CLOSING = tuple(
    (re.compile(pattern.replace("_", r"[^\S\n]*\0(?:\0|[^\S\n])*")), put)
    for pattern, put in (
        (r"[(\[“‘\"']_[)\]”’\"']", GAP),  # nothing is left between them
        (r"([,;:])_[,;:]", r"\1"),
        (r"(?m)^_[,;:.!?]*[^\S\n]*", ""),
        (r"(?m)[^\S\n]*[,;:]?_$", ""),
        (r"_(?=[,;:.!?…)\]”’])", ""),
        (r"(?<=[(\[“‘])_", ""),
        (r"(?<=\S)\0+(?=\S)", ""),
        (r"_", " "),
    )
)
"""What closes the gaps: `_` is one with the spaces around it."""
WORTH = 1.15
"""An editor's soft hyphen is used when it buys this much size."""
STEPS = 14
LONELY = frozenset({
    "a", "an", "and", "at", "by", "de", "den", "der", "des", "een", "en", "for", "het", "in",
    "is", "met", "of", "om", "op", "or", "te", "ten", "ter", "the", "to", "uit", "van", "via",
    "voor", "with",
})  # fmt: skip
"""Words that look lost at the end of a line."""


@dataclass(frozen=True, slots=True)
class Face:
    family: str
    weight: int
    file: str
    other: str = ""
    """The file of the face that draws what this one lacks, such as Greek and Cyrillic."""


HEADING = Face("Bricolage Grotesque", 800, "bricolage-grotesque-800.ttf", "source-sans-3-700.ttf")
LABEL = Face("Bricolage Grotesque", 600, "bricolage-grotesque-600.ttf", "source-sans-3-600.ttf")
TEXT = Face("Source Sans 3", 400, "source-sans-3-400.ttf")
TEXT_600 = Face("Source Sans 3", 600, "source-sans-3-600.ttf")
TEXT_700 = Face("Source Sans 3", 700, "source-sans-3-700.ttf")
FACES = (HEADING, LABEL, TEXT, TEXT_600, TEXT_700)


@dataclass(frozen=True, slots=True)
class Setting:
    """How words may be set. `smallest` is the size below which words are broken by rule."""

    face: Face
    largest: float
    smallest: float
    leading: float = 1.1
    tracking: float = 0.0
    """Extra space after each letter, in em."""
    most_lines: int = 99


@dataclass(frozen=True, slots=True)
class Set:
    lines: tuple[str, ...]
    size: float
    leading: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * self.leading


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a word that stays together, and what is set after it if the line ends there."""

    words: str
    em: float
    glue: str
    """" " between words, "" after a hyphen that is there anyway, "-" where one would be added."""


def width(words: str, face: Face, size: float, tracking: float = 0.0) -> float:
    return size * sum(step for _letter, step in advance(words, face, tracking))


def advance(words: str, face: Face, tracking: float = 0.0) -> Iterator[tuple[str, float]]:
    """Each letter and how far the next one is from it, in em, kerned."""
    font, words = _font(face), words.replace(SOFT_HYPHEN, "")
    for letter, next_ in zip_longest(words, words[1:], fillvalue=""):
        row, column = font.row_of.get(letter), font.column_of.get(next_)
        kern = font.rows[row][column] if row is not None and column is not None else 0.0
        yield letter, font.widths.get(letter, 0.0) + kern + tracking


def metrics(face: Face) -> tuple[float, float]:
    """How far letters reach above and below the line, in em."""
    font = _font(face)
    return font.ascent, font.descent


def file_of(letter: str, face: Face) -> str:
    """The file that has its outline."""
    return face.other if face.other and letter not in _data()[face.file]["widths"] else face.file


def drawable(words: str, face: Face) -> str:
    """Without signs that the fonts lack: bare letters for accented ones, nothing for emoji, and no
    comma, space or pair of brackets left alone where one was.
    """
    known = _font(face).widths
    signs = unicodedata.normalize("NFC", words).replace(GAP, "")
    kept = "".join(_as_known(sign, known) for sign in signs)
    if GAP not in kept:
        return kept
    for found, put in _CLOSING:
        kept = found.sub(put, kept)
    return kept


def undrawable(words: str) -> tuple[str, ...]:
    """The signs that cannot be drawn, each once; what belongs together (a flag) as one."""
    known = _font(HEADING).widths.keys() & _font(TEXT).widths.keys()
    pieces = _TOGETHER.findall(unicodedata.normalize("NFC", words))
    found = (one for one in pieces if any(_as_known(sign, known) == GAP for sign in one))
    return tuple(dict.fromkeys(found))


def _as_known(sign: str, known: Collection[str]) -> str:
    if sign in known or sign in (SOFT_HYPHEN, "\n"):
        return sign
    if sign in UNSEEN or unicodedata.category(sign) == "Cf":
        return ""
    if sign.isspace():
        return " "
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if part in known) or GAP


EVEN = 12
"""Lines that are made alike. To do so takes time that grows with their square, and below a dozen
full lines nobody sees it.
"""


@lru_cache(maxsize=2048)
def fit(words: str, box: tuple[float, float], setting: Setting, locale: str = "nl") -> Set:
    """The words as large as the box bears, whole: smaller rather than clipped."""
    words = drawable(words, setting.face)
    most = box[0] / setting.smallest
    pieces = _pieces(words, setting)
    size = _largest(pieces, box, setting)
    for way in (_by_editor, _by_rule, _anywhere):
        broken = _broken(pieces, way, setting, most, locale)
        gain = _largest(broken, box, setting) if len(broken) > len(pieces) else 0.0
        if gain >= size * WORTH or (gain > size and size < setting.smallest):
            pieces, size = broken, gain
    pieces = [replace(piece, words=piece.words.replace(SOFT_HYPHEN, "")) for piece in pieces]
    filled = _greedy(pieces, box[0] / size, setting)
    if len(filled) > EVEN:
        lines = tuple(_spell(line, last=line is filled[-1]) for line in filled)
    else:
        lines = _balanced(pieces, box[0] / size, len(filled), setting)
    # pieces are measured apart; together their letters are kerned, mostly closer but not always
    widest = max(width(line, setting.face, 1, setting.tracking) for line in lines)
    return Set(lines, min(size, box[0] / widest) if widest > 0 else size, setting.leading)


def _largest(pieces: list[_Piece], box: tuple[float, float], setting: Setting) -> float:
    low, high = 1.0, setting.largest
    if _holds(pieces, box, high, setting):
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _holds(pieces, box, middle, setting) else (low, middle)
    return low


def _holds(pieces: list[_Piece], box: tuple[float, float], size: float, setting: Setting) -> bool:
    room = box[0] / size
    if any(piece.em + _tail(piece, setting) > room for piece in pieces):
        return False
    lines = len(_greedy(pieces, room, setting))
    return lines <= setting.most_lines and lines * size * setting.leading <= box[1]


def _tail(piece: _Piece, setting: Setting) -> float:
    return width("-", setting.face, 1, setting.tracking) if piece.glue == "-" else 0.0


def _greedy(pieces: list[_Piece], room: float, setting: Setting) -> list[list[_Piece]]:
    lines: list[list[_Piece]] = [[]]
    for piece in pieces:
        if lines[-1] and _measure([*lines[-1], piece], setting) > room:
            lines.append([])
        lines[-1].append(piece)
    return lines


def _balanced(pieces: list[_Piece], room: float, count: int, setting: Setting) -> tuple[str, ...]:
    """Exactly `count` lines, as even as they can be; found from the last line backwards."""
    goal = _measure(pieces, setting) / count
    best: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {(len(pieces), 0): (0.0, ())}
    for start in range(len(pieces) - 1, -1, -1):
        for left in range(1, count + 1):
            options = []
            for end in range(start + 1, len(pieces) + 1):
                line = pieces[start:end]
                extent = _measure(line, setting)
                if extent > room and end > start + 1:
                    break
                if (end, left - 1) in best:
                    cost, rest = best[end, left - 1]
                    last = end == len(pieces)
                    price = (goal - extent) ** 2 + (0 if last else _awkward(line[-1], goal))
                    options.append((cost + price, (_spell(line, last=last), *rest)))
            if options:
                best[start, left] = min(options)
    return best[0, count][1]


def _awkward(piece: _Piece, goal: float) -> float:
    lonely = piece.glue == " " and piece.words.lower() in LONELY
    return (goal * 0.5) ** 2 if piece.glue == "-" else (goal * 0.45) ** 2 if lonely else 0.0


def _measure(line: list[_Piece], setting: Setting) -> float:
    space = width(" ", setting.face, 1, setting.tracking)
    spaces = sum(space for piece in line[:-1] if piece.glue == " ")
    return sum(piece.em for piece in line) + spaces + (_tail(line[-1], setting) if line else 0.0)


def _spell(line: list[_Piece], *, last: bool) -> str:
    words = "".join(piece.words + (" " if piece.glue == " " else "") for piece in line).rstrip(" ")
    return words + ("-" if line[-1].glue == "-" and not last else "")


def _pieces(words: str, setting: Setting) -> list[_Piece]:
    """The words, cut only behind hyphens and slashes that are there anyway."""
    pieces = []
    for word in words.split():
        parts = re.findall(r"[^-/–]+[-/–]*|[-/–]+", word)
        pieces += [_piece(part, "", setting) for part in parts[:-1]]
        pieces.append(_piece(parts[-1], " ", setting))
    return pieces or [_Piece("", 0.0, " ")]


def _broken(
    pieces: list[_Piece],
    way: Callable[[str, str], list[str]],
    setting: Setting,
    most: float,
    locale: str,
) -> list[_Piece]:
    """Cut further: everywhere by the editor's soft hyphens, else only what is wider than `most`."""
    broken = []
    for piece in pieces:
        wanted = way is _by_editor or piece.em > most
        parts = way(piece.words, locale) if wanted else [piece.words]
        glue = "" if way is _anywhere else "-"
        broken += [_piece(part, glue, setting) for part in parts[:-1]]
        broken.append(_piece(parts[-1], piece.glue, setting))
    return broken


def _piece(words: str, glue: str, setting: Setting) -> _Piece:
    return _Piece(words, width(words, setting.face, 1, setting.tracking), glue)


def _by_editor(word: str, _locale: str) -> list[str]:
    return [part for part in word.split(SOFT_HYPHEN) if part] or [word]


def _by_rule(word: str, locale: str) -> list[str]:
    """By the dictionary, at least four letters a side, and never before a trema."""
    whole = word.replace(SOFT_HYPHEN, "")
    places = [
        place
        for place in _dictionary(locale).positions(whole)
        if 4 <= place <= len(whole) - 4 and whole[place] not in "äëïöü"  # noqa: PLR2004 -- letters
    ]
    edges = [0, *places, len(whole)]
    return [whole[a:b] for a, b in pairwise(edges)]


def _anywhere(word: str, _locale: str) -> list[str]:
    return list(word.replace(SOFT_HYPHEN, ""))


@cache
def _dictionary(locale: str) -> Pyphen:
    return Pyphen(lang="nl_NL" if locale == "nl" else "en_GB")


@dataclass(frozen=True, slots=True)
class _Font:
    """Of font_metrics.json, in em."""

    widths: dict[str, float]
    """Also of the letters that the other face draws."""
    ascent: float
    descent: float
    row_of: dict[str, int]
    column_of: dict[str, int]
    rows: list[list[float]]


@cache
def _font(face: Face) -> _Font:
    data = _data()[face.file]
    em = data["em"]
    return _Font(
        widths=(_widths(face.other) if face.other else {}) | _widths(face.file),
        ascent=data["ascent"] / em,
        descent=data["descent"] / em,
        row_of=dict(zip(data["kerned"], data["row_of"], strict=True)),
        column_of=dict(zip(data["kerned"], data["column_of"], strict=True)),
        rows=[[units / em for units in row] for row in data["rows"]],
    )


def _widths(file: str) -> dict[str, float]:
    data = _data()[file]
    return {letter: units / data["em"] for letter, units in data["widths"].items()}


@cache
def _data() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(DATA.read_text())
    return table
