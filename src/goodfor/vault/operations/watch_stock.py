"""Look whether stock fell below its threshold, and say so once for each time it does.

It lives in the vault, since only the vault knows what is left, and not where codes are sold: a sale writes nothing for
it. A periodic look over the counts that lots keep costs one statement for a shop, whatever it sells. What is on sale
and where the shop's own threshold lies, the caller has asked of the rooms below.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import events
from goodfor.kernel.sql import Statement
from goodfor.vault.events import LowStock
from goodfor.vault.locks import alone_in

_WATCH = Statement("goodfor.vault", "sql/watch_stock.sql")


@transaction.atomic
def watch_stock(*, shop_id: UUID, sku_ids: Sequence[UUID], shop_threshold: int, now: datetime) -> int:
    """Ring for each of these SKUs whose bell is armed and which has fewer unsold codes than its threshold; how many.

    Each crossing is one event LowStock in this transaction; the bell is armed again by a look that finds enough.
    Returns 0, too, while another process is looking at this shop.
    """
    # One look at a time: a slow one, with counts of a moment ago, would arm a bell that has just rung.
    if not sku_ids or not alone_in(f"vault.watch_stock:{shop_id}"):
        return 0
    asked = {"shop_id": shop_id, "sku_ids": list(sku_ids), "shop_threshold": shop_threshold, "now": now}
    rung = 0
    for sku_id, armed, left, threshold, crossings in _WATCH.rows(asked):
        # What is seen for the first time has crossed nothing, however little there is.
        if armed or not crossings:
            continue
        event = LowStock(sku_id=sku_id, left=left, threshold=threshold, crossing=crossings)
        events.publish(shop_id=shop_id, event=event, now=now)
        rung += 1
    return rung
