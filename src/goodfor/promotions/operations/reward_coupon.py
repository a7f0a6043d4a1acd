"""A coupon that a buyer has earned: given, and taken back while it is unused. Both in the caller's transaction."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.promotions import states
from goodfor.promotions.operations.claim_coupon import CLAIM

_LOSE: Final = Statement("goodfor.promotions", "sql/lose_coupon.sql")


def earn_coupon(*, shop_id: UUID, batch_id: UUID, buyer_ref: str, now: datetime) -> UUID | None:
    """Its id; None: the batch is closed, used up or over. It counts in the batch, not in what a buyer may claim."""
    coupon_id = uuid7()
    row = CLAIM.row(
        {
            "shop_id": shop_id, "batch_id": batch_id, "coupon_id": coupon_id, "buyer": buyer_ref, "keys": [],
            "now": now,
        }
    )  # fmt: skip
    return coupon_id if row is not None and row[0] == "" else None


def lose_coupon(*, shop_id: UUID, coupon_id: UUID, now: datetime) -> bool:
    """It counts no more, whoever it was passed on to; the same again does nothing. False: an order has it.

    What an order has stays the order's; should it come back from there it is over.
    """
    states.COUPON_STATES.check(states.CLAIMED, states.VOID)
    row = _LOSE.row({"shop_id": shop_id, "coupon_id": coupon_id, "now": now})
    return row is not None and row[0] == states.VOID
