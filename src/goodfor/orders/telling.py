"""What a message says about an order, by the names that templates know. Pure; no codes, no contact."""

from typing import Any

from goodfor.orders.types import DeskOrder, OrderView


def order_facts(order: OrderView | DeskOrder) -> dict[str, Any]:
    """The names under `order`."""
    return {
        "number": order.number,
        "title": order.lines[0].title if order.lines else "",
        "quantity": order.quantity,
        "total": order.total,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "url": f"/o/{order.number}",
    }


def order_lines(order: OrderView | DeskOrder) -> list[dict[str, Any]]:
    """The names under `lines`; `sku_id` says whether a code may stand in a line."""
    return [
        {
            "sku_id": line.sku_id,
            "title": line.title,
            "quantity": line.quantity,
            "price": line.unit_price,
            "discount": line.discount,
            "net": line.net,
        }
        for line in order.lines
    ]
