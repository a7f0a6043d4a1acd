"""Offer a face value of a product."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer, ProductUnknown
from goodfor.catalog.models import Product, Sku
from goodfor.kernel import audit
from goodfor.kernel.money import Money


@transaction.atomic
def create_sku(
    *,
    shop_id: UUID,
    product_id: UUID,
    code: str,
    name: str,
    price: Money,
    list_price: Money | None = None,
    face_value_label: str = "",
    per_order_limit: int = 10_000,
    per_buyer_limit: int | None = None,
    hold_seconds: int = 900,
    position: int = 0,
    actor: str,
    now: datetime,
) -> UUID:
    """Create a SKU on sale; returns its id. Raises ProductUnknown, InvalidOffer."""
    if not Product.objects.filter(shop_id=shop_id, id=product_id).exists():
        raise ProductUnknown
    if price.amount_minor <= 0 or (list_price is not None and list_price < price):
        raise InvalidOffer(field="price")
    if not 1 <= per_order_limit <= 10_000 or (per_buyer_limit is not None and per_buyer_limit < 1):
        raise InvalidOffer(field="limit")
    sku = Sku.objects.create(
        shop_id=shop_id,
        product_id=product_id,
        code=code,
        name=name,
        face_value_label=face_value_label,
        price_minor=price.amount_minor,
        list_price_minor=list_price.amount_minor if list_price else None,
        currency=price.currency,
        per_order_limit=per_order_limit,
        per_buyer_limit=per_buyer_limit,
        hold_seconds=hold_seconds,
        position=position,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="sku_created",
        subject=("sku", sku.id),
        data={"price_minor": price.amount_minor, "currency": price.currency},
        now=now,
    )
    return sku.id
