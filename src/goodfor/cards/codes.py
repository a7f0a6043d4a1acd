"""Codes of cards: made by the many, sealed, and found again.

How they look and which slips are found is told in `risk.doors.codes`: 85 random bits and the three check characters of
a Reed-Solomon code (I. S. Reed and G. Solomon, "Polynomial codes over certain finite fields", 1960) of distance four.
"""

import os
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import KeyRing, Sealed
from goodfor.risk.doors.codes import BITS, with_checks

_BYTES: Final = 11
_MASK: Final = (1 << BITS) - 1


def random_codes(count: int) -> list[str]:
    """So many codes, each another one."""
    found: set[str] = set()
    while len(found) < count:
        noise = os.urandom(_BYTES * (count - len(found)))
        found.update(
            with_checks(int.from_bytes(noise[place : place + _BYTES]) & _MASK) for place in range(0, len(noise), _BYTES)
        )
    return list(found)


def card_aad(card_id: UUID) -> bytes:
    """What binds a sealed code to its row."""
    return b"cards.card:" + card_id.bytes


def opened(ring: KeyRing, card_id: UUID, key_id: int, blob: bytes) -> str:
    """The code of a row."""
    return ring.open(Sealed(key_id, bytes(blob)), card_aad(card_id)).decode()
