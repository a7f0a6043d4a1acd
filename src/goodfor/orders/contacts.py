"""A buyer's contact: how it is compared, found again and shown. It is kept encrypted and by a blind index only."""

import re
import unicodedata
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.kernel.crypto import keyring

_PURPOSE = "orders.contact"
_GAPS = re.compile(r"[\s()\-.]+")
_PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})\Z")


def normal_contact(contact: str) -> str:
    """The same text for the same mailbox or telephone, however it was typed."""
    text = unicodedata.normalize("NFKC", contact).strip().casefold()
    if "@" in text:
        return text
    bare = _GAPS.sub("", text)
    phone = _PHONE.match(bare)
    return phone.group(1) if phone else bare


def contact_index(shop_id: UUID, contact: str) -> bytes | None:
    """The blind index of a contact within its shop, the one of accounts for a mailbox or telephone; None for none."""
    known = identity.order_contact_index(shop_id, contact)
    text = normal_contact(contact)
    return known or (keyring().blind_index(_PURPOSE, shop_id.bytes + text.encode()) if text else None)


def masked_contact(contact: str) -> str:
    """Enough to recognise one's own, too little for anybody else: 138****8000, m***@shop.example."""
    text = contact.strip()
    name, at, host = text.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    if len(text) >= 7:
        return f"{text[:3]}****{text[-4:]}"
    return f"{text[:1]}***" if text else ""
