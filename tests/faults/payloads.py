"""Words that are out to run in somebody's browser, and how to see whether they could."""

import json
import re

import tinyhtml5

MARK = "qx7"
"""Stands in each payload and in no page of ours."""
PAYLOADS = (
    "\"><script>alert('qx7')</script>",
    "'><img src=x onerror=alert('qx7')>",
    "</title><svg onload=alert('qx7')>",
    "</textarea><script>alert('qx7')</script>",
    "</script><script>alert('qx7')</script>",
    "--><img src=x onerror=alert('qx7')>",
    "\" autofocus onfocus=alert('qx7') x=\"",
    "' autofocus onfocus='alert(`qx7`)",
    "javascript:alert('qx7')//",
    "[qx7](javascript:alert('qx7'))",
    "[qx7](<java\tscript:alert('qx7')>) <javascript:alert('qx7')>",
    "![qx7](x\"onerror=\"alert('qx7'))",
    "<a href=\"javascript:alert('qx7')\">qx7</a>",
    "<a href=\"java&#9;script:alert('qx7')\">qx7</a>",
    "<iframe srcdoc=\"<script>parent.alert('qx7')</script>\">",
    "<details open ontoggle=alert('qx7')>",
    "<style>@import'//qx7.example'</style><link rel=stylesheet href=//qx7.example>",
    "<base href=//qx7.example/><script src=//qx7.example></script>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert('qx7')\">",
    "<form action=\"javascript:alert('qx7')\"><button formaction=//qx7.example>",
    "<math><mtext><mglyph><style><!--</style><img title=\"--><img src=x onerror=alert('qx7')>",
    "<svg><style><img src=x onerror=alert('qx7')></style></svg><x-qx7 onclick=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert('qx7')>\">",
    "\\u003cscript\\u003ealert('qx7')\\u003c/script\\u003e{{7191*7}}${7191*7}%(qx7)s",
)
COUNTED = "50337"
"""What {{7191*7}} would print, were it taken for a template."""

_ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href"}
_RUNS = re.compile(r"[\s\0-\x20]*(javascript|vbscript|data:text/html)", re.IGNORECASE)


def alive(markup, *, is_letter=False):
    """What of a payload became an element, an attribute or an address that somebody's browser acts
    on. A letter has styles of its own."""
    found = [] if COUNTED not in markup else ["a template was run"]
    for element in tinyhtml5.parse(markup, namespace_html_elements=False).iter():
        if isinstance(element.tag, str):
            found += _lives(element, is_letter=is_letter)
    return found


def _lives(element, *, is_letter):
    tag, text = element.tag.rpartition("}")[2], element.text or ""
    if MARK in tag or (
        tag in ("base", "iframe", "object", "embed") and MARK in str(element.attrib)
    ):
        yield f"<{tag}>"
    if tag == "script" and not _is_data(element, text):
        yield f"<script> {text[:60]}"
    if tag == "style" and (f"//{MARK}" in text or not is_letter):
        yield f"<style> {text[:60]}"
    if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
        yield "<meta refresh>"
    for whole, value in element.attrib.items():
        name = str(whole).rpartition("}")[2].lower()
        if name.startswith("on") or MARK in name or name == "srcdoc":
            yield f"<{tag} {name}={value[:60]}>"
        if name in _ADDRESSES and (_RUNS.match(value) or f"//{MARK}" in value.partition("?")[0]):
            yield f"<{tag} {name}={value[:60]}>"


def _is_data(script, text):
    """A file of ours, or data that is whole."""
    if script.get("src", "").startswith("/assets/"):
        return True
    if script.get("type") != "application/ld+json":
        return False
    json.loads(text)
    return True
