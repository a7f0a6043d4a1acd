"""Pictures that people hand in: judged by their content and written anew: nothing that came with them survives."""

import io
import math
import warnings
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP")
_ORIENTATION = 0x0112
#: How to turn a picture upright, by its EXIF orientation, which does not survive.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureRefused(Exception):
    """Too large, or not a picture of the formats that are taken. Rooms turn it into a refusal of their own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken (`most_*`, of what was handed in) and what it becomes (`shown_*`, `kept_bytes`); pixels and bytes.

    `most_side` and `most_pixels` are judged by the picture's header, before it is unpacked.
    """

    most_bytes: int
    most_side: int
    most_pixels: int
    shown_side: int
    shown_pixels: int
    kept_bytes: int
    qualities: tuple[int, ...] = (82,)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A WebP picture without metadata."""

    content: bytes = field(repr=False)
    width: int
    height: int


def rewritten(raw: bytes, limits: Limits) -> Rewritten:
    """The picture as WebP within the limits, upright. Of an animation only the first frame stays.

    Raises PictureRefused.
    """
    if not 0 < len(raw) <= limits.most_bytes:
        raise PictureRefused
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                if not _fits(image.size, limits):
                    raise PictureRefused
                picture = _pixels(image)
                turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise PictureRefused from None
    picture.thumbnail(_shown(picture.size, limits))
    if turn is not None:
        picture = picture.transpose(turn)
    for quality in limits.qualities:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality)
        content = out.getvalue()
        if len(content) <= limits.kept_bytes:
            return Rewritten(content, picture.width, picture.height)
    raise PictureRefused


def _fits(size: tuple[int, int], limits: Limits) -> bool:
    return min(size) >= 1 and max(size) <= limits.most_side and size[0] * size[1] <= limits.most_pixels


def _shown(size: tuple[int, int], limits: Limits) -> tuple[int, int]:
    """The frame that a picture is made to fit in; it is never made larger."""
    width, height = size
    scale = min(1.0, limits.shown_side / max(size), math.sqrt(limits.shown_pixels / (width * height)))
    return max(1, math.ceil(width * scale - 1e-6)), max(1, math.ceil(height * scale - 1e-6))


def _pixels(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits of grey: converting would cut them off at 255 instead of scaling them.
        return image.point(lambda value: value / 256).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
