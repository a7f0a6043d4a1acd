"""Reads of what somebody holds of codes. Reached through `queries`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.delivery import queries as delivery
from goodfor.gifts.held_models import FOREVER, Item
from goodfor.gifts.types import HeldCodes
from goodfor.kernel.sql import Statement
from goodfor.orders import queries as orders

_HELD: Final = Statement(__package__, "sql/held.sql")
_MOST: Final = 100


def codes_held(shop_id: UUID, holder_ref: str, now: datetime, after: str = "", limit: int = 20) -> list[HeldCodes]:
    """What has not ended, that which ends first before others; `after`: the `place` of the last one."""
    at, _sep, last = after.partition("|")
    rows = _HELD.rows(
        {
            "shop_id": shop_id, "holder": holder_ref, "now": now, "at": at or None, "after": last or None,
            "limit": min(limit, _MOST),
        }
    )  # fmt: skip
    return [_counted(shop_id, *row) for row in rows]


def unseen_of(shop_id: UUID, rows: Sequence[Item]) -> set[UUID]:
    """Those of these items of which somebody has a code that nobody has looked at."""
    found = set()
    for row in rows:
        if _counts(shop_id, row.id, row.gift_id)[0]:
            found.add(row.id)
    return found


def _counted(
    shop_id: UUID, item_id: UUID, order_id: UUID, gift_id: UUID | None, number: str, title: str, ends_at: datetime
) -> HeldCodes:
    unseen, seen, waiting = _counts(shop_id, item_id, gift_id)
    return HeldCodes(
        id=item_id, order_id=order_id, gift_id=gift_id, number=number, title=title, unseen=unseen, seen=seen,
        waiting=waiting, ends_at=ends_at if ends_at < FOREVER else None, place=f"{ends_at.isoformat()}|{item_id}",
    )  # fmt: skip


def _counts(shop_id: UUID, item_id: UUID, gift_id: UUID | None) -> tuple[int, int, int]:
    """Codes unseen, seen, and waiting in an open gift."""
    if gift_id is not None:
        given = orders.masked_codes_of_gift(shop_id, gift_id)
        shown = sum(1 for one in given if one.revealed_at is not None)
        return len(given) - shown, shown, 0
    over, away = orders.remedied_codes(shop_id, [item_id]), orders.given_away(shop_id, [item_id])
    codes = [one for one in delivery.masked_codes(shop_id, [item_id]) if one.code_id not in over]
    mine = [one for one in codes if one.code_id not in away]
    seen = sum(1 for one in mine if one.revealed_at is not None)
    waiting = sum(1 for one in codes if one.code_id in away and not away[one.code_id].passed)
    return len(mine) - seen, seen, waiting
