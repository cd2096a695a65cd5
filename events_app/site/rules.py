from collections.abc import Callable
from dataclasses import dataclass

MayOpen = Callable[[str], bool]
"""Whether who asks may open this page of the desk."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor asks through the contact form."""

    name: str
    email: str
    words: str
    language: str
