"""Two partners' kits of one event as they come out of the ZIP: every picture, every PDF page."""

import io
import zipfile

import pypdfium2
from PIL import Image

from events_app.contacts import queries as contacts
from events_app.kits import queries
from events_app.kits.models import Kit
from tests.look.house import personal

DOTS = 1.5
"""A PDF page at 108 dots an inch."""
MOST = 2
HEIGHT = 1200


def take(house, eye):
    kit = house.first(Kit)
    number = queries.versions(kit)[0].number
    for partner in contacts.partners()[:MOST]:
        path = house.path(
            "kits.archive", token=personal("partner", partner), code=kit.code, number=number
        )
        answer = eye.visitor.request.get(path, timeout=120_000)
        folder = eye.to / "kits"
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(answer.body())) as pack:
            for name in pack.namelist():
                for part, picture in enumerate(_pictures(name, pack.read(name))):
                    file = f"{partner.id}-{name.replace('/', '_')}-{part}.png"
                    picture.thumbnail((HEIGHT, HEIGHT))
                    picture.save(folder / file)
        print(f"kits/{partner.name}", flush=True)


def _pictures(name, data):
    if name.endswith(".png"):
        yield Image.open(io.BytesIO(data)).convert("RGBA")
    elif name.endswith(".pdf"):
        for page in pypdfium2.PdfDocument(data):
            yield page.render(scale=DOTS).to_pil()
