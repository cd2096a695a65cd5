"""Lays the pictures on sheets: an index.html, and for each group PNGs that show many at once."""

import html
import itertools
import re

from PIL import Image, ImageChops, ImageDraw, ImageFont

GROUPS = ("public", "personal", "partner", "ambassador", "desk", "letters", "kits")
SHEET, GAP, LABEL = 1560, 16, 22
"""Pixels: no sheet is wider or higher, so that it can be looked at as it is."""
SMALLER = {1280: 0.39, 600: 0.5, 360: 0.68, 320: 0.7}
TALLEST, GREY = 1500, "#707070"
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
    """Columns side by side, each filled from the top; a new sheet when no column is left."""
    pictures = [(_caption(file), _small(file)) for file in files]
    sheets, columns = [], []
    for caption, picture in pictures:
        height, width = picture.height + LABEL + GAP, picture.width + GAP
        fitting = [c for c in columns if c["y"] + height <= SHEET and c["width"] == width]
        if not fitting:
            x = sum(column["width"] for column in columns)
            if not sheets or x + width > SHEET + GAP:
                sheets.append(Image.new("RGB", (SHEET, SHEET), GREY))
                columns, x = [], 0
            columns.append({"x": x, "y": 0, "width": width})
            fitting = columns[-1:]
        column = fitting[0]
        draw = ImageDraw.Draw(sheets[-1])
        draw.text((column["x"], column["y"]), caption, "white", ImageFont.load_default(size=15))
        sheets[-1].paste(picture, (column["x"], column["y"] + LABEL))
        column["y"] += height
    for number, sheet in enumerate(sheets, 1):
        used = ImageChops.difference(sheet, Image.new("RGB", sheet.size, GREY)).getbbox()
        sheet.crop((0, 0, *used[2:])).save(to / f"sheet-{name}-{number}.png")


def _caption(file):
    return re.sub(r"-\d+-(light|dark)$", "", file.stem)[-58:]


def _small(file):
    with Image.open(file) as opened:
        scale = SMALLER.get(opened.width, min(1, 500 / opened.width))
        height = min(opened.height, round(TALLEST / scale))
        shown = opened.convert("RGB").crop((0, 0, opened.width, height))
        size = (round(opened.width * scale), round(height * scale))
        return shown.resize(size, Image.Resampling.LANCZOS)
