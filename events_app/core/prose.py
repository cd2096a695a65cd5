"""Markdown, read once for every medium: pages, letters, articles, newsletters and flyers.

A text is a row of blocks. Whoever shows a part of it takes whole blocks: lists stay lists, tables
stay tables or are left out, and no text ends with a heading.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

_reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_reader.add_render_rule(
    "image", lambda _self, tokens, index, _options, _env: escape(tokens[index].content)
)  # no medium takes a picture from elsewhere: its description is shown instead
_TAGS = {
    "p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "h2", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "hr",
}  # fmt: skip
HIGHEST, LOWEST = 2, 4
"""Headings: the page or letter around the text has the first."""
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
PAIR = 2
"""Columns of a table that reads as a list of pairs."""


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    QUOTE = "blockquote"
    CODE = "code"
    RULE = "hr"


class Item(NamedTuple):
    sign: str
    """- or 1."""
    words: str
    depth: int = 0
    """How many lists its own list is in."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    words: str
    """As a person would type it in a plain letter."""
    html: str
    """Safe, with headings from h2."""
    level: int = 0
    """Of a heading: 1 is the highest."""
    items: tuple[Item, ...] = ()
    """Of a list: one after the other, also those of lists within it."""
    source: str = ""
    """Of a paragraph: its Markdown."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Each item of a list, or else the whole block; without the sign of a quote."""
        own = _QUOTED.sub("", self.words) if self.kind is Kind.QUOTE else self.words
        whole = tuple(item.words for item in self.items) or (own,)
        return tuple(" ".join(words.split()) for words in whole)


# -- reading


def html(source: str, *, base: str = "") -> str:
    """All of it, safe; headings begin at h2 and end at h4. `base`: what addresses of pages of ours
    begin with where the text is read elsewhere.
    """
    return _html(_parsed(source, base))


def plain(source: str, *, base: str = "") -> str:
    """All of it, as a person would type it in a plain letter."""
    return "\n\n".join(block.words for block in blocks(source, base=base))


def blocks(source: str, *, base: str = "") -> tuple[Block, ...]:
    """Its highest headings become h2."""
    nodes = [node for node in Node(_parsed(source, base)).children if _words(node)]
    levels = [_level(node) for node in nodes if node.type == Kind.HEADING]
    lift = HIGHEST - min(levels, default=HIGHEST)
    return tuple(_block(node, lift) for node in nodes)


def _parsed(source: str, base: str) -> list[Token]:
    tokens = _reader.parse(source)
    for token in (inner for each in tokens for inner in each.children or ()):
        address = str(token.attrs.get("href", ""))
        if token.type == "link_open" and _OURS.match(address):
            token.attrs["href"] = base + address
    return tokens


def _block(node: Node, lift: int) -> Block:
    kind = _KINDS.get(node.type, Kind.CODE)
    level = _level(node) if kind is Kind.HEADING else 0
    items = tuple(_items(node)) if kind is Kind.LIST else ()
    source = node.children[0].content if kind is Kind.PARAGRAPH else ""
    return Block(kind, _words(node), _html(node.to_tokens(), lift).strip(), level, items, source)


def _level(node: Node) -> int:
    return int(node.tag[1:])


def _html(tokens: Sequence[Token], lift: int = 0) -> str:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1:]) + lift, HIGHEST), LOWEST)}"
    made = _reader.renderer.render(tokens, _reader.options, {})
    safe = nh3.clean(
        made, tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}},
        link_rel="noopener noreferrer", url_schemes={"https", "http", "mailto", "tel"},
    )  # fmt: skip
    return safe.replace("<th></th>", "<td></td>")  # a corner that heads nothing


# -- taking a part


def cut(whole: Iterable[Block], most_words: int, *, least_one: bool = False) -> list[Block]:
    """Whole blocks from the start, at most so many words; never ends with a heading, or with words
    that lead to what is left out. `least_one`: of a first paragraph that is too long by itself
    whole sentences.
    """
    taken: list[Block] = []
    left = most_words
    for block in whole:
        size = len(block.words.split())
        if size > left:
            if least_one and not taken and block.kind is Kind.PARAGRAPH:
                taken.append(shortened(block, left))
            break
        taken.append(block)
        left -= size
    else:
        return ended(taken, is_whole=True)
    return ended(taken)


def ended(taken: Sequence[Block], *, is_whole: bool = False) -> list[Block]:
    """Without a heading or rule at the end; nor words that lead to what does not follow."""
    kept = list(taken)
    while kept and (kept[-1].kind in _OPEN or (not is_whole and kept[-1].words.endswith(":"))):
        kept.pop()
        is_whole = False
    return kept


def without_tables(whole: Iterable[Block]) -> list[Block]:
    """And without what led to them: words that end with a colon, headings with nothing below."""
    kept: list[Block] = []
    for block in whole:
        if block.kind is Kind.TABLE:
            while kept and kept[-1].kind is not Kind.HEADING and kept[-1].words.endswith(":"):
                kept.pop()
            continue
        while kept and _is_empty(kept[-1], block):
            kept.pop()
        kept.append(block)
    return ended(kept, is_whole=True)


def _is_empty(heading: Block, next_: Block) -> bool:
    """Whether the next heading, of the same or a higher rank, follows without words between."""
    both = heading.kind is next_.kind is Kind.HEADING
    return both and next_.level <= heading.level


