"""By what buyers are known beside their accounts: keyed hashes, for comparing only."""

from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Statement
from goodfor.referrals.types import Names

PURPOSE: Final = "referrals.mark"
KINDS: Final = ("device", "address", "phone", "top_up")
#: What one person has, and several people seldom.
STRONG: Final = ("device", "phone", "top_up")
#: Shared by more buyers than this, it says nothing.
CROWD: Final = 30
_SHARED: Final = Statement(__package__, "sql/shared.sql")


def marks_of(shop_id: UUID, names: Names) -> dict[str, bytes]:
    """The hashes of what is known."""
    return {kind: mark_of(shop_id, kind, value) for kind in KINDS if (value := getattr(names, kind))}


def mark_of(shop_id: UUID, kind: str, value: str) -> bytes:
    """The hash of one."""
    return keyring().blind_index(PURPOSE, b"|".join((shop_id.bytes, kind.encode(), value.encode())))


def shared(shop_id: UUID, one: UUID, other: UUID) -> frozenset[str]:
    """Kinds that both were seen with."""
    rows = _SHARED.rows({"shop_id": shop_id, "one": one, "other": other, "crowd": CROWD})
    return frozenset(row[0] for row in rows)
