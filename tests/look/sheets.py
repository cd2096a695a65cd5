"""Lays the pictures on sheets: an index.html, and for each group PNGs that show many at once."""

import html
import itertools
import re

from PIL import Image, ImageDraw, ImageFont

GROUPS = ("public", "personal", "partner", "ambassador", "desk", "letters", "kits")
SHEET, GAP, LABEL = 2400, 24, 26
"""Pixels: a sheet is at most so wide, and about so high."""
SMALLER = {1280: 0.5, 600: 0.75, 360: 0.75, 320: 0.85}
TALLEST = 1900
HEAD = """<!doctype html><meta charset="utf-8"><title>The look</title><style>
body { font: 14px sans-serif; background: #888 }
figure { display: inline-block; margin: 6px; vertical-align: top }
img { max-width: 300px; max-height: 700px } h2 { color: #fff }
</style>"""


def lay(to):
    lines = [HEAD]
    for group in GROUPS:
        files = sorted((to / group).glob("*.png")) if (to / group).is_dir() else []
        lines.append(f"<h2>{group}: {len(files)}</h2>")
        lines += [_thumbnail(to, file) for file in files]
        for width, kept in itertools.groupby(sorted(files, key=_by_kind), _kind):
            _sheets(to, f"{group}-{width}", list(kept))
    (to / "index.html").write_text("\n".join(lines))
    print(f"Look at {to / 'index.html'} and {to}/sheet-*.png")


def _kind(file):
    """`1280-dark`, or nothing where there is only one kind."""
    found = re.search(r"-(\d+-(light|dark))\.png$", file.name)
    return found[1] if found else "all"


def _by_kind(file):
    return _kind(file), file.name


def _thumbnail(to, file):
    address = html.escape(str(file.relative_to(to)))
    caption = html.escape(file.stem)
    picture = f'<a href="{address}"><img loading="lazy" src="{address}" alt=""></a>'
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"


def _sheets(to, name, files):
    """Rows of pictures, each shrunk by its width's measure; a new sheet when one is full."""
    font = ImageFont.load_default(size=18)
    x = y = row = 0
    number, sheet = 1, None
    for file in files:
        picture = _small(file)
        if sheet and x + picture.width > SHEET:
            x, y, row = 0, y + row + GAP, 0
        if sheet and y + picture.height + LABEL > SHEET:
            _keep(sheet, to, name, number)
            number, sheet = number + 1, None
        if sheet is None:
            sheet, x, y, row = Image.new("RGB", (SHEET, SHEET), "#808080"), 0, 0, 0
        ImageDraw.Draw(sheet).text((x, y), _caption(file), "white", font)
        sheet.paste(picture, (x, y + LABEL))
        x, row = x + picture.width + GAP, max(row, picture.height + LABEL)
    if sheet:
        _keep(sheet, to, name, number)


def _caption(file):
    return re.sub(r"-\d+-(light|dark)$", "", file.stem)[-60:]


def _small(file):
    with Image.open(file) as opened:
        scale = SMALLER.get(opened.width, min(1, 700 / opened.width))
        height = min(opened.height, round(TALLEST / scale))
        shown = opened.convert("RGB").crop((0, 0, opened.width, height))
        size = (round(opened.width * scale), round(height * scale))
        return shown.resize(size, Image.Resampling.LANCZOS)


def _keep(sheet, to, name, number):
    used = sheet.getbbox()
    sheet.crop(used).save(to / f"sheet-{name}-{number}.png")
