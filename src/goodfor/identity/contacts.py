"""Telephone numbers and e-mail addresses as they are kept: one spelling each, a blind index, a seal."""

import re
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from goodfor.identity.types import Contact
from goodfor.kernel.crypto import Sealed, keyring

_email = EmailValidator()
_GAPS = re.compile(r"[\s\-().\u00a0\u3000\u200b\ufeff]")
_CHINESE = re.compile(r"1[3-9]\d{9}\Z")
_WORLD = re.compile(r"\+[1-9]\d{6,14}\Z")
LONGEST = 120


def parse_contact(text: str) -> Contact | None:
    """A contact in its one spelling, or None: e-mail in lower case; telephone as +<country><number> (E.164).

    An 11-digit number of mainland China may come without its +86.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or "\x00" in text:
        return None
    if "@" in text:
        return _parse_email(text.lower())
    number = _GAPS.sub("", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("86") and _CHINESE.match(number[2:]):
        number = "+" + number
    if _CHINESE.match(number):
        number = "+86" + number
    return Contact("phone", number) if number.isascii() and _WORLD.match(number) else None


def _parse_email(text: str) -> Contact | None:
    try:
        _email(text)
    except ValidationError:
        return None
    return Contact("email", text) if text.isascii() else None


def contact_index(shop_id: UUID, contact: Contact) -> bytes:
    """16 bytes that are the same for the same contact in the same shop, and tell nothing of it."""
    value = f"{shop_id.hex}|{contact.kind}|{contact.value}"
    return keyring().blind_index("identity.contact", value.encode())


def seal_contact(shop_id: UUID, row_id: UUID, contact: Contact) -> Sealed:
    """The contact under the active key, bound to its row."""
    return keyring().seal(contact.value.encode(), contact_aad(shop_id, row_id))


def open_contact(shop_id: UUID, row_id: UUID, kind: str, sealed: Sealed) -> Contact:
    """The contact behind a seal. Raises DecryptFailed."""
    return Contact(kind, keyring().open(sealed, contact_aad(shop_id, row_id)).decode())


def contact_aad(shop_id: UUID, row_id: UUID) -> bytes:
    """What binds a sealed contact to its row."""
    return b"identity.contact:" + shop_id.bytes + row_id.bytes
