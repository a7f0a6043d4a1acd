"""Say which items may be bought for a SKU, and on which terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.supply.errors import OfferInvalid
from goodfor.supply.models import Item, Offer, Route


@dataclass(frozen=True, slots=True)
class Terms:
    """How an item is used for a SKU. See the columns of `Offer`."""

    enabled: bool = True
    priority: int = 100
    weight: int = 1
    daily_quota: int | None = None
    from_minute: int = 0
    to_minute: int = 0
    channels: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """By the names of the table."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return found | {"channels": list(self.channels)}


@transaction.atomic(savepoint=False)
def set_offer(*, shop_id: UUID, sku_id: UUID, item: UUID, terms: Terms, actor: str, now: datetime) -> UUID:
    """A new offer, or other terms of a known one; its id. Raises OfferInvalid."""
    row = Item.objects.filter(shop_id=shop_id, id=item).first()
    if row is None or sku_id not in catalog.sku_ids(shop_id):
        raise OfferInvalid(field="item")
    if (row.kind == "direct") != (catalog.delivery_kinds(shop_id, [sku_id])[sku_id] == "direct"):
        # A code for a top-up, or a top-up for a code, is bought by no want of it.
        raise OfferInvalid(field="item", reason="kind")
    minutes_fit = 0 <= terms.from_minute < 1440 and 0 <= terms.to_minute < 1440
    if not (1 <= terms.weight <= 1000 and 0 <= terms.priority <= 1000 and minutes_fit):
        raise OfferInvalid(field="terms")
    if terms.daily_quota is not None and terms.daily_quota < 0:
        raise OfferInvalid(field="daily_quota")
    if row.kind == "direct" and not row.whole:
        # Lists leave the form out, and nothing is sold without it.
        Item.objects.filter(shop_id=shop_id, id=item).update(hint_at=now)
    offer, made = Offer.objects.update_or_create(
        shop_id=shop_id,
        sku_id=sku_id,
        item=row,
        defaults=terms.columns(),
        create_defaults=terms.columns() | {"supplier_id": row.supplier_id, "created_at": now},
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.offer_made" if made else "supply.offer_changed",
        subject=("supply.offer", offer.id),
        data={"sku": str(sku_id), "item": row.item_id, **terms.columns()},
        now=now,
    )
    return offer.id


@transaction.atomic(savepoint=False)
def set_route(
    *, shop_id: UUID, sku_id: UUID, floor_minor: int = 0, loss_budget_minor: int = 0, deadline_seconds: int = 600,
    may_split: bool = True, actor: str, now: datetime,
) -> None:  # fmt: skip
    """How a SKU is bought: the least gain a unit, what may be lost a day, and by when. Raises OfferInvalid."""
    if sku_id not in catalog.sku_ids(shop_id):
        raise OfferInvalid(field="sku")
    if loss_budget_minor < 0 or not 10 <= deadline_seconds <= 604_800:
        raise OfferInvalid(field="route")
    values: dict[str, object] = {
        "floor_minor": floor_minor, "loss_budget_minor": loss_budget_minor, "deadline_seconds": deadline_seconds,
        "may_split": may_split,
    }  # fmt: skip
    Route.objects.update_or_create(shop_id=shop_id, sku_id=sku_id, defaults=values)
    audit.record(
        shop_id=shop_id, actor=actor, action="supply.route_set", subject=("catalog.sku", sku_id), data=values, now=now
    )
