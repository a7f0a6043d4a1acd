"""What could be bought now of some SKUs. Reached through `queries`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.timezone import localtime

from goodfor.catalog import queries as catalog
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.kernel.sql import Row, Statement
from goodfor.supply.guardless import guardless
from goodfor.supply.routing import DRIFT
from goodfor.supply.types import Buyable

_BUYABLE: Final = Statement("goodfor.supply", "sql/buyable.sql")
#: Of a stock without a number.
MANY: Final = 999
_ENDLESS: Final = 2**63


def buyable(
    shop_id: UUID, sku_ids: Sequence[UUID], now: datetime, *, channel: str = "", quantity: int = 1, sold: bool = False
) -> dict[UUID, Buyable]:
    """What could be bought now of these SKUs, by what suppliers said last, and when that was. Absent: nothing.

    As `routing` judges: breakers, balances, hours, quotas, and where `channel` is given, where it may be sold; offers
    that sell no less than more than `quantity` do not count. Nor do those that cost more than the price leaves, or
    whose selling a rule has stopped, unless it is `sold` already: then its own price decides.
    """
    rows = _rows(shop_id, sku_ids, now, channel, quantity)
    if rows and not sold:
        prices = catalog.prices(shop_id, list({row[0] for row in rows}))
        rows = [row for row in rows if _sells(row, prices, quantity)]
    units: dict[UUID, int] = defaultdict(int)
    seen: dict[UUID, datetime] = {}
    for sku_id, count, seen_at, *_rest in rows:
        units[sku_id] += count
        seen[sku_id] = min(seen_at, seen.get(sku_id, seen_at))
    return {sku_id: Buyable(count, seen[sku_id]) for sku_id, count in units.items() if count > 0}


def dearest(
    shop_id: UUID, sku_ids: Sequence[UUID], now: datetime, *, currency: str, channel: str = "", quantity: int = 1
) -> dict[UUID, int]:
    """The most that a unit of these SKUs costs where it could be bought now, in minor units of the shop's currency."""
    found: dict[UUID, int] = {}
    for sku_id, _units, _seen, landed, *_rest in _rows(shop_id, sku_ids, now, channel, quantity):
        cost = int((landed.scaleb(EXPONENTS[currency])).to_integral_value(ROUND_CEILING))
        found[sku_id] = max(cost, found.get(sku_id, 0))
    return found


def _rows(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime, channel: str, quantity: int) -> list[Row]:
    if not sku_ids:
        return []
    local = localtime(now)
    rows = _BUYABLE.rows({
        "shop_id": shop_id, "sku_ids": list(sku_ids), "many": MANY, "now": now, "day": local.date(),
        "minute": local.hour * 60 + local.minute, "channel": channel, "quantity": quantity,
    })  # fmt: skip
    return [row for row in rows if _left(row) > 0]


def _left(row: tuple[Any, ...]) -> int:
    """What may be lost there today to prices that rise after the question; without end where a guard refuses them."""
    *_rest, protocol, left = row
    return (left or 0) if guardless(protocol) else _ENDLESS


def _sells(row: tuple[Any, ...], prices: Mapping[UUID, Money], quantity: int) -> bool:
    """At the catalogue's price it earns its floor or a loss is allowed, and their own floor is kept."""
    sku_id, units, _seen, landed, floor_minor, loss_budget, their_floor, stopped, *_guard = row
    price = prices.get(sku_id)
    if stopped or price is None:
        return False
    exponent = EXPONENTS[price.currency]
    if their_floor is not None and Decimal(price.amount_minor).scaleb(-exponent) < Decimal(their_floor):
        return False
    cost, room = landed.scaleb(exponent), max(0, price.amount_minor - floor_minor)
    exposed = max(Decimal(0), cost * DRIFT - max(Decimal(room), cost)) * min(quantity, units)
    return bool(cost + floor_minor <= price.amount_minor + loss_budget and exposed <= _left(row))
