"""How long the stock lasts, and what to buy."""

from uuid import UUID

from goodfor.insights.models import Forecast
from goodfor.insights.reads import sku_names
from goodfor.insights.types import Demand, Restock
from goodfor.vault import queries as vault


def demand_of(shop_id: UUID, horizon: int) -> list[Demand]:
    """The newest forecast of every SKU that has one, the most wanted first."""
    rows = Forecast.objects.filter(shop_id=shop_id, horizon=horizon).order_by("-mid", "sku_id")
    return [Demand(row.sku_id, row.horizon, row.low, row.mid, row.high, row.made_on, row.method) for row in rows]


def restock(shop_id: UUID, horizon: int) -> list[Restock]:
    """SKUs that are kept in stock and wanted, the soonest empty first; `advice` fills up to the high side."""
    wanted = demand_of(shop_id, horizon)
    levels = vault.stock(shop_id, [one.sku_id for one in wanted])
    names = sku_names(shop_id)
    found = [
        Restock(
            one.sku_id, names.get(one.sku_id, ""), levels[one.sku_id].available, one,
            levels[one.sku_id].available * horizon / one.mid if one.mid else None,
            max(0, one.high - levels[one.sku_id].available),
        )
        for one in wanted
        if one.sku_id in levels
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.days_left is None, one.days_left or 0.0, str(one.sku_id)))
