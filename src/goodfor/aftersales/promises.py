"""What is promised, and what was promised to an order. Reached through `queries`."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.aftersales.mapping import promise_view, terms_from_json
from goodfor.aftersales.models import Promise
from goodfor.aftersales.types import BoundPromise, PromiseView, Scope, Terms
from goodfor.catalog import queries as catalog
from goodfor.kernel.sql import Row, Statement
from goodfor.supply import queries as supply

#: What holds where a shop has set nothing.
BUILT_IN: Final = BoundPromise(None, "shop", 0, Terms())
_AT: Final = Statement(__package__, "sql/promise_at.sql")
_SKU, _CATEGORY, _SUPPLIER = 1, 2, 3
_CATEGORY_ASKED, _SUPPLIER_ASKED = 10, 20


def promise_for(
    shop_id: UUID, sku_id: UUID, at: datetime, supplier_id: UUID | None = None, category_id: UUID | None = None
) -> BoundPromise:
    """The promise that an order of this SKU has that was placed `at`: the narrowest in force then.

    One indexed query. What is not given is looked up where it matters, which only a shop with promises for categories
    or suppliers pays for. A supplier's promise is for SKUs that could come from no other supplier: leave `supplier_id`
    away, so that what a page shows before buying is what binds after.
    """
    found = _in_force(shop_id, sku_id, at, supplier_id, category_id)
    if not found.get(_SKU) and (found.keys() & {_CATEGORY_ASKED, _SUPPLIER_ASKED}):
        category_id = catalog.category_of(shop_id, sku_id) if _CATEGORY_ASKED in found else category_id
        supplier_id = supply.sole_supplier(shop_id, sku_id, at) if _SUPPLIER_ASKED in found else supplier_id
        if category_id or supplier_id:
            found = _in_force(shop_id, sku_id, at, supplier_id, category_id)
    return next((bound for rank, bound in sorted(found.items()) if bound), BUILT_IN)


def promise_of_shop(shop_id: UUID, at: datetime) -> BoundPromise:
    """What the shop promised for everything that has no narrower promise."""
    found = _in_force(shop_id, None, at, None, None)
    return next((bound for bound in found.values() if bound), BUILT_IN)


def promises_of(shop_id: UUID) -> list[PromiseView]:
    """The newest version of each scope, the shop's first: in force from `from_at`; `terms` None: taken away."""
    rows = Promise.objects.filter(shop_id=shop_id).order_by("scope", "scope_id", "-version")
    order = {"shop": 0, "supplier": 1, "category": 2, "sku": 3}
    found = [promise_view(row) for row in rows.distinct("scope", "scope_id")]
    return sorted(found, key=lambda one: (order[one.scope], -one.made_at.timestamp()))


def history(shop_id: UUID, scope: Scope, scope_id: UUID | None, limit: int = 50) -> list[PromiseView]:
    """The versions of one scope, newest first."""
    rows = Promise.objects.filter(shop_id=shop_id, scope=scope, scope_id=scope_id).order_by("-version")
    return [promise_view(row) for row in rows[:limit]]


def _in_force(
    shop_id: UUID, sku_id: UUID | None, at: datetime, supplier_id: UUID | None, category_id: UUID | None
) -> dict[int, BoundPromise | None]:
    """By rank; None: taken away, or a question that only the SKU's category or supplier answers."""
    rows = _AT.rows(
        {"shop_id": shop_id, "sku_id": sku_id, "at": at, "supplier_id": supplier_id, "category_id": category_id}
    )
    return {row[0]: _bound(row) for row in rows}


def _bound(row: Row) -> BoundPromise | None:
    _rank, promise_id, scope, version, terms = row
    return None if terms is None else BoundPromise(promise_id, scope, version, terms_from_json(json.loads(terms)))
