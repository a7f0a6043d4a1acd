"""Read the next stretch of the books and follow the orders in it."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.finance.operations.follow_orders import follow_orders
from goodfor.finance.profit_models import Stuck
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Headers of the ledger a run, and orders a transaction.
BATCH, PIECE = 600, 300
_TAKE = Statement("goodfor.finance", "sql/cursor_take.sql")
_STOP = Statement("goodfor.finance", "sql/cursor_stop.sql")
_SET = Statement("goodfor.finance", "sql/cursor_set.sql")
_TOUCHED = Statement("goodfor.finance", "sql/touched.sql")
_DUE = Statement("goodfor.finance", "sql/stuck_due.sql")
_STUCK = Statement("goodfor.finance", "sql/stuck_put.sql")
log = structlog.get_logger(__name__)


def follow_books(*, now: datetime, batch: int = BATCH) -> int:
    """How many orders were followed; nothing where the books say nothing new. Only one process may be in it.

    What is posted with an order, by whoever, is read here in the order of transaction ids, below the oldest running
    one, so that a late commit is never passed over. An order that cannot be followed is noted, tried again, and holds
    nothing else up.
    """
    with platform_job("read the books"), transaction.atomic():
        taken = _TAKE.row({})
        assert taken is not None
        stop = _STOP.row({"after": taken[0], "batch": batch})
        assert stop is not None
        touched = _TOUCHED.rows({"after": taken[0], "upto": stop[1]}) if stop[0] is not None else []
        due = _DUE.rows({"now": now, "limit": PIECE})
    orders: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for shop_id, order_id in sorted({*touched, *due}):
        orders[shop_id].append(order_id)
    for shop_id, ids in orders.items():
        for first in range(0, len(ids), PIECE):
            _follow(shop_id, ids[first : first + PIECE], now)
    if due:
        _forget(due, now)
    with platform_job("read the books"):
        _SET.run({"upto": stop[1]})
    return len(touched) + len(due)


def _follow(shop_id: UUID, ids: list[UUID], now: datetime) -> None:
    """All together; where that fails, each by itself, so that the one is found."""
    try:
        follow_orders(shop_id=shop_id, order_ids=ids, now=now)
    except Exception as error:
        if len(ids) > 1:
            for order_id in ids:
                _follow(shop_id, [order_id], now)
            return
        log.error("order_not_followed", shop_id=str(shop_id), order_id=str(ids[0]), error=type(error).__name__)
        problem = type(error).__name__[:80]
        _STUCK.run({"order_id": ids[0], "shop_id": shop_id, "problem": problem, "now": now})


def _forget(due: list[tuple[UUID, UUID]], now: datetime) -> None:
    """Those that could be followed this time are stuck no more: the others have a later time by now."""
    for shop_id in sorted({shop for shop, _order in due}):
        ids = [order for shop, order in due if shop == shop_id]
        Stuck.objects.filter(shop_id=shop_id, order_id__in=ids, next_at__lte=now).delete()
