from events_app.core import links, prose, text
from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said


def values(data: Data, _scene: Scene) -> Values:
    words = said(data, "words")
    base = links.base()
    return {"html": text.markdown(words, base=base), "plain": prose.plain(words, base=base)}


def sample() -> Data:
    words = _(
        "Companies, schools and researchers **learn together** at the workplace. Three things"
        " they found:\n\n- begin small;\n- let learners teach;\n- tell what failed.\n\nRead"
        " [how a fieldlab does this](https://example.org/fieldlab)."
    )
    return {"kind": "text", "words": words}


BLOCK = Block(
    kind="text",
    label=_("Text"),
    fields=(
        Field(
            "words",
            _("Text"),
            "markdown",
            most=8000,
            help=_(
                "**bold**, *italic*, [words of a link](https://…). An empty line begins a new"
                " paragraph; a line that begins with - is an item of a list."
            ),
        ),
    ),
    values=values,
    sample=sample,
)
