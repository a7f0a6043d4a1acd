"""Offer a face value of a product."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.catalog.errors import InvalidOffer, ProductUnknown
from goodfor.catalog.models import DELIVERY_KINDS, Product, Sku
from goodfor.catalog.operations.check_offer import (
    MAX_NAME,
    check_hold,
    check_limits,
    check_position,
    check_price,
    check_tier,
    checked_text,
)
from goodfor.kernel import audit
from goodfor.kernel.money import Money


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
    on_sale: bool = True,
    delivery_kind: str = "code",
    least_tier: int = 0,
    actor: str,
    now: datetime,
) -> UUID:
    """Create a SKU; returns its id. Raises ProductUnknown, InvalidOffer (also for a code in use already).

    `delivery_kind` stays: `code` from stock or suppliers, `direct` by suppliers to the account that the buyer names.
    """
    if delivery_kind not in dict(DELIVERY_KINDS):
        raise InvalidOffer(field="delivery_kind")
    check_price(price, list_price)
    check_limits(per_order_limit, per_buyer_limit)
    check_hold(hold_seconds)
    check_tier(least_tier)
    check_position(position)
    sku = Sku(
        shop_id=shop_id,
        product_id=product_id,
        code=checked_text("code", code, 64, needed=True),
        name=checked_text("name", name, MAX_NAME, needed=True),
        face_value_label=checked_text("face_value_label", face_value_label, 40),
        price_minor=price.amount_minor,
        list_price_minor=list_price.amount_minor if list_price else None,
        currency=price.currency,
        per_order_limit=per_order_limit,
        per_buyer_limit=per_buyer_limit,
        least_tier=least_tier,
        hold_seconds=hold_seconds,
        position=position,
        on_sale=on_sale,
        delivery_kind=delivery_kind,
    )
    if not Product.objects.filter(shop_id=shop_id, id=product_id).exists():
        raise ProductUnknown
    try:
        with transaction.atomic():
            sku.save(force_insert=True)
            data = {"price_minor": price.amount_minor, "currency": price.currency}
            audit.record(
                shop_id=shop_id, actor=actor, action="sku_created", subject=("sku", sku.id), data=data, now=now
            )
    except IntegrityError as error:
        raise InvalidOffer(field="code", reason="taken") from error
    return sku.id
