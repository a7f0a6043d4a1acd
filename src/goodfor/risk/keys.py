"""Surrogate keys: what events are counted by instead of telephone numbers, addresses and names.

A key is a keyed hash over the shop, the kind and the value in its one spelling, 63 bits and positive: no look-up on the
way of a sale, no personal data in events, and nobody can be followed from shop to shop.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.risk.ids import id_of
from goodfor.risk.types import KIND_NUMBERS, Act, KeyKind

PURPOSE: Final = "risk.key"
LONGEST_LABEL: Final = 80
#: Longer texts are no contact of anybody's.
_LONGEST: Final = 254
_DOTLESS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_NAT64: Final = int(IPv6Network("64:ff9b::/96").network_address) >> 32


@dataclass(frozen=True, slots=True)
class Named:
    """A key with how people see it. `value`: the whole, kept sealed; empty where the label says enough."""

    kind: KeyKind
    key: int
    label: str
    value: str = field(default="", repr=False)


def hash_of(shop_id: UUID, kind: str, value: str, secret: bytes | None = None) -> int:
    """63 bits, never 0. `secret`: the key of these hashes, where many are made."""
    message = b"|".join((shop_id.bytes, kind.encode(), _bytes(value)))
    digest = hmac.digest(secret or keyring().raw_index_key(PURPOSE), message, "sha256")
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF or 1


def _bytes(text: str) -> bytes:
    # A lone surrogate, which a face may let through, must not stop the engine.
    return text.encode("utf-8", "surrogatepass")


def key_of(shop_id: UUID, kind: KeyKind, value: str) -> int | None:
    """The key of a value as people write it; None when it says nothing."""
    canonical = canonical_of(kind, value)
    return hash_of(shop_id, kind, canonical) if canonical else None


def canonical_of(kind: KeyKind, value: str) -> str:
    """The one spelling of a value; empty when it says nothing."""
    if kind is KeyKind.ADDRESS:
        return address_of(value)
    if kind is KeyKind.NETWORK:
        return network_of(value)
    if kind is KeyKind.PHONE:
        return phone_of(value)
    if kind is KeyKind.MAIL:
        return mail_of(value)
    return value.strip()


def values_of(act: Act) -> dict[KeyKind, str]:
    """All that an act can be counted by, each in its one spelling."""
    given = {
        KeyKind.BUYER: act.buyer, KeyKind.DEVICE: act.device, KeyKind.NETWORK: act.ip, KeyKind.ADDRESS: act.ip,
        KeyKind.PHONE: act.phone, KeyKind.MAIL: act.mail, KeyKind.INSTRUMENT: act.instrument,
        KeyKind.BATCH: act.batch, KeyKind.REFERRER: act.referrer,
    }  # fmt: skip
    found = {kind: canonical_of(kind, text) for kind, text in given.items() if text}
    return {kind: text for kind, text in found.items() if text}


def keys_of(act: Act) -> dict[KeyKind, int]:
    """The keys of an act; those that are not known are missing."""
    return hashes_of(act.shop_id, values_of(act))


def hashes_of(shop_id: UUID, values: Mapping[KeyKind, str]) -> dict[KeyKind, int]:
    """The keys of values in their one spelling."""
    secret = keyring().raw_index_key(PURPOSE)
    return {kind: hash_of(shop_id, kind, text, secret) for kind, text in values.items()}


def named_of(values: Mapping[KeyKind, str], keys: Mapping[KeyKind, int]) -> list[Named]:
    """What people are shown of these keys."""
    return [
        Named(kind, keys[kind], label_of(kind, text), text if kind is KeyKind.ADDRESS else "")
        for kind, text in values.items()
    ]


# -- one spelling -----------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _address(text: str) -> "IPv4Address | str | None":
    """An IPv4 address, also one inside of an IPv6 one; else the /64 of an IPv6 address; None when it is none."""
    if len(text) > 60:
        return None
    try:
        address = ip_address(text.strip().split("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    value = int(address)
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and value >> 32 == _NAT64:
        inner = IPv4Address(value & 0xFFFFFFFF)
    return inner or str(IPv6Network((value >> 64 << 64, 64)))


def address_of(text: str) -> str:
    """What counts as one address: an IPv4 one, or the /64 of an IPv6 one, all of which one household has."""
    found = _address(text)
    return "" if found is None else str(found)


def network_of(text: str) -> str:
    """The /24 of an IPv4 address or the /48 of an IPv6 one."""
    found = _address(text)
    if found is None:
        return ""
    if isinstance(found, IPv4Address):
        return str(IPv4Network((int(found) & ~0xFF, 24)))
    return str(IPv6Network(found).supernet(new_prefix=48))


def phone_of(text: str) -> str:
    """+<country><number>; 11 digits of mainland China may come without 86. What is no number stays as it is."""
    text = text.strip()[:40]
    digits = "".join(letter for letter in text if letter in "0123456789")
    if text.startswith("00"):
        digits = digits[2:]
    elif not text.startswith("+") and len(digits) == 11 and digits[0] == "1" and digits[1] >= "3":
        digits = "86" + digits
    return f"+{digits}" if 7 <= len(digits) <= 15 and digits[0] != "0" else text


def mail_of(text: str) -> str:
    """One spelling for all names of one mailbox: lower case, without a tag after +, without Gmail's dots."""
    text = text.strip().lower()[:_LONGEST]
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not at or not local or "." not in domain:
        return text
    local = local[: local.index("+", 1)] if "+" in local[1:] else local
    if domain in _DOTLESS:
        local, domain = local.replace(".", "") or local, _DOTLESS[domain]
    return f"{local}@{domain}"


