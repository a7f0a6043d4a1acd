"""Change the price of a SKU, to or by something: one row of a batch."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import InvalidOffer, PriceTooLow
from goodfor.catalog.locks import lock_sku
from goodfor.catalog.models import Sku
from goodfor.catalog.operations.check_offer import check_price
from goodfor.catalog.types import PriceChange
from goodfor.kernel import audit
from goodfor.kernel.money import MAX_MINOR, Money


@transaction.atomic
def change_price(*, shop_id: UUID, sku_id: UUID, change: PriceChange, actor: str, now: datetime) -> tuple[Money, Money]:
    """Change it from what it is now; returns (old, new). Placed orders keep what they were placed at.

    A list price below the new price goes. Raises SkuUnknown, PriceTooLow, InvalidOffer.
    """
    before = lock_sku(shop_id, sku_id)
    if change.currency and change.currency != before.currency:
        raise InvalidOffer(field="price", reason="currency")
    minor = change.applied(before.price_minor)
    if minor <= 0:
        raise PriceTooLow
    old, new = Money(before.price_minor, before.currency), Money(min(minor, MAX_MINOR), before.currency)
    check_price(new)
    if new == old:
        return old, new
    listed = before.list_price_minor
    Sku.objects.filter(shop_id=shop_id, id=sku_id).update(
        price_minor=minor, list_price_minor=listed if listed is not None and listed >= minor else None
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="price_changed",
        subject=("sku", sku_id),
        data={"old_minor": old.amount_minor, "new_minor": minor, "currency": before.currency},
        now=now,
    )
    return old, new
