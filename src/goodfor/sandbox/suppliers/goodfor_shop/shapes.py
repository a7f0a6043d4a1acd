"""What the API shows: ids, amounts, products, orders, codes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from goodfor.sandbox.suppliers.types import Code, Item, Order, Refused, two

_STATES: Final = {
    "unpaid": "placed", "accepted": "paid", "processing": "paid", "cancelling": "paid", "partial": "delivered",
    "success": "delivered", "refunding": "refunding", "cancelled": "refunded", "failed": "refunded",
    "odd": "under_review",
}  # fmt: skip
#: What stands in an id for what it is of.
PRODUCT, SKU, ORDER, CODE = "7000", "7001", "7002", "7003"
CURRENCY: Final = "CNY"


def id_of(kind: str, number: str | int) -> str:
    """An id as the API writes them, which has a number of the books in it."""
    return f"00000000-0000-{kind}-8000-{int(number):012d}"


def number_of(kind: str, told: object) -> str:
    """The number in an id. Raises Refused(off_sale): there is nothing of that id."""
    text = str(told)
    if len(text) != 36 or not text.startswith(f"00000000-0000-{kind}-8000-") or not text[24:].isdigit():
        raise Refused("off_sale", "unknown id")
    return str(int(text[24:]))


def money(amount: Decimal) -> dict[str, Any]:
    """An amount."""
    return {"amount": two(amount), "amount_minor": int(amount * 100), "currency": CURRENCY}


def instant(at_ms: int | None) -> str | None:
    """A time."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


def listed(item: Item) -> dict[str, Any]:
    """A product in the list."""
    return {
        "id": id_of(PRODUCT, item.id), "name": item.name, "category": item.category, "summary": "",
        "image_url": None, "from_price": money(item.cost), "sku_ids": [id_of(SKU, item.id)],
    }  # fmt: skip


def product(item: Item) -> dict[str, Any]:
    """A product, whole: with the one SKU that it has."""
    on = item.state == "on"
    sku = {
        "id": id_of(SKU, item.id), "name": "标准", "face_value_label": two(item.face), "price": money(item.cost),
        "on_sale": on, "delivery_kind": "code" if item.kind == "card" else "top_up", "per_order_limit": 100,
    }  # fmt: skip
    return {
        "id": id_of(PRODUCT, item.id), "name": item.name, "category": item.category, "summary": "",
        "how_to_use": "", "validity_text": "", "image_url": None, "on_sale": on, "skus": [sku],
    }  # fmt: skip


def state_of(order: Order) -> str:
    """The API's word. Money that came back in part leaves an order delivered."""
    if order.state == "refunded":
        return "refunded" if order.refunded == order.charged else "delivered"
    return _STATES[order.state]


def shown(order: Order) -> dict[str, Any]:
    """An order."""
    state, line = state_of(order), id_of(SKU, order.item)
    return {
        "id": id_of(ORDER, order.seq), "number": order.ref, "state": state, "total": money(order.charged),
        "refunded": money(order.refunded),
        "placed_at": instant(order.created_ms), "pay_by": None, "paid_at": instant(order.created_ms),
        "deliver_by": None, "held_until": None,
        "delivered_at": instant(order.ended_ms) if state == "delivered" else None,
        "refunded_at": instant(order.ended_ms) if state == "refunded" else None, "external_ref": order.number,
        "lines": [{"id": line, "sku_id": line, "title": "", "quantity": order.quantity,
                   "unit_price": money(order.unit_cost)}],
    }  # fmt: skip


def revealed(code: Code) -> dict[str, Any]:
    """A code in plain text."""
    return {
        "id": id_of(CODE, code.ref[-12:]), "number": code.number or None, "secret": code.secret or code.link,
        "expires_at": None, "state": "delivered",
    }  # fmt: skip
