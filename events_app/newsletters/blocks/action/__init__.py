from events_app.core.letters import Url
from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said
from events_app.newsletters.rules import addresses


def values(data: Data, _scene: Scene) -> Values:
    link = said(data, "link")
    return {
        "words": said(data, "words"),
        "label": said(data, "label"),
        "link": Url(link) if addresses.is_whole(link) else "",
    }


def sample() -> Data:
    return {
        "kind": "action",
        "words": _("Does your region have a learning community of its own? Tell us about it."),
        "label": _("Write to us"),
        "link": "https://example.org/contact",
    }


BLOCK = Block(
    kind="action",
    label=_("Call to action"),
    fields=(
        Field("words", _("Sentence above the button"), most=300, is_required=False),
        Field(
            "label",
            _("Words on the button"),
            most=60,
            help=_("Say what happens, such as: Read the whole report."),
        ),
        Field("link", _("Link"), "link", most=1000, help=_("Begins with https://.")),
    ),
    values=values,
    sample=sample,
)
