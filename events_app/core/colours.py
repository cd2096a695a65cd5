"""Contrast by WCAG 2.2, and the ink that goes with it."""

BLACK = "#000000"
WHITE = "#ffffff"
LOGO_CONTRAST = 3.0
CHANNEL = 0.04045


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Between 1 and 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better; always at least 4.58 to 1."""
    return BLACK if contrast(colour, BLACK) >= contrast(colour, WHITE) else WHITE


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """`share` of `other` in `one`, flat: print files bear no transparency."""
    parts = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _linear(part: float) -> float:
    return part / 12.92 if part <= CHANNEL else ((part + 0.055) / 1.055) ** 2.4
