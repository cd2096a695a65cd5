"""Markdown as a person would type it in a plain letter: from the same source as the HTML."""

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

_reader = MarkdownIt("commonmark", {"html": False}).enable("table")


def of(source: str) -> str:
    return _apart(Node(_reader.parse(source)))


def _apart(node: Node) -> str:
    return "\n\n".join(_blocks(node))


def _together(node: Node) -> str:
    return "\n".join(_blocks(node))


def _blocks(node: Node) -> list[str]:
    made = (_DRAWN.get(child.type, _as_it_is)(child) for child in node.children)
    return [words for words in made if words]


def _list(node: Node) -> str:
    first = int(node.attrs.get("start", 1))
    return "\n".join(
        _behind("- " if node.type == "bullet_list" else f"{number}. ", _together(item))
        for number, item in enumerate(node.children, first)
    )


def _quote(node: Node) -> str:
    return "> " + _apart(node).replace("\n", "\n> ")


def _row(node: Node) -> str:
    return " | ".join(_blocks(node))


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
        return words if words == address else f"{words} <{address}>"
    if node.type in ("inline", "strong", "em"):
        return _pieces(node.children)
    return node.content


_DRAWN = {
    "paragraph": _line,
    "heading": _line,
    "th": _line,
    "td": _line,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "table": _together,
    "thead": _together,
    "tbody": _together,
    "tr": _row,
    "hr": _rule,
}
