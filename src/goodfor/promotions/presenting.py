"""Coupons that a buyer wants to use, as the evaluator wants them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.promotions.types import Presented

_PRESENTED: Final = Statement(__package__, "sql/presented.sql")


def presented(shop_id: UUID, buyer_ref: str, coupon_ids: Sequence[UUID], now: datetime) -> tuple[Presented, ...]:
    """Those of these coupons that this buyer may use now, in the order given, each once; the others are left out."""
    rows = _PRESENTED.rows(
        {"shop_id": shop_id, "buyer_ref": buyer_ref, "ids": list(dict.fromkeys(coupon_ids)), "now": now}
    )
    return tuple(Presented(row[0], row[1]) for row in rows)
