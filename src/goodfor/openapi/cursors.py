"""Opaque page cursors over ids that grow with time (UUIDv7, sequence numbers). Pure."""

import base64
import binascii
from uuid import UUID

from goodfor.openapi.errors import InvalidCursor

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_UUID_KIND = b"\x01"
_NUMBER_KIND = b"\x02"
_LONGEST = 64


def uuid_cursor(last: UUID) -> str:
    """The cursor of the page behind the row with this id."""
    return _encode(_UUID_KIND + last.bytes)


def number_cursor(last: int) -> str:
    """The cursor of the page behind the row with this number (0 to 2^63 - 1)."""
    return _encode(_NUMBER_KIND + last.to_bytes(8, "big"))


def read_uuid(cursor: str | None) -> UUID | None:
    """The id in a cursor, None without one. Raises InvalidCursor."""
    return None if cursor is None else UUID(bytes=_decode(cursor, _UUID_KIND, 16))


def read_number(cursor: str | None) -> int | None:
    """The number in a cursor, None without one. Raises InvalidCursor."""
    if cursor is None:
        return None
    number = int.from_bytes(_decode(cursor, _NUMBER_KIND, 8), "big")
    if number >= 1 << 63:
        raise InvalidCursor
    return number


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(cursor: str, kind: bytes, length: int) -> bytes:
    if not cursor or len(cursor) > _LONGEST or not cursor.isascii():
        raise InvalidCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    if raw[:1] != kind or len(raw) != length + 1 or _encode(raw) != cursor:
        raise InvalidCursor
    return raw[1:]
