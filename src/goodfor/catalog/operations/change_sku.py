"""Change the price or the limits of a SKU."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, When

from goodfor.catalog.errors import InvalidOffer, SkuUnknown
from goodfor.catalog.models import Sku
from goodfor.catalog.operations.check_offer import check_limits, check_price
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
    """Set price and limits; placed orders keep what they were placed at. The currency stays what it is.

    A list price stays unless the new price is above it. Raises SkuUnknown, InvalidOffer.
    """
    check_price(price)
    check_limits(per_order_limit, per_buyer_limit)
    skus = Sku.objects.filter(shop_id=shop_id, id=sku_id)
    changed = skus.filter(currency=price.currency).update(
        price_minor=price.amount_minor,
        list_price_minor=Case(When(list_price_minor__gte=price.amount_minor, then=F("list_price_minor"))),
        per_order_limit=per_order_limit,
        per_buyer_limit=per_buyer_limit,
    )
    if not changed:
        raise InvalidOffer(field="price", reason="currency") if skus.exists() else SkuUnknown
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="sku_changed",
        subject=("sku", sku_id),
        data={
            "price_minor": price.amount_minor,
            "per_order_limit": per_order_limit,
            "per_buyer_limit": per_buyer_limit,
        },
        now=now,
    )
