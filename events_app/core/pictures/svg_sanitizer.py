"""SVG from strangers: only shapes, words and colours, in a size that can be drawn.

An own allow-list: editors' private elements are left out, anything active, foreign or endless is
refused. What is allowed, the bounds and the attacks that are tried: DECISIONS.md, 13.
"""

import re
from collections.abc import Iterator

from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
ELEMENTS = frozenset({
    "svg", "g", "defs", "title", "desc", "symbol", "use", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop",
    "clipPath", "mask", "pattern", "image", "style",
})  # fmt: skip
LEFT_OUT = frozenset({"metadata"})
ATTRIBUTES = frozenset({
    "id", "class", "style", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry",
    "fx", "fy", "dx", "dy", "rotate", "points", "width", "height", "viewBox",
    "preserveAspectRatio", "transform", "offset", "gradientUnits", "gradientTransform",
    "spreadMethod", "patternUnits", "patternContentUnits", "patternTransform", "clipPathUnits",
    "clip-path", "clip-rule", "mask", "maskUnits", "maskContentUnits", "fill", "fill-opacity",
    "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color", "display",
    "visibility", "overflow", "stop-color", "stop-opacity", "font-family", "font-size",
    "font-style", "font-weight", "text-anchor", "letter-spacing", "dominant-baseline",
    "textLength", "lengthAdjust", "version", "type",
})  # fmt: skip
MOST_ELEMENTS = 5_000
MOST_DRAWN = 20_000
"""Elements when each `use` is written out."""
DEEPEST = 64
DEEPEST_USE = 2
LONGEST_VALUE = 200_000
STRETCH = 20
PICTURE = re.compile(r"data:image/(png|jpe?g|webp|gif);base64,[A-Za-z0-9+/=\s]*\Z")
REFERENCE = re.compile(r"url\(\s*[\"']?\s*(?!#)", re.IGNORECASE)
STYLE = re.compile(r"@|\\|<!|expression|javascript|behaviou?r|-moz-binding", re.IGNORECASE)


class RefusedError(Exception):
    """Its only argument is the reason's name in `pictures._REASONS`."""


def cleaned(data: bytes) -> tuple[bytes, float]:
    """The SVG with only what we draw, and its width over its height."""
    root = _parsed(data)
    elements = list(root.iter(etree.Element))
    if len(elements) > MOST_ELEMENTS:
        raise RefusedError("complex")
    for element in elements:
        _check(element)
    _check_size(root)
    return etree.tostring(root), _ratio(root)


def _parsed(data: bytes) -> etree._Element:
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise RefusedError("doctype")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise RefusedError("complex" if "depth" in str(why) else "broken") from why
    if etree.ElementTree(root).docinfo.doctype:  # type: ignore[attr-defined]  # in any encoding
        raise RefusedError("doctype")
    if root.tag != SVG + "svg":
        raise RefusedError("broken")
    return root


def _check(element: etree._Element) -> None:
    """Leave out what editors add, refuse what is not ours to draw."""
    tag = str(element.tag)
    name = tag.removeprefix(SVG)
    parent = element.getparent()
    if (not tag.startswith(SVG) or name in LEFT_OUT) and parent is not None:
        parent.remove(element)
        return
    if name not in ELEMENTS:
        raise RefusedError("element")
    for attribute, value in list(element.attrib.items()):
        _check_attribute(element, str(attribute), str(value))
    if name == "style":
        _check_style(element.text or "")


def _check_attribute(element: etree._Element, name: str, value: str) -> None:
    if name.lower().startswith("on"):
        raise RefusedError("element")
    if len(value) > LONGEST_VALUE and name not in HREFS:
        raise RefusedError("complex")
    if name in HREFS:
        if not value.strip().startswith("#") and not PICTURE.match(value.strip()):
            raise RefusedError("outside")
        return
    if name not in ATTRIBUTES:
        del element.attrib[name]
    elif name == "style":
        _check_style(value)
    elif REFERENCE.search(value):
        raise RefusedError("outside")


def _check_style(style: str) -> None:
    if "@import" in style or "@font-face" in style or REFERENCE.search(style):
        raise RefusedError("outside")
    if STYLE.search(style):
        raise RefusedError("element")


def _check_size(root: etree._Element) -> None:
    """Depth, and what it comes to when every `use` is followed."""
    if max(sum(1 for _ in element.iterancestors()) for element in root.iter()) >= DEEPEST:
        raise RefusedError("complex")
    named = {str(element.get("id")): element for element in root.iter() if element.get("id")}
    if _drawn(root, named, 0, MOST_DRAWN) > MOST_DRAWN:
        raise RefusedError("complex")


def _drawn(element: etree._Element, named: dict[str, etree._Element], uses: int, left: int) -> int:
    count = 0
    for each in element.iter():
        count += 1
        for target in _targets(each, named):
            if uses == DEEPEST_USE:
                raise RefusedError("complex")
            count += _drawn(target, named, uses + 1, left - count)
        if count > left:
            raise RefusedError("complex")
    return count


def _targets(element: etree._Element, named: dict[str, etree._Element]) -> Iterator[etree._Element]:
    """What a `use` repeats."""
    if element.tag == SVG + "use":
        for href in HREFS:
            target = named.get((element.get(href) or "").strip().removeprefix("#"))
            if target is not None:
                yield target


def _ratio(root: etree._Element) -> float:
    box = [_number(part) for part in re.split(r"[\s,]+", (root.get("viewBox") or "").strip())]
    sizes = box[2:] if len(box) == 4 else [_number(root.get(n) or "") for n in ("width", "height")]  # noqa: PLR2004 -- x, y, width, height
    width, height = sizes
    if not (width > 0 and height > 0):
        raise RefusedError("broken")
    if not 1 / STRETCH <= width / height <= STRETCH:
        raise RefusedError("shape")
    if len(box) != 4:  # noqa: PLR2004 -- a box makes it scale
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    return width / height


def _number(value: str) -> float:
    found = re.match(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", value.strip(), re.IGNORECASE)
    return float(found.group()) if found else 0.0
