"""What people held before this room was there is written down: once, oldest first."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.gifts.models import Walk
from goodfor.gifts.operations.note_held import note_held
from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.tenancy import platform_job
from goodfor.orders import queries as orders

NAME: Final = "backfill"
MOST: Final = 100
_OVER: Final = UUID(int=2**128 - 1)


def backfill(*, now: datetime) -> int:
    """The next orders that were placed before the room began; how many. Those that come later are told by events.

    A transaction an order, and a mark after each stretch: stopped anywhere, it does a few of them again.
    """
    row, _new = Walk.objects.get_or_create(name=NAME, defaults={"at": now, "after": UUID(int=0)})
    if row.after == _OVER:
        return 0
    with platform_job("what people held before"):
        found = orders.delivered_page(row.after, uuid7_floor(row.at), MOST)
    for shop_id, order_id in found:
        note_held(shop_id=shop_id, order_id=order_id)
    Walk.objects.filter(name=NAME).update(after=found[-1][1] if len(found) == MOST else _OVER)
    return len(found)
