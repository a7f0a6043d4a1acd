"""Domain types as plain data for JSON. Pure; the shapes are those of schemas.py, which a test compares."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from goodfor.catalog.types import CategoryView, ProductCard, ProductView, SkuView
from goodfor.delivery.types import MaskedCode, RevealedCode
from goodfor.kernel.money import Money
from goodfor.ledger.types import AccountEntry
from goodfor.orders.types import LineView, OrderView, PlacedOrder, RefundView
from goodfor.supply.types import AskedField

Json = dict[str, Any]


def money(value: Money) -> Json:
    """MoneyOut."""
    return {"amount": value.as_decimal_string(), "amount_minor": value.amount_minor, "currency": value.currency}


def line(view: LineView) -> Json:
    """LineOut."""
    return {
        "id": view.line_id,
        "sku_id": view.sku_id,
        "title": view.title,
        "quantity": view.quantity,
        "unit_price": money(view.unit_price),
        "discount": money(view.discount),
        "total": money(view.net),
        "gift": view.gift,
        "bundle_id": view.bundle_id,
        "bundle_title": view.bundle_title or None,
        "delivery_kind": view.kind,
        "account": view.account or None,
        "done": view.topped,
    }


def order(view: OrderView) -> Json:
    """OrderOut."""
    return {
        "id": view.id,
        "number": view.number,
        "state": view.state,
        "total": money(view.total),
        "placed_at": view.placed_at,
        "pay_by": view.pay_by,
        "paid_at": view.paid_at,
        "deliver_by": view.deliver_by,
        "held_until": view.held_until,
        "delivered_at": view.delivered_at,
        "refunded_at": view.refunded_at,
        "refunded": money(view.refunded or Money(0, view.total.currency)),
        "external_ref": view.external_ref,
        "lines": [line(item) for item in view.lines],
    }


def placed(view: PlacedOrder, *, placed_at: Any, external_ref: str | None, url: str) -> Json:
    """NewOrderOut of an order that waits for its payment."""
    return {
        "id": view.order_id,
        "number": view.number,
        "state": "placed",
        "total": money(view.total),
        "placed_at": placed_at,
        "pay_by": view.pay_by,
        "paid_at": None,
        "deliver_by": None,
        "held_until": None,
        "delivered_at": None,
        "refunded_at": None,
        "refunded": money(Money(0, view.total.currency)),
        "external_ref": external_ref,
        "lines": [line(item) for item in view.lines],
        "checkout": {"url": url, "secret": view.secret},
    }


def entry(view: AccountEntry, currency: str) -> Json:
    """EntryOut. A wallet is a debt of the shop (credits are negative), so its sign turns for its owner."""
    return {
        "id": view.tx_id,
        "kind": view.kind,
        "reference": view.reference,
        "amount": money(Money(-view.amount_minor, currency)),
        "order_id": view.order_id,
        "at": view.effective_at,
    }


def refund(view: RefundView) -> Json:
    """RefundOut."""
    return {
        "id": view.refund_id,
        "number": view.number,
        "order_number": view.order_number,
        "amount": money(view.amount),
        "state": view.state,
        "requested_at": view.requested_at,
        "succeeded_at": view.succeeded_at,
    }


def masked(view: MaskedCode) -> Json:
    """MaskedCodeOut."""
    return {
        "id": view.code_id,
        "line_id": view.line_id,
        "position": view.position,
        "expires_at": view.expires_at,
        "revealed_at": view.revealed_at,
    }


def code(view: RevealedCode) -> Json:
    """CodeOut: the one place where a plaintext leaves through the API."""
    return {
        "id": view.code_id,
        "line_id": view.line_id,
        "number": view.number or None,
        "secret": view.secret,
        "expires_at": view.expires_at,
    }


def sku(view: SkuView, asked: Sequence[AskedField] = ()) -> Json:
    """SkuOut; `asked`: the form of a top-up."""
    return {
        "id": view.id,
        "code": view.code,
        "name": view.name,
        "face_value_label": view.face_value_label,
        "price": money(view.price),
        "list_price": None if view.list_price is None else money(view.list_price),
        "per_order_limit": view.per_order_limit,
        "per_buyer_limit": view.per_buyer_limit,
        "delivery_kind": view.delivery_kind,
        "on_sale": view.on_sale,
        "form": [
            {
                "name": one.name, "label": one.label, "type": one.type, "required": one.required, "hint": one.hint,
                "format": one.format, "options": list(one.options),
            }
            for one in asked
        ],
    }  # fmt: skip


def product_card(view: ProductCard) -> Json:
    """ProductCardOut."""
    return {
        "id": view.id,
        "slug": view.slug,
        "name": view.name,
        "summary": view.summary,
        "category": view.category_slug,
        "from_price": money(view.from_price),
        "image_url": view.image_url,
        "sku_ids": list(view.sku_ids),
    }


def category(view: CategoryView) -> Json:
    """CategoryOut."""
    return {"slug": view.slug, "name": view.name, "products": view.count}


def product(view: ProductView, forms: Mapping[UUID, Sequence[AskedField]]) -> Json:
    """ProductOut; `forms`: by SKU, of top-ups."""
    return {
        "id": view.id,
        "slug": view.slug,
        "name": view.name,
        "summary": view.summary,
        "how_to_use": view.how_to_use,
        "validity_text": view.validity_text,
        "image_url": view.image_url,
        "category": view.category.slug,
        "on_sale": view.on_sale,
        "skus": [sku(item, forms.get(item.id, ())) for item in view.skus],
    }
