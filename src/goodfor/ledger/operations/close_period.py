"""Close a month."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.models import Period
from goodfor.ledger.writing import refusals

CLOSE = Statement("goodfor.ledger", "sql/period_close.sql")
CLOSED = Statement("goodfor.ledger", "sql/period_closed.sql")


def close_period(*, shop_id: UUID, month: date, now: datetime) -> str:
    """Close a month (its first day) and all before it. Returns "closing" or "closed"; call again until closed.

    It may have been soft-closed before. From "closing" on, entries for it move to the first open day. It is closed
    when every transaction that began before has ended, so that no writer ever has to take a lock for it.
    Raises InvalidInput for a month not yet over.
    """
    if month.day != 1 or (month.year, month.month) >= (now.year, now.month):
        raise InvalidInput("only a month that is over can be closed")
    params = {"shop_id": shop_id, "month": month, "now": now}
    with refusals(), transaction.atomic():
        if not CLOSE.run(params):
            CLOSED.run(params)
        state: str = Period.objects.values_list("state", flat=True).get(shop_id=shop_id, month=month)
    return state
