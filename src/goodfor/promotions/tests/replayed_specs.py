"""Random revisions of every kind of play that a simulation covers, as the console's check lets them through."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.promotions.types import (
    ACTIVITY,
    BY_COUPON,
    COUPON,
    EXCLUSIVE,
    JOINT,
    MODES,
    NORMAL,
    ORDER,
    PRICE,
    BundlePrice,
    Compare,
    Effect,
    FullPercent,
    FullReduce,
    Gift,
    Join,
    Limit,
    Node,
    Nth,
    Scope,
    Spec,
    Tier,
    UnitPercent,
    UnitPrice,
    Window,
)

#: The last six are what any kind may have.
KINDS: Final = (
    "item_price", "member_price", "limited_price", "flash", "new_buyer", "full_reduce", "every", "full_percent", "nth",
    "coupon", "coupon_percent", "gift", "bundle", "budget", "loss_leader", "each_buyer", "floor", "exclusive",
    "cut_off",
)  # fmt: skip
_BESIDE: Final = (
    "item_price", "member_price", "full_reduce", "every", "full_percent", "nth", "gift", "flash", "bundle", "budget",
    "loss_leader",
)  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """What is sold. `gift`: what is given on top, seldom sold; `bundle` is made of the first and two of the third."""

    skus: tuple[UUID, ...]
    gift: UUID
    bundle: UUID
    where: Mapping[UUID, tuple[UUID, UUID]]
    prices: Mapping[UUID, int]
    costs: Mapping[UUID, int]

    @property
    def parts(self) -> tuple[tuple[UUID, int], ...]:
        return (self.skus[0], 1), (self.skus[2], 2)


def some_spec(luck: random.Random, kind: str, goods: Goods, start: datetime, end: datetime) -> Spec:
    """A revision of this kind, else of any that may stand beside another; its window lies over all of the orders."""
    maker = _Maker(luck, goods, Window(start - timedelta(days=1), end + timedelta(days=1)))
    return maker.make(kind or luck.choice(_BESIDE))


@dataclass(frozen=True)
class _Maker:
    luck: random.Random
    goods: Goods
    window: Window

    def make(self, kind: str) -> Spec:
        luck = self.luck
        spec = self._plain(kind)
        # What goes with every play, each now and then.
        spec = replace(
            spec,
            priority=luck.choice([0, 0, 1, 5]),
            category=luck.choice(["", "", "", "甲"]),
            stacking=EXCLUSIVE if kind == "exclusive" else luck.choice([NORMAL, NORMAL, NORMAL, JOINT, EXCLUSIVE]),
            floor=luck.choice([5, 120, 700]) if kind == "floor" else luck.choice([None, None, None, 0, 150]),
            cut=luck.random() < 0.75,
            node=Node(luck.choice(["", "", "a"]), luck.choice(MODES), luck.choice([0, 0, 1])),
            audience=spec.audience or (self._audience() if luck.random() < 0.15 else None),
            channels=frozenset(luck.choice([[], [], [], [], [], ["web"], ["web", "wechat"], ["wechat"]])),
        )
        if luck.random() < 0.15:
            hours = ((luck.randrange(0, 600), luck.randrange(700, 1440)),)
            days = frozenset(luck.sample(range(1, 8), 4))
            spec = replace(spec, window=replace(self.window, weekdays=days, hours=hours))
        return replace(spec, limits=self._limits(spec, kind))

    def _plain(self, kind: str) -> Spec:
        luck, goods = self.luck, self.goods
        plays: dict[str, tuple[str, str, Effect]] = {
            "item_price": ("limited_price", PRICE, self._price()),
            "member_price": ("member_price", PRICE, UnitPercent(luck.choice([5000, 8800, 9501]))),
            "limited_price": ("limited_price", PRICE, UnitPercent(luck.choice([3333, 9000]))),
            "flash": ("flash", ACTIVITY, self._price()),
            "new_buyer": ("new_buyer", ACTIVITY, self._price()),
            "full_reduce": ("full_reduce", ORDER, FullReduce((Tier(3000, 299), Tier(9000, 1001)))),
            "every": ("full_reduce", ORDER, FullReduce((Tier(2500, 333),), every=True, most=luck.choice([None, 900]))),
            "full_percent": ("full_percent", ORDER, FullPercent((Tier(2, 9000), Tier(5, 7777)), pieces=True)),
            "nth": ("nth", ORDER, Nth(luck.choice([2, 3]), luck.choice([0, 5001]), across=luck.random() < 0.5)),
            "coupon": ("coupon", COUPON, FullReduce((Tier(1, luck.choice([500, 1234])),))),
            "coupon_percent": ("coupon", COUPON, FullPercent((Tier(4000, 8500),), most=luck.choice([None, 1000]))),
            "gift": ("gift", ORDER, Gift(goods.gift, luck.choice([1, 2]), 3000, every=luck.random() < 0.3, most=4)),
            "bundle": ("bundle", ACTIVITY, BundlePrice(luck.choice([9500, 11_001]))),
        }
        of_any = {
            "budget": luck.choice(["full_reduce", "every", "full_percent", "nth", "item_price"]),
            "loss_leader": luck.choice(["flash", "item_price", "full_percent", "every"]),
            "each_buyer": luck.choice(["flash", "full_reduce", "coupon", "nth"]),
            "floor": luck.choice(["flash", "full_percent", "limited_price"]),
            "exclusive": luck.choice(["flash", "full_reduce", "gift", "coupon"]),
            "cut_off": "full_reduce",
        }
        play, layer, effect = plays[of_any.get(kind, kind)]
        if kind == "cut_off":
            # Nearly all that it promises is below the floor: after twenty orders of a day it stops.
            effect = FullReduce((Tier(1, 20_000),))
        over: dict[str, Any] = {"scope": self._scope()}
        if layer == COUPON:
            over["trigger"] = BY_COUPON
        if play == "bundle":
            over |= {"scope": Scope(everything=True, bundles=True), "play_settings": {"bundle": str(goods.bundle)}}
        if play == "member_price":
            over["audience"] = Compare("signed_in", "eq", True)
        if play == "new_buyer":
            over["audience"] = Compare("orders_paid", "eq", 0)
        if play == "flash" and luck.random() < 0.5:
            over["play_settings"] = {"units_by_sku": {str(sku): luck.choice([1, 4, 7]) for sku in goods.skus[:2]}}
        return Spec(**{"play": play, "layer": layer, "window": self.window, "effect": effect,
                       "loss_leader": kind == "loss_leader", **over})  # fmt: skip

    def _price(self) -> UnitPrice:
        goods = self.goods
        return UnitPrice(
            self.luck.choice([700, 2999, 3001]),
            {goods.skus[1]: self.luck.choice([901, 950]), goods.skus[3]: self.luck.choice([9000, 11_500])},
        )

    def _scope(self) -> Scope:
        luck, goods = self.luck, self.goods
        bundles = luck.random() < 0.4
        some = frozenset(luck.sample(goods.skus, 2))
        kind = luck.random()
        if kind < 0.5:
            return Scope(everything=True, bundles=bundles, without_skus=some if luck.random() < 0.2 else frozenset())
        if kind < 0.75:
            return Scope(skus=some, bundles=bundles)
        product, category = goods.where[luck.choice(goods.skus)]
        if kind < 0.9:
            return Scope(products=frozenset({product}), bundles=bundles)
        return Scope(categories=frozenset({category}), bundles=bundles)

    def _audience(self) -> Compare | Join:
        return self.luck.choice([
            Compare("orders_paid", "ge", 1), Compare("orders_paid", "lt", 3), Compare("signed_in", "eq", False),
            Compare("registered_days", "ge", 2), Join("not", (Compare("registered_days", "lt", 2),)),
        ])  # fmt: skip

    def _limits(self, spec: Spec, kind: str) -> tuple[Limit, ...]:
        luck = self.luck
        found: dict[tuple[str, str, str], Limit] = {}

        def add(entity: str, counts: str, period: str, most: int) -> None:
            found[entity, counts, period] = Limit(entity, counts, period, most, luck.choice(["whole", "part", "never"]))

        if kind == "budget" or luck.random() < 0.1:
            add(
                "campaign", "minor", luck.choice(["all", "all", "day", "week", "month"]), luck.choice([250, 1999, 4000])
            )
        if kind == "new_buyer":
            add("buyer", "uses", "all", 1)
        if spec.loss_leader or (kind == "gift" and luck.random() < 0.5):
            add("campaign", "loss", luck.choice(["all", "all", "day"]), luck.choice([300, 2101, 9000]))
        if kind == "each_buyer" or luck.random() < 0.1:
            entity = luck.choice(["buyer", "device", "address", "phone"])
            add(entity, luck.choice(["uses", "minor"]), luck.choice(["all", "day", "week"]), luck.choice([1, 2, 900]))
        if luck.random() < 0.15:
            add("campaign", "uses", luck.choice(["all", "day"]), luck.choice([1, 3, 6]))
        if isinstance(spec.effect, UnitPrice | UnitPercent) and (
            kind in ("flash", "each_buyer") or luck.random() < 0.2
        ):
            add("sku", "units", luck.choice(["all", "all", "day"]), luck.choice([2, 5, 9]))
            if luck.random() < 0.5:
                add("buyer", "units", luck.choice(["all", "day"]), luck.choice([1, 3]))
        return tuple(found.values())
