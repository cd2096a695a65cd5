"""Signs that no picture or document can show, found before anyone prints."""

from events_app.core.text import lazy as _
from events_app.kits.assets.stagecraft import words
from events_app.kits.render.type import undrawable
from events_app.kits.rules.values import Brand, Facts


def lacking(facts: Facts, brand: Brand, locale: str) -> list[tuple[str, str]]:
    """Where they stand, and which they are; an emoji as much as a letter of a script that our
    fonts lack.
    """
    quote = facts.quote
    drawn = (
        (_("Title"), (facts.title, facts.short_title)),
        (_("Introduction"), (facts.lead,)),
        (_("Description"), (facts.description,)),
        (_("Where"), (words.place(facts, locale), words.directions(facts))),
        (_("Sectors"), (sector.name for sector in facts.sectors)),
        (_("Senders"), (one.name for one in facts.senders if not one.logo)),
        (_("Partner"), (brand.name,)),
        (_("Quote"), (quote.words, quote.person, quote.role) if quote else ()),
    )
    found = [(str(where), undrawable("\n".join(said))) for where, said in drawn]
    return [(where, ", ".join(signs)) for where, signs in found if signs]
