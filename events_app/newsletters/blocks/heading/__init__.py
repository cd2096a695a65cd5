from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said


def values(data: Data, _scene: Scene) -> Values:
    return {"words": said(data, "words")}


def sample() -> Data:
    return {"kind": "heading", "words": _("On stage this spring")}


BLOCK = Block(
    kind="heading",
    label=_("Heading"),
    fields=(Field("words", _("Heading"), most=120),),
    values=values,
    sample=sample,
)
