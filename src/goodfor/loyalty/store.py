"""Statements of wallets as functions. A movement's wallet is held by `lock_wallet` first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.loyalty.types import Holder, Source

_OPEN: Final = Statement(__package__, "sql/open_wallet.sql")
_LOCK: Final = Statement(__package__, "sql/lock_wallet.sql")
_OPEN_MANY: Final = Statement(__package__, "sql/open_wallets.sql")
_LOCK_MANY: Final = Statement(__package__, "sql/lock_wallets.sql")
_ENTRY_OF: Final = Statement(__package__, "sql/entry_of.sql")
GIVE: Final = Statement(__package__, "sql/give.sql")
TAKE: Final = Statement(__package__, "sql/take.sql")
TAKEN_OF: Final = Statement(__package__, "sql/taken_of.sql")
GIVE_BACK: Final = Statement(__package__, "sql/give_back.sql")
INSERT_ENTRY: Final = Statement(__package__, "sql/insert_entry.sql")
INSERT_LOT: Final = Statement(__package__, "sql/insert_lot.sql")
MOVE_BALANCE: Final = Statement(__package__, "sql/move_balance.sql")
DUE_WALLETS: Final = Statement(__package__, "sql/due_wallets.sql")
EXPIRE: Final = Statement(__package__, "sql/expire.sql")


@dataclass(frozen=True, slots=True)
class LockedWallet:
    """A wallet that this transaction holds."""

    id: UUID
    shop_id: UUID
    kind: str
    scope: UUID
    balance: int
    debt: int


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What was moved before."""

    id: UUID
    units: int
    asked: int
    minor: int


@dataclass(frozen=True, slots=True)
class Why:
    """What every entry says of itself."""

    source: Source
    nature: str
    reason: str
    actor: str
    order_id: UUID | None
    now: datetime

    def params(self, wallet: LockedWallet, kind: str, entry_id: UUID) -> dict[str, Any]:
        """As the statements want it."""
        return {
            "id": entry_id, "shop_id": wallet.shop_id, "wallet_id": wallet.id, "kind": kind,
            "source_kind": self.source.kind, "source_id": self.source.id, "purpose": self.source.purpose,
            "nature": self.nature, "reason": self.reason[:200], "actor": self.actor[:80], "order_id": self.order_id,
            "now": self.now,
        }  # fmt: skip


def lock_wallet(shop_id: UUID, holder: Holder) -> LockedWallet:
    """Held until the transaction ends; made where there was none."""
    named: dict[str, Any] = {
        "shop_id": shop_id, "kind": holder.kind, "scope": holder.scope, "owner": holder.owner,
    }  # fmt: skip
    row = _LOCK.row(named)
    if row is None:
        _OPEN.run({**named, "id": uuid7()})
        row = _LOCK.row(named)
    assert row is not None, "it was made, or somebody else made it"
    return LockedWallet(row[0], shop_id, holder.kind, holder.scope, row[1], row[2])


def hold_both(shop_id: UUID, one: Holder, other: Holder) -> None:
    """Two wallets of a kind, in the order in which all hold more than one; made where there were none."""
    named: dict[str, Any] = {
        "shop_id": shop_id, "kind": one.kind, "scope": one.scope, "owners": sorted((one.owner, other.owner)),
    }  # fmt: skip
    _OPEN_MANY.run(named)
    _LOCK_MANY.rows(named)


def entry_of(wallet: LockedWallet, source: Source) -> KnownEntry | None:
    """The movement that this source made for this purpose."""
    row = _ENTRY_OF.row(
        {
            "shop_id": wallet.shop_id, "wallet_id": wallet.id, "source_kind": source.kind, "source_id": source.id,
            "purpose": source.purpose,
        }
    )  # fmt: skip
    return KnownEntry(*row) if row else None
