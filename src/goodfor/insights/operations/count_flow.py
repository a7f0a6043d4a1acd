"""Count anew how far the orders of a day have come, from the rows of orders, payments and claims themselves."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.insights.models import Dirty, Flow
from goodfor.insights.types import BOOKS
from goodfor.kernel.sql import Statement

AGAIN: Final = timedelta(minutes=10)
# A day of a long history: the plan for no day in particular reads all orders.
_COUNT: Final = Statement("goodfor.insights", "sql/flow_day.sql", planned_each_time=True)


@transaction.atomic(savepoint=False)
def count_flow(*, shop_id: UUID, day: date) -> int:
    """All of a day of the books; how many rows tell it. The same again changes nothing.

    What moves while it counts marks the day anew, since its mark waits for ours to go.
    """
    Dirty.objects.filter(shop_id=shop_id, day=day).delete()
    Flow.objects.filter(shop_id=shop_id, day=day).delete()
    asked = {
        "shop_id": shop_id, "day": day, "since": datetime.combine(day, time(), BOOKS),
        "until": datetime.combine(day + timedelta(days=1), time(), BOOKS),
    }  # fmt: skip
    return _COUNT.run(asked)


def put_back(*, shop_id: UUID, day: date, now: datetime) -> None:
    """It failed for now: it is tried again in a while, and holds no other day up."""
    Dirty.objects.filter(shop_id=shop_id, day=day).update(since=now + AGAIN)
