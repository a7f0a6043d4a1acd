"""Give many buyers a coupon of a batch each, once for a period. In the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement

_ISSUE: Final = Statement("goodfor.promotions", "sql/issue.sql")


@transaction.atomic(savepoint=False)
def issue_coupons(
    *, shop_id: UUID, batch_id: UUID, period: str, buyers: Sequence[str], now: datetime
) -> tuple[str, ...]:  # fmt: skip
    """Who got one now: not who had his of this period, and in their order only as many as the batch has left.

    It counts in the batch, not in what a buyer may claim. Nobody where the batch is closed or its campaign is over.
    """
    if not buyers:
        return ()
    row = _ISSUE.row({"shop_id": shop_id, "batch_id": batch_id, "period": period, "buyers": list(buyers), "now": now})
    return tuple(row[0]) if row is not None else ()
