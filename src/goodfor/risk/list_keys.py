"""What can be on a list: what events are counted by, and a few texts of the snapshot."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from goodfor.risk.keys import canonical_of, clean, hash_of, label_of
from goodfor.risk.types import KeyKind, Value

#: What is no key of events: texts of the snapshot, under the same name.
PLAIN: Final = (
    "mail_domain", "sku", "category", "ip_country", "ip_province", "ip_city", "ip_carrier", "ip_provider",
)  # fmt: skip
TYPES: Final = (*map(str, KeyKind), *PLAIN)
#: Tells of a person, or could: kept as a keyed hash with a masked label.
PERSONAL: Final = frozenset(
    {"buyer", "device", "network", "address", "phone", "mail", "instrument", "referrer"}
)  # fmt: skip
#: Kept as they are: events carry them so.
_AS_WRITTEN: Final = frozenset(PLAIN) - {"mail_domain"}
#: What files of spreadsheets and chats bring along at the ends of a cell.
_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u2060 \t\u00a0\u3000"
_KINDS: Final = {str(kind): kind for kind in KeyKind}
_MOST: Final = 120
_PHONE: Final = re.compile(r"\+\d{7,15}")
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_DOMAIN: Final = re.compile(r"[^@\s./]+(\.[^@\s./]+)+")
_FORMS: Final = {"phone": _PHONE, "mail": _MAIL, "mail_domain": _DOMAIN}


def normal(type: str, value: str) -> str:
    """The spelling that is hashed; empty where this is no such thing. Full-width digits and the like are narrowed."""
    text = value if type in _AS_WRITTEN else unicodedata.normalize("NFKC", value)
    text = text.strip(_INVISIBLE).strip()
    if not text or len(text) > _MOST or not text.isprintable():
        return ""
    kind = _KINDS.get(type)
    if kind in (KeyKind.ADDRESS, KeyKind.NETWORK):
        # As it is written out, with its length behind.
        text = text.partition("/")[0]
    if kind is not None:
        text = canonical_of(kind, text)
    elif type == "mail_domain":
        text = text.lower().rstrip(".")
    form = _FORMS.get(type)
    return text if form is None or form.fullmatch(text) else ""


def masked(type: str, value: str) -> str:
    """What people see of a value in its normal form: masked where it is about a person."""
    kind = _KINDS.get(type)
    if kind is None:
        return value
    if type in ("buyer", "referrer") and len(value) > 16:
        return f"{value[:12]}…{value[-4:]}"
    return label_of(kind, value)


def list_key(shop_id: UUID, type: str, value: str) -> int:
    """The key of a value in its normal form, the same that events count by."""
    return hash_of(shop_id, type, value)


def keys_of(shop_id: UUID, keys: Mapping[KeyKind, int], snapshot: Mapping[str, Value]) -> dict[str, int]:
    """Type -> key of everything of an act that can be on a list."""
    found = {str(kind): key for kind, key in keys.items()}
    for name in PLAIN:
        value = snapshot.get(name)
        if isinstance(value, str) and (text := normal(name, clean(value))):
            found[name] = list_key(shop_id, name, text)
    return found
