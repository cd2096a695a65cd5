"""A file to see and to test with."""


def pdf(words: str) -> bytes:
    """One page that says these words."""
    drawn = f"BT /F1 28 Tf 40 140 Td ({words}) Tj ET".encode("cp1252")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 298]/Resources 6 0 R/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Font<</F1 5 0 R>>>>",
    )
    made, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        made
        + b"xref\n0 7\n0000000000 65535 f \n"
        + table
        + b"trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    )
