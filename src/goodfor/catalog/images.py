"""Pictures are judged by their content and written anew, so nothing that came with the upload survives."""

import hashlib

from goodfor.catalog.errors import InvalidImage
from goodfor.kernel.pictures import Limits, PictureRefused, rewritten

MAX_BYTES = 4 * 1024 * 1024
MAX_SIDE = 4000
SHOWN_SIDE = 960
_LIMITS = Limits(
    most_bytes=MAX_BYTES,
    most_side=MAX_SIDE,
    most_pixels=MAX_SIDE * MAX_SIDE,
    shown_side=SHOWN_SIDE,
    shown_pixels=SHOWN_SIDE * SHOWN_SIDE,
    kept_bytes=MAX_BYTES,
)


def normalised(raw: bytes) -> tuple[str, bytes, int, int]:
    """Return (file name by SHA-256, WebP bytes without metadata, width, height). Raises InvalidImage.

    Of an animation only the first frame stays.
    """
    try:
        picture = rewritten(raw, _LIMITS)
    except PictureRefused:
        raise InvalidImage from None
    name = f"{hashlib.sha256(picture.content).hexdigest()[:40]}.webp"
    return name, picture.content, picture.width, picture.height
