"""What can be on a list, and how it is told without being kept: keys, normal forms, masks."""

import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.risk.types import KeyKind, Value

#: What is no key of events: texts of the snapshot, under the same name.
PLAIN: Final = (
    "mail_domain", "sku", "category", "ip_country", "ip_province", "ip_city", "ip_carrier", "ip_provider",
)  # fmt: skip
TYPES: Final = (*map(str, KeyKind), *PLAIN)
#: Tells of a person, or could: kept as a keyed hash with a masked label.
PERSONAL: Final = frozenset({"buyer", "device", "network", "address", "phone", "mail", "instrument", "referrer"})
_MOST: Final = 120
_PHONE: Final = re.compile(r"^\+?\d{5,15}$")
_MAIL: Final = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
_DOMAIN: Final = re.compile(r"^[^@\s./]+(\.[^@\s./]+)+$")


def normal(type: str, value: str) -> str:
    """The form that is hashed; empty where this is no such thing."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > _MOST or not text.isprintable():
        return ""
    if type in ("address", "network"):
        return _network(text) if type == "network" else _address(text)
    if type == "phone":
        digits = re.sub(r"[\s()-]", "", text)
        if not _PHONE.match(digits):
            return ""
        return digits.removeprefix("+86") if re.fullmatch(r"\+86\d{11}", digits) else digits
    text = text.lower() if type in ("mail", "mail_domain") else text
    if type == "mail":
        return text if _MAIL.match(text) else ""
    if type == "mail_domain":
        return text if _DOMAIN.match(text) else ""
    return text


def masked(type: str, value: str) -> str:
    """What people see of a value in its normal form: enough to know it again, too little to use it."""
    if type not in PERSONAL:
        return value
    if type == "mail":
        name, _at, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    if type == "phone":
        return f"{value[:3]}****{value[-4:]}" if len(value) >= 9 else f"****{value[-2:]}"
    if type in ("address", "network"):
        parts = value.partition("/")[0].split(":" if ":" in value else ".")
        return ":".join(parts[:2]) + ":*" if ":" in value else ".".join(parts[:2]) + ".*.*"
    kind, colon, rest = value.partition(":")
    if not colon:
        kind, rest = "", value
    return f"{kind}{colon}{rest[:2]}…{rest[-4:]}" if len(rest) > 8 else f"{kind}{colon}…{rest[-2:]}"


def list_key(shop_id: UUID, type: str, value: str) -> int:
    """The key of a value in its normal form: 63 bits of a keyed hash, the same that events count by."""
    return _hashed(keyring().raw_index_key("risk.key"), shop_id, type, value)


def keys_of(shop_id: UUID, keys: Mapping[KeyKind, int], snapshot: Mapping[str, Value]) -> dict[str, int]:
    """Type -> key of everything of an act that can be on a list."""
    found = {str(kind): key for kind, key in keys.items()}
    for name in PLAIN:
        value = snapshot.get(name)
        if isinstance(value, str) and (text := normal(name, value)):
            found[name] = list_key(shop_id, name, text)
    return found


@lru_cache(maxsize=4096)
def _hashed(secret: bytes, shop_id: UUID, type: str, value: str) -> int:
    digest = hmac.digest(secret, b"|".join([shop_id.bytes, type.encode(), value.encode()]), "sha256")
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF


def _address(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found)


def _network(text: str) -> str:
    """An IPv4 /24 or IPv6 /48, of any address in it."""
    plain = _address(text.partition("/")[0])
    if not plain:
        return ""
    size = 24 if "." in plain else 48
    return str(ipaddress.ip_network(f"{plain}/{size}", strict=False))
