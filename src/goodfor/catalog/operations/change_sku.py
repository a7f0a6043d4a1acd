"""Change the price or the limits of a SKU."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer, SkuUnknown
from goodfor.catalog.models import Sku
from goodfor.kernel import audit
from goodfor.kernel.money import Money


@transaction.atomic
def change_sku(
    *,
    shop_id: UUID,
    sku_id: UUID,
    price: Money,
    per_order_limit: int,
    per_buyer_limit: int | None,
    actor: str,
    now: datetime,
) -> None:
    """Set price and limits; placed orders keep what they were placed at. Raises SkuUnknown, InvalidOffer."""
    if price.amount_minor <= 0:
        raise InvalidOffer(field="price")
    if not 1 <= per_order_limit <= 10_000 or (per_buyer_limit is not None and per_buyer_limit < 1):
        raise InvalidOffer(field="limit")
    changed = Sku.objects.filter(shop_id=shop_id, id=sku_id, currency=price.currency).update(
        price_minor=price.amount_minor,
        list_price_minor=None,
        per_order_limit=per_order_limit,
        per_buyer_limit=per_buyer_limit,
    )
    if not changed:
        raise SkuUnknown
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="sku_changed",
        subject=("sku", sku_id),
        data={"price_minor": price.amount_minor, "per_order_limit": per_order_limit},
        now=now,
    )
