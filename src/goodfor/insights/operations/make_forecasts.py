"""Look ahead: how many units of each SKU will be wanted, from what was delivered."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.insights.forecasting import PAST, Past, forecast
from goodfor.insights.models import Forecast
from goodfor.insights.types import NONE
from goodfor.kernel.sql import Statement

_DEMAND: Final = Statement("goodfor.insights", "sql/demand.sql")


def make_forecasts(*, shop_id: UUID, today: date) -> int:
    """Of every SKU that was delivered within the past year, by the whole days before `today`; how many SKUs.

    0, and nothing is done, where it was done for this day already. What was computed is stored in one transaction.
    """
    if Forecast.objects.filter(shop_id=shop_id, made_on__gte=today).exists():
        return 0
    pasts = _pasts(shop_id, today)
    found = forecast(pasts, today)
    with transaction.atomic():
        Forecast.objects.filter(shop_id=shop_id).delete()
        Forecast.objects.bulk_create(
            Forecast(
                shop_id=shop_id, sku_id=one.sku_id, horizon=one.horizon, low=one.low, mid=one.mid, high=one.high,
                method=one.method, made_on=today,
            )
            for one in found
        )  # fmt: skip
    return len(pasts)


def _pasts(shop_id: UUID, today: date) -> list[Past]:
    first, last = today - timedelta(days=PAST), today - timedelta(days=1)
    days: dict[UUID, dict[date, int]] = defaultdict(dict)
    for sku_id, day, units in _DEMAND.rows({"shop_id": shop_id, "first": first, "last": last, "none": NONE}):
        days[sku_id][day] = units
    return [
        Past(sku_id, [sold.get(min(sold) + timedelta(days=n), 0) for n in range((last - min(sold)).days + 1)])
        for sku_id, sold in sorted(days.items(), key=lambda one: str(one[0]))
    ]
