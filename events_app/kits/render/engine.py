"""The worker that turns a sheet into a picture or a document.

Only this folder imports WeasyPrint and PDFium, and only in a process of its own
(`core/sandbox.py`): both are heavy, and PDFium does not bear threads.
"""

import pypdfium2
from PIL import Image

from events_app.core.sandbox import Product, serve
from events_app.kits.render import Caption, Format, Sheet, pdf_writer, png, tagged

PIXELS_PER_POINT = 96 / 72


def draw(sheet: Sheet) -> Product:
    if sheet.format is Format.PNG:
        return {}, _png(sheet)
    if sheet.format is Format.PDF:
        return {}, tagged.document(sheet)
    return {}, pdf_writer.page(sheet)


def _png(sheet: Sheet) -> bytes:
    document = pypdfium2.PdfDocument(pdf_writer.page(sheet))
    bitmap = document[0].render(scale=PIXELS_PER_POINT, rev_byteorder=True)
    if (bitmap.width, bitmap.height, bitmap.mode) != (sheet.width, sheet.height, "RGB"):
        problem = f"drawn as {bitmap.width} by {bitmap.height}, {bitmap.mode}"
        raise ValueError(problem)
    pixels = bytes(bitmap.buffer)
    content = png.written(pixels, bitmap.stride, sheet)
    if sheet.most_bytes and len(content) > sheet.most_bytes:
        image = Image.frombuffer(
            "RGB", (sheet.width, sheet.height), pixels, "raw", "RGB", bitmap.stride
        )
        content = png.lighter(image, sheet)
    document.close()
    return content


if __name__ == "__main__":
    draw(Sheet((), 8, 8, Format.PDF, Caption("Op de Bühne", "nl")))
    serve(draw, megabytes=1024)
