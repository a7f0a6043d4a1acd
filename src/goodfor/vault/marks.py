"""Blind indexes of codes' texts, by which the rooms above ask whether they know one."""

from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.vault.importing.context import FINGERPRINT
from goodfor.vault.importing.sealing import fingerprint_text
from goodfor.vault.parsing.fields import clean


def mark_of(shop_id: UUID, *, secret: str, number: str = "") -> bytes:
    """Of a text as somebody typed it: 16 bytes."""
    text = fingerprint_text(shop_id.bytes, clean(number).encode(), clean(secret).encode())
    return keyring().blind_index(FINGERPRINT, text)


def marks_of(shop_id: UUID, *, secret: str, number: str = "") -> tuple[bytes, ...]:
    """Of a code, the whole first; then its secret alone, which is what people pass on."""
    whole = mark_of(shop_id, secret=secret, number=number)
    return (whole, mark_of(shop_id, secret=secret)) if number else (whole,)
