"""Reads for whoever decides about claims. Reached through `queries`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders import claim_states, states
from goodfor.orders.claims import claims_of_order
from goodfor.orders.errors import ClaimNotFound, OrderNotFound
from goodfor.orders.models import Claim, ClaimUnit, Order, OrderLine
from goodfor.orders.types import DIRECT, ClaimView, SoldLine
from goodfor.orders.types import ClaimUnit as UnitView
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault


def claim(shop_id: UUID, claim_id: UUID) -> ClaimView:
    """One claim, with what it gave back. Raises ClaimNotFound."""
    order_id = Claim.objects.filter(shop_id=shop_id, id=claim_id).values_list("order_id", flat=True).first()
    for found in claims_of_order(shop_id, order_id) if order_id else ():
        if found.id == claim_id:
            return found
    raise ClaimNotFound


def claim_units(shop_id: UUID, claim_id: UUID) -> list[UnitView]:
    """What became of each code of a claim, in the order of the codes; a top-up's claim has one, without a code."""
    rows = ClaimUnit.objects.filter(shop_id=shop_id, claim_id=claim_id).order_by("code_id")
    return [UnitView(row.code_id, row.state, row.new_code_id, row.restocked) for row in rows]


def buyer_of(shop_id: UUID, order_id: UUID) -> str:
    """Whose history an order counts for: `buyer:<id>`, `guest:<hex>` or `client:<id>`. Raises OrderNotFound.

    A program's orders are the program's. A buyer that nothing is known of is one of their own.
    """
    row = Order.objects.filter(shop_id=shop_id, id=order_id).values_list("client_id", "buyer_ref").first()
    if row is None:
        raise OrderNotFound
    client_id, ref = row
    if client_id is not None:
        return f"client:{client_id}"
    if ref and ref.startswith(("buyer:", "guest:")):
        return ref
    return f"guest:{hashlib.sha256(ref.encode()).hexdigest()[:32] if ref else order_id.hex}"


def sold_lines(shop_id: UUID, order_ids: Sequence[UUID]) -> list[SoldLine]:
    """The lines of some orders as they were sold, by order and position."""
    known = Order.objects.filter(shop_id=shop_id, id__in=list(order_ids))
    orders = {row[0]: row[1:] for row in known.values_list("id", "currency", "placed_at", "delivered_at", "state")}
    rows = OrderLine.objects.filter(shop_id=shop_id, order_id__in=list(orders)).order_by("order_id", "position")
    return [
        SoldLine(
            row.order_id, row.id, row.sku_id, row.title, row.quantity,
            Money(row.unit_price_minor, orders[row.order_id][0]), row.kind, row.returned, row.topped,
            *orders[row.order_id][1:], row.discount_minor, row.gift,
        )
        for row in rows
    ]  # fmt: skip


def replaceable(shop_id: UUID, claim_id: UUID, now: datetime) -> bool:
    """Whether as many good codes can be had now, from the shelf or under the loss guard; True is no reservation."""
    row = Claim.objects.filter(shop_id=shop_id, id=claim_id, state=claim_states.OPEN).first()
    if row is None or not row.code_ids:
        return False
    line = OrderLine.objects.filter(shop_id=shop_id, id=row.line_id).exclude(kind=DIRECT).first()
    order = Order.objects.filter(shop_id=shop_id, id=row.order_id, state=states.DELIVERED).first()
    if line is None or order is None:
        return False
    count = len(row.code_ids)
    level = vault.stock(shop_id, [line.sku_id], now).get(line.sku_id)
    if level is not None and level.available >= count:
        return True
    return row.wanted_at is None and offered(shop_id, line.sku_id, count, order.channel, now)


def offered(shop_id: UUID, sku_id: UUID, count: int, channel: str, now: datetime) -> bool:
    """Whether suppliers offer so many for something that is sold already; its own price guards the loss."""
    found = supply.buyable(shop_id, [sku_id], now, channel=channel, quantity=count, sold=True).get(sku_id)
    return found is not None and found.units >= count
