"""Signs that no picture or document can show, found before anyone prints."""

from collections.abc import Mapping, Sequence

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import words
from events_app.kits.render.typesetting import undrawable
from events_app.kits.rules.values import Brand, Facts


def lacking(said: Mapping[str, Facts], brand: Brand) -> list[tuple[str, str]]:
    """Where the words have signs that our fonts lack, in any language, and which: an emoji as much
    as a letter of another script.
    """
    found: dict[str, list[str]] = {}
    for locale, facts in said.items():
        for where, parts in _drawn(facts, brand, locale):
            found.setdefault(where, []).extend(parts)
    signs = {where: undrawable("\n".join(parts)) for where, parts in found.items()}
    return [(where, ", ".join(each)) for where, each in signs.items() if each]


def _drawn(facts: Facts, brand: Brand, locale: str) -> list[tuple[str, Sequence[str]]]:
    quote, cover = facts.quote, facts.cover
    return [
        (str(_("Title")), (facts.title, facts.short_title)),
        (str(_("Introduction")), (facts.lead,)),
        (str(_("Description")), (facts.description,)),
        (str(_("Where")), (words.place(facts, locale), words.directions(facts))),
        (str(_("Sectors")), [sector.name for sector in facts.sectors]),
        (str(_("Senders")), [one.name for one in facts.senders if not one.logo]),
        (str(_("Partner")), (brand.name,)),
        (str(_("Quote")), (quote.words, quote.person, quote.role) if quote else ()),
        (str(_("Picture")), (cover.credit,) if cover else ()),
    ]
