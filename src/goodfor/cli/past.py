"""A long past in bulk, by SQL: for measuring lists. Orders, lines, payments and histories as the operations leave them.

Codes and postings are not made: nothing here may be audited.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from goodfor.kernel.sql import Statement

CHUNK = 100_000
_PAST = Statement(__package__, "sql/past_orders.sql", planned_each_time=True)


def past_orders(
    *, shop_id: UUID, client_id: UUID, account_id: UUID, skus: Sequence[UUID], count: int, days: float, until: datetime
) -> None:
    """Write `count` orders of the last `days`, then vacuum: lists read indexes alone where pages are known visible."""
    params = {
        "shop": shop_id, "client": client_id, "account": account_id, "skus": list(skus), "total": count, "days": days,
        "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for first in range(1, count + 1, CHUNK):
            _PAST.run({**params, "first": first, "last": min(first + CHUNK - 1, count)})
        for table in ("orders_order", "orders_line", "payments_payment", "kernel_history"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
