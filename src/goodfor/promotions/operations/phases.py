"""What becomes of what an order has reserved: steps in their caller's transaction, each idempotent by order."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement

_COMMIT: Final = Statement("goodfor.promotions", "sql/commit.sql")
_RELEASE: Final = Statement("goodfor.promotions", "sql/release.sql")
_AGAIN: Final = Statement("goodfor.promotions", "sql/reserve_again.sql")
_ROLL_BACK: Final = Statement("goodfor.promotions", "sql/roll_back.sql")


def commit(*, shop_id: UUID, order_id: UUID, now: datetime) -> None:
    """Money arrived: what is reserved is used. Nothing can fail; an order that holds nothing is left alone."""
    _COMMIT.row({"shop_id": shop_id, "order_id": order_id, "now": now})


def release(*, shop_id: UUID, order_id: UUID, now: datetime) -> None:
    """Cancelled or expired: what is reserved is free again."""
    _RELEASE.row({"shop_id": shop_id, "order_id": order_id, "now": now})


def reserve_again(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """Paid after it was released: take the same once more, whatever became of its campaigns since.

    False where a part is gone: then nothing is taken, and the order is to be refunded.
    """
    row = _AGAIN.row({"shop_id": shop_id, "order_id": order_id, "now": now})
    return row is not None and bool(row[0])


def roll_back(
    *, shop_id: UUID, order_id: UUID, whole: bool, minor: int, units: Mapping[UUID, tuple[int, int]], disputed: bool,
    now: datetime,
) -> None:  # fmt: skip
    """Refunded: give back what each limit's policy gives back; nothing where a bank disputes.

    All of it is said of all refunds of the order together, so that saying it again changes nothing: `whole` (all of the
    order went back), `minor` (of the order's discount, the part of the refunded pieces), `units` (by SKU: pieces that
    went back, of how many).
    """
    del now
    if disputed:
        return
    said = {str(sku): list(pieces) for sku, pieces in units.items()}
    _ROLL_BACK.row(
        {"shop_id": shop_id, "order_id": order_id, "whole": whole, "minor": minor, "units": json.dumps(said)}
    )
