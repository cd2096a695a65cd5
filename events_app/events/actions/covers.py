"""Pictures on their way in: made safe, and kept in the widths that pages ask for."""

from events_app.core import files, pictures
from events_app.core.db import let_go
from events_app.events.rules import Cover

WIDTHS = (480, 960, 1600)


def keep_cover(data: bytes) -> Cover:
    """Raises PictureRefused. Takes a second or two: the database is let go of meanwhile."""
    let_go()
    png, width, height = pictures.safe_picture(data)
    return Cover(
        key=files.keep(png),
        width=width,
        height=height,
        webp={str(each): files.keep(pictures.as_webp(png, each)) for each in WIDTHS},
    )
