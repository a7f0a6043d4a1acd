"""What pages of other things show of supply: the card of a SKU, the purchases of an order."""

from typing import Any
from uuid import UUID

from goodfor.console import supply_words as words
from goodfor.console.types import Visitor
from goodfor.kernel.clock import utc_now
from goodfor.supply import queries as supply


def card_of(visitor: Visitor, sku_id: UUID) -> dict[str, Any]:
    """How many offers there are and how many are used, the cheapest cost now, and what could be bought."""
    now = utc_now()
    offers = supply.offers(visitor.shop.id, sku_id, now)
    used = [one for one in offers if one.enabled and one.supplier_enabled and one.item.state == "on"]
    # Of suppliers in the shop's own currency: without a rate two costs are not compared here.
    own = [one.item.cost for one in used if one.item.currency == visitor.shop.currency]
    return {
        "offers": len(offers),
        "on": len(used),
        "cheapest": words.cost(min(own), visitor.shop.currency) if own else "",
        "buyable": supply.buyable(visitor.shop.id, [sku_id], now).get(sku_id),
    }


def purchases_of(visitor: Visitor, order_id: UUID) -> list[dict[str, Any]]:
    """Every purchase for an order, oldest first."""
    return [
        {
            "one": view.attempt,
            "supplier": view.supplier,
            "state": words.PURCHASES[view.attempt.state],
            "reason": words.reason(view.attempt.reason) if view.attempt.reason else "",
            "charged": words.cost(view.attempt.charged, view.attempt.currency),
        }
        for view in supply.purchases_of_order(visitor.shop.id, order_id)
    ]
