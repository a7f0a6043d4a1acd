"""What the staff's desk reads of offers and routing, with the preview of a purchase. Part of `queries`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from goodfor.kernel.money import EXPONENTS
from goodfor.supply.candidates import candidates, clock
from goodfor.supply.desk_suppliers import items_as_views
from goodfor.supply.desk_types import OfferView, PreviewLine, RouteView
from goodfor.supply.models import Item, Offer, Route, Supplier
from goodfor.supply.purchase_models import Day
from goodfor.supply.routing import Candidate, Pick, Wanted, choose

#: Of a want that does not exist: nothing was refused to it.
NOBODY: Final = UUID(int=0)


def offers(shop_id: UUID, sku_id: UUID, now: datetime) -> list[OfferView]:
    """What may be bought for a SKU, in the order in which it is preferred before cost decides."""
    rows = list(Offer.objects.filter(shop_id=shop_id, sku_id=sku_id).select_related("item").order_by("priority", "id"))
    on = dict(Supplier.objects.filter(shop_id=shop_id).values_list("id", "enabled"))
    items = {one.id: one for one in items_as_views(shop_id, [row.item for row in rows])}
    used = _used(shop_id, [row.id for row in rows], now)
    return [
        OfferView(
            row.id, row.sku_id, items[row.item_id], on.get(row.supplier_id, False), row.enabled, row.priority,
            row.weight, row.daily_quota, used.get(row.id, 0), row.from_minute, row.to_minute, tuple(row.channels),
        )
        for row in rows
    ]  # fmt: skip


def offered_items(shop_id: UUID, sku_id: UUID, item_refs: Sequence[UUID]) -> set[UUID]:
    """Which of these items are offered for the SKU already."""
    rows = Offer.objects.filter(shop_id=shop_id, sku_id=sku_id, item_id__in=list(item_refs))
    return set(rows.values_list("item_id", flat=True))


def offer_names(shop_id: UUID, offer_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Supplier and item of each offer, in words."""
    rows = Offer.objects.filter(shop_id=shop_id, id__in=list(offer_ids)).select_related("item")
    names = dict(Supplier.objects.filter(shop_id=shop_id).values_list("id", "name"))
    return {row.id: (names.get(row.supplier_id, ""), row.item.name) for row in rows}


def sole_supplier(shop_id: UUID, sku_id: UUID, at: datetime) -> UUID | None:
    """Whose goods a SKU was `at` that moment: the only supplier who had ever offered it until then, else None.

    Offers are switched off and never deleted, so that the answer for a moment stays the same.
    """
    rows = Offer.objects.filter(shop_id=shop_id, sku_id=sku_id, created_at__lte=at)
    found = list(rows.values_list("supplier_id", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else None


def route(shop_id: UUID, sku_id: UUID, now: datetime) -> RouteView:
    """How a SKU is bought; where nothing was set, what holds without it."""
    row = Route.objects.filter(shop_id=shop_id, sku_id=sku_id).first() or Route(shop_id=shop_id, sku_id=sku_id)
    lost = _used(shop_id, [sku_id], now).get(sku_id, 0)
    return RouteView(row.floor_minor, row.loss_budget_minor, row.deadline_seconds, row.may_split, lost)


def _used(shop_id: UUID, keys: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    _minute, day = clock(now)
    return dict(Day.objects.filter(shop_id=shop_id, day=day, key__in=list(keys)).values_list("key", "used"))


def preview(
    shop_id: UUID, sku_id: UUID, *, quantity: int, price_minor: int, currency: str, channel: str, kind: str = "code",
    now: datetime,
) -> list[PreviewLine]:  # fmt: skip
    """Whom a purchase would be made from if it were made now, and what keeps the others out. Nothing is taken up.

    First those who may, in order; then the others.
    """
    way, (minute, day) = route(shop_id, sku_id, now), clock(now)
    wanted = Wanted(
        id=NOBODY, quantity=quantity, price_minor=price_minor, floor_minor=way.floor_minor,
        exponent=EXPONENTS[currency], channel=channel, kind=kind, may_split=way.may_split,
        loss_left_minor=max(0, way.loss_budget_minor - way.lost_today_minor) if way.loss_budget_minor else 0,
    )  # fmt: skip
    offered = candidates(shop_id=shop_id, sku_id=sku_id, want_id=NOBODY, day=day, now=now)
    names = dict(
        Item.objects.filter(shop_id=shop_id, id__in=[one.item_ref for one in offered]).values_list("id", "name")
    )
    choice = choose(wanted, offered, minute)
    lines = [_pick(rank, pick, names[pick.candidate.item_ref]) for rank, pick in enumerate(choice.picks, 1)]
    out = [one for one in offered if one.offer_id in choice.why_not]
    return lines + [_line(one, names[one.item_ref], 0, choice.why_not[one.offer_id]) for one in out]


def _pick(rank: int, pick: Pick, name: str) -> PreviewLine:
    return _line(
        pick.candidate, name, rank, "", quantity=pick.quantity, expected=pick.expected, max_cost=pick.max_cost,
        loss_minor=pick.loss_minor,
    )  # fmt: skip


def _line(
    one: Candidate, name: str, rank: int, why_not: str, *, quantity: int = 0, expected: Decimal = Decimal(0),
    max_cost: Decimal = Decimal(0), loss_minor: int = 0,
) -> PreviewLine:  # fmt: skip
    return PreviewLine(
        rank=rank, why_not=why_not, offer_id=one.offer_id, supplier=one.supplier, item=name, priority=one.priority,
        supplier_priority=one.supplier_priority, weight=one.weight, cost=one.cost, currency=one.currency,
        landed=one.cost * one.rate, success=one.success, p95_seconds=one.p95_seconds, quantity=quantity,
        expected=expected, max_cost=max_cost, loss_minor=loss_minor,
    )  # fmt: skip
