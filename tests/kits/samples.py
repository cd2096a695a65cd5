"""The sample with logos and pictures, and its worst cases; all names are made up."""

import hashlib
import io
from dataclasses import fields, is_dataclass, replace

from PIL import Image, ImageDraw

from events_app.kits.assets.drawing.sample import sample
from events_app.kits.rules import frozen as freezer
from events_app.kits.rules.values import Sender, SenderKind

LONG = (
    "Regionale werkconferentie arbeidsmarktkrapte: van O&O-fondsenbeleid naar"
    " praktijkleerovereenkomsten in de maakindustrie en de bouw, voor scholen en bedrijven"
)
WORD = "Arbeidsongeschiktheidsverzekeringspolis"


def png(image):
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def logo(width, height, colour, shape="bars"):
    w, h = width * 2, height * 2
    image = Image.new("RGBA", (w, h))
    pen = ImageDraw.Draw(image)
    if shape == "bars":
        for n in range(5):
            pen.rectangle((n * w / 5, h * (4 - n) / 6, (n + 0.7) * w / 5, h), fill=colour)
    elif shape == "disc":
        pen.ellipse((0, 0, h, h), fill=colour)
        pen.ellipse((h * 0.3, h * 0.3, h * 0.7, h * 0.7), fill=(0, 0, 0, 0))
        pen.rectangle((h * 1.2, h * 0.3, w, h * 0.7), fill=colour)
    else:
        pen.rectangle((0, 0, w, h), fill="#003399")
        pen.ellipse((w * 0.3, h * 0.1, w * 0.7, h * 0.9), outline="#ffcc00", width=12)
    return png(image.resize((width, height), Image.Resampling.LANCZOS))


def photo(width=1200, height=900):
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for n in range(12):
        box = (n * 90, 200 + n * 30, n * 90 + 260, 460 + n * 30)
        pen.ellipse(box, fill=(30 + n * 18, 90, 200 - n * 12))
    return png(image)


PICTURES = {}
"""By key, of what was frozen."""


def frozen(value):
    """Facts or a brand as a version keeps them: pictures by their key, the calendar file whole."""

    def closed(inner):
        if is_dataclass(inner):
            changes = {
                f.name: closed(getattr(inner, f.name)) for f in fields(inner) if f.name != "ics"
            }
            return replace(inner, **changes)
        if isinstance(inner, tuple):
            return tuple(closed(each) for each in inner)
        if isinstance(inner, bytes):
            key = hashlib.sha256(inner).hexdigest()
            PICTURES[key] = inner
            return freezer.unread(key)
        return inner

    return freezer.frozen(closed(value))


def facts(**changes):
    host = Sender("Stichting Samen Leren", SenderKind.HOST, logo(420, 120, "#7a1fa2", "disc"))
    return replace(sample()[0], **({"senders": (host,)} | changes))


def brand(**changes):
    return replace(sample()[1], **({"logo": logo(360, 200, "#00695c")} | changes))
