"""QR codes: always of the short link, with the quiet zone of four modules that readers need."""

import io

import segno

from events_app.kits.assets.stagecraft.stage import NIGHT

QUIET = 4


def svg(link: str) -> str:
    target = io.BytesIO()
    _code(link).save(target, kind="svg", border=QUIET, dark=NIGHT, light="#ffffff", xmldecl=False)
    return target.getvalue().decode()


def png(link: str, scale: int) -> bytes:
    target = io.BytesIO()
    _code(link).save(target, kind="png", border=QUIET, dark=NIGHT, light="#ffffff", scale=scale)
    return target.getvalue()


def modules(link: str) -> int:
    """Modules along one side, quiet zone included."""
    return int(_code(link).symbol_size(border=QUIET)[0])


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")
