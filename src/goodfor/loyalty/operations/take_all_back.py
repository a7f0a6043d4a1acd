"""Some people hold units of a kind no longer: all of them go back to whoever paid for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import accounts, moving
from goodfor.loyalty.types import Source

_LOCK: Final = Statement("goodfor.loyalty", "sql/lock_wallets.sql")
_TAKE: Final = Statement("goodfor.loyalty", "sql/take_all.sql")


@transaction.atomic(savepoint=False)
def take_all_back(
    *, shop_id: UUID, kind: str, scope: UUID, owners: Sequence[UUID], source: Source, currency: str, actor: str,
    now: datetime,
) -> int:  # fmt: skip
    """What has not ended yet; how many units. Again there is nothing left to take: it is 0."""
    named: dict[str, Any] = {"shop_id": shop_id, "kind": kind, "scope": scope, "owners": sorted(owners)}
    wallets = [row[0] for row in _LOCK.rows(named)]
    if not wallets:
        return 0
    ended = moving.sweep(shop_id, wallets, now)
    row = _TAKE.row(
        {
            "shop_id": shop_id, "wallets": wallets, "source_kind": source.kind, "source_id": source.id,
            "actor": actor[:80], "now": now,
        }
    )  # fmt: skip
    units, minor = row if row else (0, 0)
    left = accounts.left_entry(run_id=uuid7(), kind=kind, scope=scope, minor=minor, now=now)
    entries = (*ended.entries, *((left,) if left else ()))
    if entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=entries, now=now)
    return int(units)
