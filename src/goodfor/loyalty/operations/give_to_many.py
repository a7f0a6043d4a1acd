"""Many people are given units at once, by whoever pays for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7, uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import accounts, kinds
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.moving import checked_units
from goodfor.loyalty.types import Source

_OPEN: Final = Statement("goodfor.loyalty", "sql/open_wallets.sql")
_LOCK: Final = Statement("goodfor.loyalty", "sql/lock_wallets.sql")
_GIVE: Final = Statement("goodfor.loyalty", "sql/give_many.sql")


@transaction.atomic(savepoint=False)
def give_to_many(
    *, shop_id: UUID, kind: str, scope: UUID, units: Mapping[UUID, int], source: Source, currency: str,
    expires_at: datetime | None = None, now: datetime,
) -> int:  # fmt: skip
    """Owner -> units, each worth a minor unit, in one entry of the books; how many units. For kinds that never owe.

    The caller sees to it that it happens once for a source: a second time a constraint refuses. Raises InvalidPoints.
    """
    if not units or kind != kinds.WELFARE:
        raise InvalidPoints(field="kind")
    named: dict[str, Any] = {"shop_id": shop_id, "kind": kind, "scope": scope, "owners": sorted(units)}
    _OPEN.run(named)
    wallets = _LOCK.rows(named)
    given = [checked_units(units[owner]) for _id, owner, _debt in wallets]
    _GIVE.run(
        {
            "shop_id": shop_id, "ids": uuid7_batch(len(wallets)), "wallets": [row[0] for row in wallets],
            "units": given, "owed": [0] * len(given), "minors": given, "entry_minors": given,
            "source_kind": source.kind, "source_id": source.id, "now": now, "expires_at": expires_at,
        }
    )  # fmt: skip
    entry = accounts.presents_entry(run_id=uuid7(), kind=kind, scope=scope, minor=sum(given), now=now)
    if entry is not None:
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    return sum(given)
