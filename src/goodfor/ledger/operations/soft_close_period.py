"""Close a month softly."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.writing import refusals

SOFT = Statement("goodfor.ledger", "sql/period_soft.sql")
STATE = Statement("goodfor.ledger", "sql/period_state.sql")


def soft_close_period(*, shop_id: UUID, month: date, now: datetime) -> str:
    """Close a month (its first day) and all before it for everything but adjustments. Returns its state.

    That is "soft", or "closing" or "closed" when it was closed before. Ordinary entries for it move to the first open
    day; one that is being written at this moment may still go in. Raises InvalidInput for a month not yet over.
    """
    if month.day != 1 or (month.year, month.month) >= (now.year, now.month):
        raise InvalidInput("only a month that is over can be closed")
    params = {"shop_id": shop_id, "month": month}
    with refusals(), transaction.atomic():
        SOFT.run({**params, "now": now})
        row = STATE.row(params)
    assert row is not None
    return str(row[0])
