"""Whether a skin can be read. Pure."""

import re
from typing import Final

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
#: What WCAG 2.2 asks of usual text (1.4.3).
LEAST_CONTRAST: Final = 4.5


def is_colour(text: str) -> bool:
    """#rrggbb in small letters."""
    return bool(_COLOUR.fullmatch(text))


def contrast(ink: str, paper: str) -> float:
    """The ratio of two colours as WCAG reckons it, 1 to 21."""
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(ink: str, paper: str) -> bool:
    """Two colours, and one can be read on the other."""
    return is_colour(ink) and is_colour(paper) and contrast(ink, paper) >= LEAST_CONTRAST


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
