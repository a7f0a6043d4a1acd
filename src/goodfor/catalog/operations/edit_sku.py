"""Set everything that can be changed of a SKU."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.locks import lock_sku
from goodfor.catalog.models import Sku
from goodfor.catalog.operations.check_offer import (
    MAX_NAME,
    check_hold,
    check_limits,
    check_price,
    check_tier,
    checked_text,
)
from goodfor.kernel import audit
from goodfor.kernel.money import Money


@transaction.atomic
def edit_sku(
    *,
    shop_id: UUID,
    sku_id: UUID,
    name: str,
    face_value_label: str,
    price: Money,
    list_price: Money | None,
    per_order_limit: int,
    per_buyer_limit: int | None,
    hold_seconds: int,
    least_tier: int = 0,
    actor: str,
    now: datetime,
) -> None:
    """Set all of it; the code and the currency stay. Placed orders keep what they were placed at.

    The audit trail has the names of what changed, and both prices when the price did. Raises SkuUnknown, InvalidOffer.
    """
    check_price(price, list_price)
    check_limits(per_order_limit, per_buyer_limit)
    check_hold(hold_seconds)
    check_tier(least_tier)
    changed: dict[str, Any] = {
        "name": checked_text("name", name, MAX_NAME, needed=True),
        "face_value_label": checked_text("face_value_label", face_value_label, 40),
        "price_minor": price.amount_minor,
        "list_price_minor": list_price.amount_minor if list_price else None,
        "per_order_limit": per_order_limit,
        "per_buyer_limit": per_buyer_limit,
        "hold_seconds": hold_seconds,
        "least_tier": least_tier,
    }
    before = lock_sku(shop_id, sku_id)
    if before.currency != price.currency:
        raise InvalidOffer(field="price", reason="currency")
    fields = sorted(field for field, value in changed.items() if getattr(before, field) != value)
    if not fields:
        return
    Sku.objects.filter(shop_id=shop_id, id=sku_id).update(**changed)
    data: dict[str, object] = {"fields": fields}
    if "price_minor" in fields:
        data |= {"old_minor": before.price_minor, "new_minor": price.amount_minor, "currency": price.currency}
    audit.record(shop_id=shop_id, actor=actor, action="sku_edited", subject=("sku", sku_id), data=data, now=now)
