"""How coupon codes look, are found and are sealed.

Letters and digits that nobody takes for one another, in any case, with or without hyphens. A code lies sealed; a keyed
blind index finds it.
"""

import os
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import KeyRing, Sealed

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: 60 random bits: a million codes among 10^18.
LENGTH: Final = 12
MOST_TYPED: Final = 40
_PURPOSE: Final = "promotions.coupon"
_SYMBOLS: Final = bytes(ord(ALPHABET[byte & 31]) for byte in range(256))


def random_codes(count: int) -> list[str]:
    """So many codes, each another one."""
    found: set[str] = set()
    while len(found) < count:
        text = os.urandom(LENGTH * (count - len(found))).translate(_SYMBOLS).decode()
        found.update(text[place : place + LENGTH] for place in range(0, len(text), LENGTH))
    return list(found)


def normal(code: str) -> str:
    """As it is compared: capitals, without spaces and hyphens."""
    return "".join(code[:MOST_TYPED].upper().replace("-", "").split())


def readable(code: str) -> str:
    """In groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def index_of(ring: KeyRing, shop_id: UUID, code: str) -> bytes:
    """The blind index of a normal code."""
    return ring.blind_index(_PURPOSE, shop_id.bytes + code.encode())


def coupon_aad(coupon_id: UUID) -> bytes:
    """What binds a sealed code to its row."""
    return b"promotions.coupon:" + coupon_id.bytes


def opened(ring: KeyRing, coupon_id: UUID, key_id: int, blob: bytes) -> str:
    """The code of a row."""
    return ring.open(Sealed(key_id, bytes(blob)), coupon_aad(coupon_id)).decode()
