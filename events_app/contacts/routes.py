from flask import Response
from flask.typing import ResponseReturnValue

from events_app.contacts import queries
from events_app.core import files, web

bp = web.public("contacts", __name__)


@bp.get("/organisations/<int:key>/logo-<string(length=16):tag>.png")
def logo(key: int, tag: str) -> ResponseReturnValue:
    """`tag`: the first digits of the picture's SHA-256, so the address never shows another one."""
    answer = Response(files.read(queries.logo(key, tag)), mimetype="image/png")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return web.if_fresh(answer)
