"""An article for an intranet or a website: short, long, and as HTML to paste."""

from events_app.core.text import lazy as _
from events_app.core.text import translator
from events_app.kits.assets.drawing import post, words
from events_app.kits.assets.drawing.paper import page
from events_app.kits.rules.channels import channel
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "text/article"
LABEL = _("Article for intranet or website")
AFFECTED_BY = (post.AFFECTED_BY - {"hashtags"}) | {
    "short_title",
    "description",
    "quote",
    "source_line",
}


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    limits = channel("article")
    whole = words.told(facts)
    short, long = (post.told(facts, whole, most) for most in limits["words"])
    values = {
        "title": facts.title,
        "head": post.cut(facts.short_title or facts.title, limits["title"]),
        "meta": post.cut(facts.lead or post.opening(whole) or facts.title, limits["meta"]),
        "short": short,
        "long": long,
        "quote": facts.quote,
        "where": words.where(facts, locale),
        "access": words.access(facts),
        "source_line": facts.source_line,
        **post.values(ROLE, facts, brand, locale),
    }
    folder = post.folder(__file__)
    text = post.tidy(page(f"{folder}/{locale}.txt", locale, **values))
    html = page(f"{folder}/article.html", locale, **values)
    _ = translator(locale)
    name = _("article")
    return (
        post.text_file(ROLE, f"{name}.txt", text),
        post.text_file(f"{ROLE}/html", f"{name}.html", html, "text/html"),
    )
