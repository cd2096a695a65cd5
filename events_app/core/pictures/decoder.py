"""The worker that decodes strangers' pictures; runs in a process of its own (core/sandbox.py)."""

import base64
import contextlib
import io
import math
import warnings
from collections import Counter
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from events_app.core.pictures import MOST_SVG_BYTES, svg_sanitizer
from events_app.core.pictures.svg_sanitizer import RefusedError
from events_app.core.sandbox import Product, serve

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOGO_PIXELS = 1600
LEAST_PIXELS = 200
VISIBLE = 200
FAINT = 12
"""Of 255: what JPEG's noise and soft edges stay below."""
GREY = 0.04
"""OKLCH chroma below which a colour is a grey."""

Image.MAX_IMAGE_PIXELS = 36_000_000
ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint wants half a picture rather than none
warnings.simplefilter("error", Image.DecompressionBombWarning)


def develop(job: tuple[str, bytes, int]) -> Product:
    kind, data, size = job
    try:
        if kind == "logo":
            return _stored(_logo(data))
        if kind == "accent":
            return {"colour": _accent(_opened(data))}, b""
        image = _within(_opened(data), size)
        return _stored(_on_white(image) if kind == "jpeg" else image, _KINDS.get(kind, "PNG"))
    except RefusedError as why:
        return {"refused": str(why)}, b""


_KINDS = {"webp": "WEBP", "jpeg": "JPEG"}
_HOW: dict[str, dict[str, Any]] = {
    "WEBP": {"quality": 82, "method": 4},
    "JPEG": {"quality": 82, "progressive": True, "optimize": True},
}


def _stored(image: Image.Image, format_: str = "PNG") -> Product:
    target = io.BytesIO()
    image.save(target, format_, **_HOW.get(format_, {}))
    return {"width": image.width, "height": image.height}, target.getvalue()


def _opened(data: bytes) -> Image.Image:
    """Pixels only: upright, in sRGB, without any of the file's own words."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            _load(found)
            image = ImageOps.exif_transpose(found)
            profile = found.info.get("icc_profile")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as why:
        raise RefusedError("pixels") from why
    except RefusedError:
        raise
    except Exception as why:  # decoders fail in many ways
        raise RefusedError("half" if _is_cut_webp(data) else "unknown") from why
    has_holes = image.has_transparency_data
    image = _in_srgb(image, profile).convert("RGBA" if has_holes else "RGB")
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    return clean


def _load(found: Image.Image) -> None:
    """Refuses more than MAX_IMAGE_PIXELS by itself. What is known by its first bytes and then ends
    too soon came through half: nobody wants the rest grey.
    """
    try:
        found.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise
    except Exception as why:
        raise RefusedError("half") from why


def _is_cut_webp(data: bytes) -> bool:
    """Its decoder does not even open one that is shorter than its RIFF header says."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp and len(data) < int.from_bytes(data[4:8], "little") + 8


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        # a damaged profile is no reason to refuse a picture
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            done = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            return done or image
    return image


def _within(image: Image.Image, most: int) -> Image.Image:
    if max(image.size) > most:
        image.thumbnail((most, most), Image.Resampling.LANCZOS)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no holes."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "#ffffff")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _logo(data: bytes) -> Image.Image:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_vector = head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))
    if is_vector and len(data) > MOST_SVG_BYTES:
        raise RefusedError("bytes")
    image = _drawn(data) if is_vector else _opened(data)
    if not is_vector and max(image.size) < LEAST_PIXELS:
        raise RefusedError("small")
    return _trimmed(_within(image, LOGO_PIXELS))


def _drawn(data: bytes) -> Image.Image:
    svg, ratio = svg_sanitizer.cleaned(data)
    width, height = (LOGO_PIXELS, round(LOGO_PIXELS / ratio))
    if ratio < 1:
        width, height = (round(LOGO_PIXELS * ratio), LOGO_PIXELS)
    uri = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    page = (
        f"<style>@page {{ size: {width}px {height}px; margin: 0 }} body {{ margin: 0 }}"
        f" img {{ display: block; width: {width}px; height: {height}px }}</style><img src='{uri}'>"
    )
    fetcher = URLFetcher(allowed_protocols=["data"])
    pdf = HTML(string=page, url_fetcher=fetcher).write_pdf(uncompressed_pdf=True)
    document = pypdfium2.PdfDocument(pdf)
    image: Image.Image = document[0].render(scale=96 / 72, fill_color=(0, 0, 0, 0)).to_pil()
    return image.convert("RGBA")


def _trimmed(image: Image.Image) -> Image.Image:
    """Without its empty border: transparent, or all of the corner's colour."""
    if image.mode == "RGBA":
        box = image.getchannel("A").point(lambda alpha: 255 if alpha > FAINT else 0).getbbox()
    else:
        ground = Image.new("RGB", image.size, image.getpixel((0, 0)))
        box = (
            ImageChops.difference(image, ground)
            .point(lambda value: 255 if value > FAINT else 0)
            .getbbox()
        )
    if box is None:
        raise RefusedError("empty")
    return image.crop(box)


def _accent(image: Image.Image) -> str:
    """The colour with most weight, by how much there is of it and how vivid it is."""
    small = image.convert("RGBA")
    small.thumbnail((160, 160))
    raw = small.tobytes()
    seen = b"".join(raw[i : i + 3] for i in range(0, len(raw), 4) if raw[i + 3] > VISIBLE)
    if not seen:
        raise RefusedError("empty")
    strip = Image.frombytes("RGB", (len(seen) // 3, 1), seen)
    few = strip.quantize(6, method=Image.Quantize.MEDIANCUT).convert("RGB").tobytes()
    counts = Counter(tuple(few[i : i + 3]) for i in range(0, len(few), 3))
    vivid = [(count * _chroma(rgb), rgb) for rgb, count in counts.items() if _chroma(rgb) > GREY]
    best = max(vivid)[1] if vivid else min(counts, key=sum)
    return "#" + bytes(best).hex()


def _chroma(rgb: tuple[int, ...]) -> float:
    """Of OKLCH (Ottosson 2020): how far from grey, as the eye sees it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB
        for part in (value / 255 for value in rgb)
    )
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return math.hypot(a, b)


if __name__ == "__main__":
    _drawn(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0H9V9Z"/></svg>')
    serve(develop, megabytes=1024)
