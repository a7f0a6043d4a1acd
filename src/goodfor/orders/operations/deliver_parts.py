"""Parts of a bundle that are sold each for itself: what there is is delivered, the rest is given back by its share.

In the caller's transaction, with the order's row locked.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.delivery import operations as delivery
from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.kernel.money import Money
from goodfor.ledger.types import Entry
from goodfor.orders import store
from goodfor.orders.models import OrderLine
from goodfor.orders.operations.note_delivered import note_delivered
from goodfor.orders.operations.start_part import start_part
from goodfor.orders.types import LineRow
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions.types import WHAT_THERE_IS
from goodfor.vault import operations as vault
from goodfor.vault.errors import OutOfStock
from goodfor.vault.types import Taken


def spare_lines(shop_id: UUID, lines: Sequence[LineRow]) -> frozenset[UUID]:
    """Lines without which the others are delivered, by the revision of the bundle that they were sold with."""
    sold = {line.bundle_revision_id for line in lines if line.bundle_revision_id is not None}
    rules = bundles.deliveries(shop_id, sorted(sold)) if sold else {}
    return frozenset(
        line.id
        for line in lines
        if line.bundle_revision_id is not None and rules.get(line.bundle_revision_id) == WHAT_THERE_IS
    )


def deliver_parts(
    *,
    shop_id: UUID,
    order: store.LockedOrder,
    lines: Sequence[LineRow],
    spare: frozenset[UUID],
    entries: Sequence[Entry],
    reason: str,
    cause: str,
    now: datetime,
) -> bool:
    """False, and nothing done, where a line is missing that is not `spare`, or nothing paid for can be delivered.

    A part is delivered whole or not at all. Raises what `start_part` raises: then the end is tried again.
    """
    try:
        with transaction.atomic():
            delivered, missing = _deliver(shop_id, lines, spare, now)
    except OutOfStock:
        return False
    back = sum(line.net_minor for line in missing)
    OrderLine.objects.filter(shop_id=shop_id, id__in=[line.id for line in missing]).update(returned=F("quantity"))
    note_delivered(shop_id, order, lines, delivered, entries, cause, now)
    if back:
        start_part(
            shop_id=shop_id,
            order=store.lock_order(shop_id, order.id),
            amount=Money(back, order.total.currency),
            reason=reason,
            actor="system",
            whole=[line.id for line in missing],
            now=now,
        )
    return True


def _deliver(
    shop_id: UUID, lines: Sequence[LineRow], spare: frozenset[UUID], now: datetime
) -> tuple[list[Delivered], list[LineRow]]:
    """What there was, nothing for the rest, and that rest. Raises OutOfStock."""
    delivered: list[Delivered] = []
    missing: list[LineRow] = []
    # Sorted by SKU so that two orders of the same SKUs meet in the same order.
    for line in sorted(lines, key=lambda one: one.sku_id):
        wanted = ToDeliver(line.id, line.sku_id, line.quantity)
        try:
            delivered += delivery.deliver_reserved(shop_id=shop_id, lines=[wanted], now=now)
        except OutOfStock:
            if line.id not in spare:
                raise
            # What it holds of what could not be had whole is for others.
            vault.release(shop_id=shop_id, holder_id=line.id, now=now)
            delivered.append(Delivered(line.id, line.sku_id, Taken(0, 0)))
            missing.append(line)
    here = {line.id for line in missing}
    if not any(line.net_minor for line in lines if line.id not in here):
        raise OutOfStock(sku_id=str(missing[0].sku_id))
    return delivered, missing
