"""File names that people understand, and where each file lies in the ZIP."""

import re
import unicodedata
from zoneinfo import ZoneInfo

from events_app.kits.rules.values import Facts, File

LONGEST = 40
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "đ": "d", "ł": "l", "ı": "i"})


def file_name(facts: Facts, file: File) -> str:
    """Such as: 2027-03-18_leren-waar-het-werk-verandert_linkedin_1200x627_v3.png."""
    stem, dot, ending = file.suffix.rpartition(".")
    moment = facts.starts_at
    date = moment.astimezone(ZoneInfo(facts.timezone)).strftime("%Y-%m-%d") if moment else ""
    parts = (date, slug(facts.short_title or facts.title), stem, f"v{facts.version}")
    return "_".join(part for part in parts if part) + dot + ending


def path(facts: Facts, file: File) -> str:
    """Grouped by use: social/…, print/…, text/…, more/…."""
    return f"{group(file.role)}/{file_name(facts, file)}"


def group(role: str) -> str:
    return role.partition("/")[0]


def slug(words: str) -> str:
    """Lower case letters, digits and hyphens, cut between words."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(LETTERS))
    parts = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    name = ""
    for part in parts:
        if name and len(name) + 1 + len(part) > LONGEST:
            break
        name = f"{name}-{part}" if name else part[:LONGEST]
    return name or "kit"
