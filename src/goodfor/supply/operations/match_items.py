"""Say yes or no to suggested matches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.supply.errors import ItemNotFound, OfferInvalid
from goodfor.supply.models import Item, Offer
from goodfor.supply.operations.set_offers import Terms
from goodfor.supply.watch_models import Dismissed

MOST: Final = 100


@transaction.atomic(savepoint=False)
def confirm_matches(*, shop_id: UUID, pairs: Sequence[tuple[UUID, UUID]], actor: str, now: datetime) -> int:
    """Offer items (the second) for SKUs (the first), on the usual terms, all or none; how many are new.

    What is offered already stays as it is. Raises OfferInvalid: a SKU or an item that is not there, more than 100.
    """
    wanted = list(dict.fromkeys(pairs))
    skus, ids = {sku_id for sku_id, _item in wanted}, {item for _sku, item in wanted}
    found = {row.id: row for row in Item.objects.filter(shop_id=shop_id, id__in=ids).exclude(state="deleted")}
    if len(wanted) > MOST or len(catalog.prices(shop_id, list(skus))) != len(skus) or len(found) != len(ids):
        raise OfferInvalid(field="item")
    made = 0
    for sku_id, item in wanted:
        row = found[item]
        offer, new = Offer.objects.get_or_create(
            shop_id=shop_id, sku_id=sku_id, item=row,
            defaults=Terms().columns() | {"supplier_id": row.supplier_id, "created_at": now},
        )  # fmt: skip
        if new:
            _note(shop_id, "supply.offer_made", ("supply.offer", offer.id), sku_id, row, actor, now)
        made += int(new)
    return made


@transaction.atomic(savepoint=False)
def dismiss_match(*, shop_id: UUID, sku_id: UUID, item: UUID, actor: str, now: datetime) -> None:
    """They are not the same: never suggested again. A repeat changes nothing. Raises ItemNotFound."""
    row = Item.objects.filter(shop_id=shop_id, id=item).first()
    if row is None or not catalog.prices(shop_id, [sku_id]):
        raise ItemNotFound
    known = Dismissed.objects.filter(shop_id=shop_id, sku_id=sku_id, item_ref=item).exists()
    Dismissed.objects.bulk_create(
        [Dismissed(shop_id=shop_id, sku_id=sku_id, item_ref=item, actor=actor, at=now)], ignore_conflicts=True
    )
    if not known:
        _note(shop_id, "supply.match_dismissed", ("catalog.sku", sku_id), sku_id, row, actor, now)


def _note(
    shop_id: UUID, action: str, subject: tuple[str, UUID], sku_id: UUID, row: Item, actor: str, now: datetime
) -> None:
    data: dict[str, object] = {"sku": str(sku_id), "item": row.item_id, "name": row.name[:100]}
    audit.record(shop_id=shop_id, actor=actor, action=action, subject=subject, data=data, now=now)
