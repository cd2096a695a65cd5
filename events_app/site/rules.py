from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor asks through the contact form."""

    name: str
    email: str
    words: str
    language: str
