"""What orders earned is final once nothing was posted with them for long."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from goodfor.finance.events import OrderProfitFinal
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Longer than anybody asks for their money back, and than a supplier answers.
QUIET: Final = timedelta(days=45)
#: Where the channel never told what it kept.
UNBILLED: Final = timedelta(days=120)
_END = Statement("goodfor.finance", "sql/orders_end.sql")


def end_orders(*, now: datetime, limit: int = 500) -> int:
    """How many became final. One that something is posted with after all is billed again, and final again later."""
    with platform_job("orders that are over"), transaction.atomic():
        rows = _END.rows({"before": now - QUIET, "unbilled": now - UNBILLED, "now": now, "limit": limit})
        for shop_id, order_id, number, profit, currency in rows:
            event = OrderProfitFinal(order_id, number, profit, currency)
            publish(shop_id=shop_id, event=event, cause=("order", order_id), now=now)
    return len(rows)
