from collections.abc import Iterator

from flask_babel import LazyString

from events_app.core import links
from events_app.core.letters import Url
from events_app.core.text import lazy as _
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, Values, said

COLUMN = 552
"""Pixels: what the letter's one column is wide between its edges."""


def values(data: Data, scene: Scene) -> Values:
    made: Values = {name: said(data, name) for name in ("alt", "caption", "credit")}
    picture = scene.pictures.get(said(data, "picture"))
    if picture is None:
        return made | {"src": ""}
    return made | {
        "src": Url(links.to("newsletters.picture", key=picture.key, lang=None)),
        "width": picture.width,
        "height": picture.height,
        "shown": min(picture.width, COLUMN),
    }


def more_problems(data: Data, scene: Scene) -> Iterator[LazyString]:
    key = said(data, "picture")
    if key and key not in scene.pictures:
        yield _("This picture is no longer there. Choose it again.")


def sample() -> Data:
    return {
        "kind": "picture",
        "picture": "0" * 64,
        "alt": _("Students and a foreman at a milling machine."),
        "caption": _("Learning at the machine."),
        "credit": "Demo Foto",
    }


BLOCK = Block(
    kind="picture",
    label=_("Picture"),
    fields=(
        Field(
            "picture",
            _("Picture"),
            "picture",
            help=_("PNG, JPEG or WebP of at most 10 MB, best 1200 pixels wide."),
            missing=_("Choose a picture."),
        ),
        Field(
            "alt",
            _("What is to be seen"),
            most=300,
            help=_("For who cannot see the picture. Say what matters of it."),
            missing=_("Say what is to be seen, for who cannot see the picture."),
        ),
        Field("caption", _("Caption"), most=300, is_required=False),
        Field("credit", _("Made by"), most=120, is_required=False),
    ),
    values=values,
    sample=sample,
    more_problems=more_problems,
)
