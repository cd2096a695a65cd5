from collections.abc import Callable
from dataclasses import dataclass

from babel.support import LazyProxy

from events_app.core.text import lazy as _

MayOpen = Callable[[str], bool]
"""Whether who asks may open this page of the desk."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What a visitor asks through the contact form."""

    name: str
    email: str
    words: str
    language: str


STAGE = _("Where work, learning and innovation come on stage.")
CARDS: dict[str, tuple[LazyProxy, LazyProxy]] = {
    "home": (
        _("Work, learning and innovation on stage"),
        _("Op de Bühne shows what the Human Capital programme of the top sectors achieves."),
    ),
    "agenda": (_("Agenda"), STAGE),
    "about": (
        _("About Op de Bühne"),
        _("The stage of the Human Capital programme of the Dutch top sectors."),
    ),
    "partners": (_("For partners"), _("Tell it in your own name. We make the material.")),
    "ambassadors": (
        _("For ambassadors"),
        _("You invite people in your own name, from your own sector and region."),
    ),
    "newsletter": (
        _("The newsletter of Op de Bühne"),
        _("Events, examples and results in your mailbox. You choose the topics."),
    ),
    "archive": (_("Earlier newsletters"), _("All newsletters of Op de Bühne, the newest first.")),
    "contact": (
        _("Contact"),
        _("Ask us about an event, your registration, the newsletter or a kit."),
    ),
    "privacy": (_("Privacy"), _("We ask what we need and say why. We do not follow you.")),
    "accessibility": (
        _("Accessibility"),
        _("Everyone can use this site, on any screen, with a keyboard or a screen reader."),
    ),
    "security": (_("Security"), _("How we keep your data safe, and how to report a weak spot.")),
}
"""What the cards of the pages without rows of their own say: a title, and one sentence."""