def label_of(kind: KeyKind, canonical: str) -> str:
    """How people see a value: masked where it is about a person."""
    text = clean(canonical)
    if kind is KeyKind.ADDRESS:
        return f"{text.rpartition('.')[0]}.*" if "." in text else network_of(text.partition("/")[0])
    if kind is KeyKind.PHONE:
        return f"{text[:-8]}****{text[-4:]}" if len(text) >= 10 else f"{text[:2]}***"
    if kind is KeyKind.MAIL:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}***@{domain}"[:LONGEST_LABEL]
    if kind is KeyKind.INSTRUMENT:
        return f"***{text[-4:]}" if len(text) > 6 else "***"
    if kind is KeyKind.DEVICE:
        return f"{text[:12]}…" if len(text) > 12 else text
    return text[:LONGEST_LABEL]


def clean(text: str) -> str:
    """As the database can hold it: no NUL, no lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


# -- rows by which pages name keys ------------------------------------------------------------------


def entity_aad(shop_id: UUID, entity_id: UUID) -> bytes:
    """What binds a sealed value to its row."""
    return b"risk.entity:" + shop_id.bytes + entity_id.bytes


def seal_value(shop_id: UUID, entity_id: UUID, value: str) -> Sealed:
    """The whole value, for those who may see it."""
    return keyring().seal(_bytes(value), entity_aad(shop_id, entity_id))


def rows_of(shop_id: UUID, named: Iterable[Named], at: datetime) -> dict[str, Any]:
    """Entities as columns of a statement, in the order in which all insert them, so that none waits in a ring."""
    ids, kinds, keys, labels, key_ids, blobs = [], [], [], [], [], []
    for one in sorted(named, key=lambda one: (KIND_NUMBERS[one.kind], one.key)):
        entity_id = id_of(at)
        sealed = seal_value(shop_id, entity_id, one.value) if one.value else None
        ids.append(entity_id)
        kinds.append(KIND_NUMBERS[one.kind])
        keys.append(one.key)
        labels.append(one.label)
        key_ids.append(sealed.key_id if sealed else None)
        blobs.append(sealed.blob if sealed else None)
    return {"ids": ids, "kinds": kinds, "keys": keys, "labels": labels, "key_ids": key_ids, "blobs": blobs}
