"""E-mail addresses among words."""

import re
from typing import Any

_LIKE_AN_ADDRESS = re.compile(r"[^\s<>\"(),:;\\\[\]@]+@[^\s<>\"(),:;\\\[\]@'?&/]+")


def addresses_in(words: Any) -> set[str]:
    """All that look like addresses in these words, also of a list or a dict, lower case; now and
    then one too many, with the punctuation around it.
    """
    if isinstance(words, dict):
        return set().union(*(addresses_in(each) for each in (*words, *words.values())))
    if isinstance(words, list):
        return set().union(*(addresses_in(each) for each in words))
    if isinstance(words, bytes):
        words = words.decode(errors="replace")
    found = _LIKE_AN_ADDRESS.findall(words.lower()) if isinstance(words, str) else []
    return {*found, *(each.strip("'.!*_-") for each in found)}


def stands_in(email: str, words: Any) -> bool:
    """Whether these words, also of a list or a dict, hold this address: not as a part of a longer
    one, and whatever its capitals.
    """
    if isinstance(words, dict):
        return any(stands_in(email, each) for each in (*words, *words.values()))
    if isinstance(words, list):
        return any(stands_in(email, each) for each in words)
    whole = rf"(?<![\w.+%-]){re.escape(email)}(?![\w-]|\.\w)"
    return isinstance(words, str) and re.search(whole, words, re.IGNORECASE) is not None
