"""Finding an order there: by their number, else by ours."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from goodfor.supply.providers.goodfor_shop.client import Caller, Denied
from goodfor.supply.providers.goodfor_shop.items import instant
from goodfor.supply.providers.numbers import BadReply, records, text
from goodfor.supply.providers.values import OrderRef

REF: Final = re.compile(r"[0-9A-Z]{8,32}")
PAGE: Final = 100
MAX_PAGES: Final = 40
#: Their clock may be so far from ours.
SKEW: Final = timedelta(hours=1)


def found(caller: Caller, what: str, order: OrderRef) -> dict[str, Any] | None:
    """The order as they tell it, or None: they know of none. Raises as `Caller.get`."""
    if REF.fullmatch(order.ref):
        try:
            return caller.get(what, f"/orders/{order.ref}")
        except Denied as no:
            if no.code == "order_not_found":
                return None
            raise
    told = records(caller.get(what, "/orders", {"external_ref": order.number, "limit": 2}).get("items"))
    if all(text(row.get("external_ref"), 64) == order.number for row in told):
        return told[0] if told else None
    # A Goodfor of before does not know that question and answered with the latest orders.
    rows = listed(caller, what, order.placed_at - SKEW)
    return next((row for row in rows if text(row.get("external_ref"), 64) == order.number), None)


def listed(caller: Caller, what: str, since: datetime) -> Iterator[dict[str, Any]]:
    """All orders of this client, latest first, back to then. Raises as `Caller.get`; BadReply where there are too many.

    Ids grow with time there, so nothing that was ordered later can hide behind what was ordered before.
    """
    cursor = ""
    for _page in range(MAX_PAGES):
        told = caller.get(what, "/orders", {"limit": PAGE, **({"cursor": cursor} if cursor else {})})
        for row in records(told.get("items")):
            at = instant(row.get("placed_at"))
            if at is None:
                raise BadReply("bad_time")
            if at < since:
                return
            yield row
        cursor = text(told.get("next_cursor"), 200)
        if not cursor:
            return
    raise BadReply("too_many_orders")
