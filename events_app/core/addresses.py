"""E-mail addresses among words."""

import re
from typing import Any


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
