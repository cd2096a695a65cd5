from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said


def values(data: Data, _scene: Scene) -> Values:
    return {name: said(data, name) for name in ("words", "name", "role")}


def sample() -> Data:
    return {
        "kind": "quote",
        "words": _("You do not learn to sail from the quay. Neither do we."),
        "name": "Demo de Vries",
        "role": _("teacher at a maritime school"),
    }


BLOCK = Block(
    kind="quote",
    label=_("Quote"),
    fields=(
        Field("words", _("What was said"), "lines", most=600, help=_("Without quotation marks.")),
        Field("name", _("Who said it"), most=120),
        Field("role", _("Role"), most=160, is_required=False),
    ),
    values=values,
    sample=sample,
)