def sentences(words: str, most_words: int) -> str:
    """Whole ones from the start, at most so many words; the first one in any case."""
    taken: list[str] = []
    for sentence in _sentences(words):
        if taken and len(" ".join([*taken, sentence]).split()) > most_words:
            break
        taken.append(sentence)
    return " ".join(taken)


def _sentences(words: str) -> list[str]:
    """A stop behind an abbreviation or an initial, or before a small letter, ends none."""
    found = [""]
    for part in _SENTENCE.split(" ".join(words.split())):
        is_new = found[-1] and not _SHORT.search(found[-1]) and not part[:1].islower()
        if is_new:
            found.append(part)
        else:
            found[-1] = f"{found[-1]} {part}".strip()
    return found


def shortened(block: Block, most_words: int) -> Block:
    """Of a paragraph whole sentences, at most so many words; its links and stress stay where no
    sentence ends within them.
    """
    words = sentences(block.words, most_words)
    source = " ".join(block.source.split())
    for end in (each.end() for each in _STOP.finditer(source)):
        only = _paragraph(source[:end])
        if only and only.words == words:
            return only
        if only and len(only.words) > len(words):
            break
    return replace(block, words=words, html=f"<p>{escape(words)}</p>")


def _paragraph(source: str) -> Block | None:
    parts = blocks(source)
    return parts[0] if len(parts) == 1 and parts[0].kind is Kind.PARAGRAPH else None


# -- plain words


def _words(node: Node) -> str:
    return _DRAWN.get(node.type, _as_it_is)(node)


def _apart(node: Node) -> str:
    return "\n\n".join(filter(None, map(_words, node.children)))


def _together(node: Node) -> str:
    return "\n".join(filter(None, map(_words, node.children)))


def _list(node: Node) -> str:
    return "\n".join(
        _behind(f"{sign} ", _together(item))
        for sign, item in zip(_signs(node), node.children, strict=True)
    )


def _signs(node: Node) -> list[str]:
    first = int(node.attrs.get("start", 1))
    numbers = range(first, first + len(node.children))
    return [f"{n}." if node.type == "ordered_list" else "-" for n in numbers]


def _items(node: Node, depth: int = 0) -> Iterator[Item]:
    for sign, item in zip(_signs(node), node.children, strict=True):
        own = [child for child in item.children if _KINDS.get(child.type) is not Kind.LIST]
        yield Item(sign, "\n".join(filter(None, map(_words, own))), depth)
        for inner in item.children:
            if _KINDS.get(inner.type) is Kind.LIST:
                yield from _items(inner, depth + 1)


def _quote(node: Node) -> str:
    return "> " + _apart(node).replace("\n", "\n> ")


def _table(node: Node) -> str:
    """An item for each row: its first cell, and what the others say, under their heads where there
    are several.
    """
    rows = [
        [_words(cell) for cell in row.children] for part in node.children for row in part.children
    ]
    heads, rows = rows[0], rows[1:] or rows[:1]
    return "\n".join(_behind("- ", _row(heads, cells)) for cells in rows if any(cells))


def _row(heads: list[str], cells: list[str]) -> str:
    first, *others = cells
    told = [(head, cell) for head, cell in zip(heads[1:], others, strict=True) if cell]
    if len(heads) > PAIR and told:
        return "\n".join((first, *(f"{head}: {cell}" if head else cell for head, cell in told)))
    return ": ".join(filter(None, (first.rstrip(":"), *(cell for _head, cell in told))))


def _rule(_node: Node) -> str:
    return "- - -"


def _line(node: Node) -> str:
    return _pieces(node.children)


def _as_it_is(node: Node) -> str:
    return node.content.rstrip()


def _behind(sign: str, words: str) -> str:
    return sign + words.replace("\n", "\n" + " " * len(sign))


def _pieces(nodes: Iterable[Node]) -> str:
    return "".join(_piece(node) for node in nodes)


def _piece(node: Node) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "link":
        words, address = _pieces(node.children), str(node.attrs["href"])
        is_known = words == address or not address or _OURS.match(address)
        return words if is_known else f"{words} <{address}>"
    if node.type in ("inline", "strong", "em"):
        return _pieces(node.children)
    return node.content


_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_STOP = re.compile(r"\S*[.!?]\S*(?=\s|$)")
_SHORT = re.compile(
    r"(?i:(?<!\w)(?:[a-z]|dr|drs|ds|prof|ir|ing|mr|mrs|ms|mw|mevr|dhr|bijv|bv|vs|ca|nr|blz|art|incl"
    r"|excl|resp|st|jr|sr|(?:\w\.)+\w)\.)$"
)
_OURS = re.compile(r"/(?!/)")
"""A page of this site."""
_OPEN = (Kind.HEADING, Kind.RULE)
_KINDS = {
    "heading": Kind.HEADING,
    "paragraph": Kind.PARAGRAPH,
    "bullet_list": Kind.LIST,
    "ordered_list": Kind.LIST,
    "table": Kind.TABLE,
    "blockquote": Kind.QUOTE,
    "hr": Kind.RULE,
}
_DRAWN = {
    "paragraph": _line,
    "heading": _line,
    "th": _line,
    "td": _line,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "table": _table,
    "hr": _rule,
}
