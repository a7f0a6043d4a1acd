"""Carts and revisions of a few words, for tests of the evaluator."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.types import (
    ACTIVITY,
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    ORDER,
    PRICE,
    BundlePrice,
    Cart,
    CartLine,
    Effect,
    GiftOffer,
    Left,
    Live,
    Presented,
    Priced,
    Scope,
    Spec,
    UnitPercent,
    UnitPrice,
    Window,
)

ZONE: Final = ZoneInfo("Asia/Shanghai")
#: A Friday, 20:00 in Shanghai.
NOW: Final = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
EVERYTHING: Final = Scope(everything=True)
ALWAYS: Final = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))


def uid(number: int) -> UUID:
    """A name by number: SKU 1 is of product 101 and category 201."""
    return UUID(int=number)


def line(number: int, quantity: int = 1, at: int = 1000, cost: int | None = 0, **more: Any) -> CartLine:
    """Some of SKU `number`."""
    return CartLine(uid(number), uid(100 + number), uid(200 + number), quantity, at, cost, **more)


def cart(*lines: CartLine, coupons: int = 0, **more: Any) -> Cart:
    """A cart of the web; `coupons` of that number are presented: coupon n of campaign n, as `live(n)` is."""
    presented = tuple(Presented(uid(900 + number), uid(500 + number)) for number in range(1, coupons + 1))
    return Cart(lines, more.pop("channel", "web"), NOW, coupons=more.pop("presented", presented), **more)


def live(number: int, effect: Effect, left: Left | None = None, **more: Any) -> Live:
    """Revision `number`, of campaign 500 + number; its layer is the effect's usual one."""
    if isinstance(effect, UnitPrice | BundlePrice):
        layer = ACTIVITY
    else:
        layer = PRICE if isinstance(effect, UnitPercent) else ORDER
    layer = more.pop("layer", layer)
    play = "bargain" if more.get("trigger") == BY_CHOICE else "flash"
    spec = Spec(play, layer, ALWAYS, EVERYTHING, effect, trigger=BY_COUPON if layer == COUPON else AUTO)
    return Live(uid(500 + number), uid(number), f"C{number}", replace(spec, **more), left or Left())


def priced(bought: Cart, *plan: Live, floor: int = 0, gifts: Mapping[UUID, GiftOffer] | None = None) -> Priced:
    """What it costs; the rules that hold for every price are checked on the way."""
    found = price(bought, plan, zone=ZONE, floor=floor, gifts=gifts or {})
    for index, one in enumerate(bought.lines):
        off = sum(share.minor for share in found.shares if share.line == index)
        assert found.nets[index] == one.quantity * one.price - off
        assert found.nets[index] >= min(one.quantity, one.quantity * one.price)
    return found


def told(found: Priced) -> list[tuple[int, str]]:
    """The trace as (revision, outcome)."""
    return [(one.revision_id.int, one.outcome) for one in found.trace]
