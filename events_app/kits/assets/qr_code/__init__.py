"""The QR code of the partner's short link, for print of their own."""

from events_app.core.text import lazy as _
from events_app.core.text import translator
from events_app.kits.assets.drawing import code
from events_app.kits.assets.drawing.words import shown
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "more/qr"
LABEL = _("QR code")
AFFECTED_BY = frozenset({"links", "url"})
PIXELS = 1200


def build(facts: Facts, _brand: Brand, locale: str) -> tuple[File, ...]:
    link = facts.link(ROLE)
    _ = translator(locale)
    alt = _("QR code to %s") % shown(link)
    scale = max(1, PIXELS // code.modules(link))
    side = scale * code.modules(link)
    svg = code.svg(link).encode()
    return (
        File(f"{ROLE}/svg", "qr.svg", "image/svg+xml", svg, alt=alt),
        File(ROLE, "qr.png", "image/png", code.png(link, scale), side, side, alt=alt),
        File(f"{ROLE}/pdf", "qr.pdf", "application/pdf", code.pdf(link), alt=alt),
    )
