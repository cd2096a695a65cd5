"""Which links an issue may have."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+\.?", re.IGNORECASE)
_HREF = re.compile(r'href="([^"]*)"')


def is_whole(link: str) -> bool:
    """A web address that readers can open: https, a host with a dot, nothing odd in it."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (UnicodeError, ValueError):
        return False
    return (
        parts.scheme == "https"
        and bool(_HOST.fullmatch(host))
        and parts.username is None
        and port in (None, 443)
        and link.isprintable()
        and " " not in link
    )


def is_good(link: str) -> bool:
    """For links inside a text, where an address to mail or call is welcome too."""
    return link.startswith(("mailto:", "tel:")) or is_whole(link)


def in_html(html: str) -> list[str]:
    return _HREF.findall(html)
