"""File names that people understand, and where each file is in the ZIP."""

from zoneinfo import ZoneInfo

from events_app.core import text
from events_app.kits.rules.values import Facts, File, Kept

LONGEST = 40


def file_name(facts: Facts, file: File | Kept) -> str:
    """Such as: 2027-03-18_leren-waar-het-werk-verandert_linkedin_1200x627_v3.png."""
    stem, dot, ending = file.suffix.rpartition(".")
    moment = facts.starts_at
    date = moment.astimezone(ZoneInfo(facts.timezone)).strftime("%Y-%m-%d") if moment else ""
    parts = (
        date,
        text.slug(facts.short_title or facts.title, most=LONGEST) or "kit",
        stem,
        f"v{facts.version}",
    )
    return "_".join(part for part in parts if part) + dot + ending


def path(facts: Facts, file: File | Kept) -> str:
    """Grouped by use: social/…, print/…, text/…, more/…."""
    return f"{group(file.role)}/{file_name(facts, file)}"


def group(role: str) -> str:
    return role.partition("/")[0]
