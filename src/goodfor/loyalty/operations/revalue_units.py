"""Reckon anew what is owed for the points that are held, by the terms in force: some at a time."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import accounts, kinds
from goodfor.loyalty.models import Revaluation
from goodfor.loyalty.programme import revisions

_WALLETS: Final = Statement("goodfor.loyalty", "sql/wallets_of_lots.sql")
_REVALUE: Final = Statement("goodfor.loyalty", "sql/revalue.sql")
AT_ONCE: Final = 5_000


def revalue_units(*, shop_id: UUID, after: UUID | None = None, now: datetime, limit: int = AT_ONCE) -> UUID | None:
    """One step, from behind the lot `after`; the last lot of it, None: there are no more.

    Repeated, it changes nothing: what it comes to depends on the terms alone. Without terms nothing is reckoned.
    """
    told = revisions(shop_id, limit=1)
    if not told:
        return None
    terms = told[0].terms
    with transaction.atomic():
        # Held as by every movement, and by a statement of its own: the next one sees what these have left.
        held = _WALLETS.rows({"shop_id": shop_id, "kind": kinds.POINTS, "after": after, "limit": limit})
        if not held:
            return None
        last: UUID = held[0][1]
        row = _REVALUE.row(
            {
                "shop_id": shop_id, "wallets": [one[0] for one in held], "after": after, "last": last,
                "most": kinds.MOST_MINOR, "value_centi": terms.value_centi, "redeem_bp": terms.redeem_bp,
            }
        )  # fmt: skip
        minor = row[0] if row else 0
        if minor:
            run_id = uuid7()
            Revaluation.objects.create(
                id=run_id, shop_id=shop_id, kind=kinds.POINTS, terms=told[0].number, minor=minor, at=now
            )
            entry = accounts.revalued_entry(run_id=run_id, kind=kinds.POINTS, minor=minor, now=now)
            if entry is not None:
                currency = identity.shop_by_id(shop_id).currency
                ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    return last
