"""Reads of supply, as values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.supply import states
from goodfor.supply.errors import AttemptNotFound, SupplierNotFound
from goodfor.supply.formats import carrier_of, looks_like
from goodfor.supply.forms import checked_form, form_of, topped_up
from goodfor.supply.mapping import attempt_view, supplier_view
from goodfor.supply.models import Route, Supplier
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.types import AttemptView, Buyable, SupplierView

__all__ = [
    "DEADLINE_SECONDS",
    "MANY",
    "attempt",
    "attempts_of_order",
    "buyable",
    "carrier_of",
    "checked_form",
    "deadline_seconds",
    "desk",
    "form_of",
    "is_wanted",
    "looks_like",
    "supplier",
    "suppliers",
    "topped_up",
]
_BUYABLE: Final = Statement("goodfor.supply", "sql/buyable.sql")
#: Of a stock without a number.
MANY: Final = 999
DEADLINE_SECONDS: Final = 600


def supplier(shop_id: UUID, supplier_id: UUID) -> SupplierView:
    """One supplier. Raises SupplierNotFound."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return supplier_view(row)


def suppliers(shop_id: UUID) -> list[SupplierView]:
    """All of a shop, by name."""
    return [supplier_view(row) for row in Supplier.objects.filter(shop_id=shop_id).order_by("name", "id")]


def buyable(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime) -> dict[UUID, Buyable]:
    """What could be bought now of these SKUs, by what suppliers said last, and when that was. Absent: nothing."""
    if not sku_ids:
        return {}
    rows = _BUYABLE.rows({"shop_id": shop_id, "sku_ids": list(sku_ids), "many": MANY, "now": now})
    return {row[0]: Buyable(int(row[1]), row[2]) for row in rows if row[1] > 0}


def deadline_seconds(shop_id: UUID, sku_ids: Sequence[UUID]) -> int:
    """How long buyers of these SKUs wait at most: the shortest of them."""
    known = dict(Route.objects.filter(shop_id=shop_id, sku_id__in=sku_ids).values_list("sku_id", "deadline_seconds"))
    return min((known.get(sku_id, DEADLINE_SECONDS) for sku_id in sku_ids), default=DEADLINE_SECONDS)


def is_wanted(shop_id: UUID, order_id: UUID) -> bool:
    """Something of this order is still being bought."""
    return Want.objects.filter(shop_id=shop_id, order_id=order_id, state=states.OPEN).exists()


def attempts_of_order(shop_id: UUID, order_id: UUID) -> list[AttemptView]:
    """Every purchase for an order, oldest first."""
    rows = Attempt.objects.filter(shop_id=shop_id, want__order_id=order_id).select_related("want").order_by("id")
    return [attempt_view(row, row.want) for row in rows]


def attempt(shop_id: UUID, attempt_id: UUID) -> AttemptView:
    """One purchase. Raises AttemptNotFound."""
    row = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).select_related("want").first()
    if row is None:
        raise AttemptNotFound
    return attempt_view(row, row.want)


def desk(shop_id: UUID, limit: int = 100) -> list[AttemptView]:
    """Purchases that wait for a person, oldest first."""
    rows = Attempt.objects.filter(shop_id=shop_id, state=states.MANUAL).select_related("want").order_by("sent_at")
    return [attempt_view(row, row.want) for row in rows[:limit]]
