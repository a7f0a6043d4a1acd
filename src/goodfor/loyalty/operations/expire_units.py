"""Units whose end has come leave their wallets: some wallets at a time, each lot once."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.loyalty import moving, store

#: Lots of which one transaction takes the wallets.
AT_ONCE: Final = 2_000


def expire_units(*, now: datetime, limit: int = AT_ONCE) -> int:
    """One step over all shops; how many wallets it went through, 0: nothing was due. Killed, it starts where it was."""
    with platform_job("units end in all shops"), transaction.atomic():
        held: dict[UUID, list[UUID]] = defaultdict(list)
        for shop_id, wallet_id, _kind in store.DUE_WALLETS.rows({"now": now, "limit": limit}):
            held[shop_id].append(wallet_id)
        for shop_id, wallets in sorted(held.items()):
            swept = moving.sweep(shop_id, wallets, now)
            if swept.entries:
                currency = identity.shop_by_id(shop_id).currency
                ledger.post(shop_id=shop_id, currency=currency, entries=swept.entries, now=now)
    return sum(len(wallets) for wallets in held.values())
