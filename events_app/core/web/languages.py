"""The address says the language (?lang=en), and every link on the page keeps it; no cookie."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from events_app.core import links, text

LONGEST_PATH = 1000
"""Of where people want to go back to: it travels in a cookie, and browsers drop a large one."""


def chosen_language() -> str:
    wanted = request.args.get("lang") if request else None
    return wanted if wanted in text.LANGUAGES else text.DEFAULT


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if request and text.language() != text.DEFAULT and endpoint != "core.asset":
        values.setdefault("lang", text.language())


def url_for_locale(code: str) -> str:
    """This page in the other language."""
    return _here("lang", code if code != text.DEFAULT else "")


def url_for_page(number: int) -> str:
    """Another page of the list that is shown; its filters stay."""
    return _here("page", str(number))


def own_address(code: str, **kept: str | None) -> str:
    """The whole address of this page in that language, for search engines and for sharing.

    Of the query string it keeps only what makes it another page.
    """
    said = {name: value for name, value in kept.items() if value}
    if code != text.DEFAULT:
        said["lang"] = code
    return links.base() + quote(request.path) + ("?" + urlencode(said) if said else "")


def _here(name: str, value: str) -> str:
    """This address with one argument changed; `//host` does not become another site."""
    return with_filters(quote("/" + request.path.lstrip("/\\")), **{name: value})


def with_filters(address: str, **changed: str | int) -> str:
    """An address of ours with the arguments of this page, some of them changed or left out.

    What readers typed in them stays text: none of it becomes an option of url_for.
    """
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in changed]
    kept += [(name, str(value)) for name, value in changed.items() if value]
    return address.partition("?")[0] + ("?" + urlencode(kept) if kept else "")


def local_path(value: str) -> str:
    """A path on this site, or the front page: no one is sent elsewhere by a link of ours."""
    is_path = value.startswith("/") and not value.startswith(("//", "/\\"))
    return value if is_path and value.isprintable() and len(value) <= LONGEST_PATH else "/"
