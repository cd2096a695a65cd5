"""The partner's own newsletter: subject, preheader, two lengths of text, a block of HTML."""

from itertools import takewhile

from events_app.core import text
from events_app.core.prose import Kind
from events_app.core.text import lazy as _
from events_app.core.text import translator
from events_app.kits.assets.drawing import post, words
from events_app.kits.assets.drawing.paper import page
from events_app.kits.rules.channels import channel
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "text/newsletter"
LABEL = _("Text for a newsletter")
AFFECTED_BY = (post.AFFECTED_BY - {"hashtags"}) | {"short_title", "description"}


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    limits = channel("newsletter")
    whole = words.told(facts)
    most_short, most_long = limits["words"]
    first = takewhile(lambda block: block.kind is Kind.PARAGRAPH, whole)
    when_and_where = (words.short_when(facts, locale), words.place(facts, locale))
    preheader = ", ".join(part for part in when_and_where if part)
    values = {
        "subject": post.cut(facts.short_title or facts.title, limits["subject"]),
        "preheader": post.cut(text.opening(preheader) or facts.lead, limits["preheader"]),
        "title": facts.title,
        "short": post.told(facts, first, most_short),
        "long": post.told(facts, whole, most_long),
        **post.values(ROLE, facts, brand, locale),
    }
    folder = post.folder(__file__)
    words_ = post.tidy(page(f"{folder}/{locale}.txt", locale, **values))
    block = page(f"{folder}/block.html", locale, **values)
    _ = translator(locale)
    name = _("newsletter")
    return (
        post.text_file(ROLE, f"{name}.txt", words_),
        post.text_file(f"{ROLE}/html", f"{name}.html", block, "text/html"),
    )
