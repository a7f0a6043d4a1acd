"""What a buyer's picture must be, and what becomes of it. Touches no database."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from goodfor.aftersales.errors import InvalidPicture, TooManyPictures
from goodfor.kernel.pictures import Limits, PictureRefused, Rewritten, rewritten

#: Pictures a case.
MOST: Final = 3
#: Bytes of one that is handed in.
MOST_BYTES: Final = 8 * 1024 * 1024
KEPT_BYTES: Final = 2 * 1024 * 1024
CONTENT_TYPE: Final = "image/webp"
#: A long screenshot keeps its shape and can still be read; a photograph becomes 1,800 pixels wide.
_LIMITS: Final = Limits(
    most_bytes=MOST_BYTES,
    most_side=12_000,
    most_pixels=16_777_216,
    shown_side=6_000,
    shown_pixels=2_500_000,
    kept_bytes=KEPT_BYTES,
    qualities=(80, 60, 40),
)


def prepared(raws: Sequence[bytes]) -> list[Rewritten]:
    """The pictures as they are kept. Slow (decodes and encodes): before any lock.

    Raises InvalidPicture, TooManyPictures.
    """
    if len(raws) > MOST:
        raise TooManyPictures(most=MOST)
    try:
        return [rewritten(raw, _LIMITS) for raw in raws]
    except PictureRefused:
        raise InvalidPicture from None


def picture_aad(picture_id: UUID) -> bytes:
    """What binds a sealed picture to its row."""
    return b"aftersales.picture:" + picture_id.bytes
