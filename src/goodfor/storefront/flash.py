"""Flash sales as pages show them: by slot, each SKU at its price, with what is left of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductCard, SkuView
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.promotions import queries as promotions
from goodfor.promotions.slots import upcoming
from goodfor.promotions.types import AUTO, BuyerNames, Cart, CartLine, Live, UnitPrice
from goodfor.storefront.member_only import exclusive_of

FLASH: Final = "flash"
#: Goods of all slots together, and slots that a page shows.
MOST_GOODS, MOST_SLOTS = 60, 8
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class FlashGoods:
    """A SKU in a slot. `left` None: not limited; its own stock in the shop still is."""

    card: ProductCard
    sku: SkuView
    price: Money
    left: int | None
    sold_out: bool

    @property
    def face(self) -> str:
        """What its token shows."""
        return self.sku.face_value_label or self.sku.name


@dataclass(frozen=True, slots=True)
class FlashSlot:
    """A span of time with what is sold in it; `runs` now, or begins later."""

    start: datetime
    end: datetime
    runs: bool
    title: str
    goods: tuple[FlashGoods, ...]
    #: For which members alone it is, in words.
    members: str = ""


def flash_slots(shop_id: UUID, now: datetime, only: Iterable[UUID] = ()) -> list[FlashSlot]:
    """Slots that run now or begin today or tomorrow, the earliest first; of these campaigns, or of all.

    One cheap read where there is no flash sale.
    """
    chosen = set(only)
    lives = [
        live
        for live in promotions.live_campaigns(shop_id)
        if live.spec.play == FLASH and live.spec.trigger == AUTO and isinstance(live.spec.effect, UnitPrice)
        and (not chosen or live.campaign_id in chosen)
    ]  # fmt: skip
    if not lives:
        return []
    zone = promotions.zone_of(shop_id)
    skus = list(dict.fromkeys(sku for live in lives for sku in sorted(live.spec.scope.skus)))[:MOST_GOODS]
    found = {sku.id: (card, sku) for card, sku in catalog.products_of_skus(shop_id, skus)}
    stock = orders.available(shop_id, list(found))
    left = _left(shop_id, found, now)
    slots: list[FlashSlot] = []
    for live in lives:
        for start, end in upcoming(live.spec.window, now, zone):
            runs = start <= now < end
            goods = tuple(_goods(live, found, stock, left if runs else {}))
            if goods:
                slots.append(FlashSlot(start, end, runs, live.name, goods, exclusive_of(shop_id, live.spec)))
    return sorted(slots, key=lambda slot: (slot.start > now, slot.start, slot.title))[:MOST_SLOTS]


def _goods(
    live: Live, found: Mapping[UUID, tuple[ProductCard, SkuView]], stock: Mapping[UUID, int],
    left: Mapping[tuple[UUID, UUID], int],
) -> Iterable[FlashGoods]:  # fmt: skip
    effect = live.spec.effect
    assert isinstance(effect, UnitPrice)
    for sku_id, (card, sku) in found.items():
        price = effect.by_sku.get(sku_id, effect.minor)
        if sku_id not in live.spec.scope.skus or price >= sku.price.amount_minor:
            continue
        rest = left.get((live.campaign_id, sku_id))
        out = rest == 0 or stock.get(sku_id, 0) < 1
        yield FlashGoods(card, sku, Money(price, sku.price.currency), rest, out)


def _left(
    shop_id: UUID, found: Mapping[UUID, tuple[ProductCard, SkuView]], now: datetime
) -> dict[tuple[UUID, UUID], int]:
    """What each campaign has left of each SKU, for a buyer who had nothing yet."""
    lines = tuple(
        CartLine(sku_id, card.id, _NOBODY, 1, sku.price.amount_minor, None) for sku_id, (card, sku) in found.items()
    )
    lives = promotions.plan(shop_id, Cart(lines, "web", now), BuyerNames(""), now)
    rest: dict[tuple[UUID, UUID], int] = {}
    for live in lives:
        for sku_id in found:
            count = live.left.units.get(sku_id, live.left.units_each)
            if live.left.uses is not None:
                count = live.left.uses if count is None else min(count, live.left.uses)
            if count is not None:
                rest[live.campaign_id, sku_id] = count
    return rest


def strip_of(slots: list[FlashSlot]) -> FlashSlot | None:
    """What runs now, else what begins next, for the first page; all that run with the first one's clock."""
    if not slots:
        return None
    first = slots[0]
    same = [
        slot
        for slot in slots
        if (slot.runs, slot.start, slot.end, slot.members) == (first.runs, first.start, first.end, first.members)
    ]
    return replace(first, goods=tuple(one for slot in same for one in slot.goods)[:12])
