"""Random carts and plans in which thresholds, ties, floors and the ends of budgets are often hit.

`Dice` are hypothesis' (they shrink) or a seeded generator's (100,000 carts in a minute)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from goodfor.promotions.cart_types import Cart, CartBundle, CartLine, Choice, GiftOffer, Left, Live, Presented
from goodfor.promotions.spec_types import (
    ACTIVITY,
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    EXCLUSIVE,
    JOINT,
    MODES,
    NORMAL,
    ORDER,
    PRICE,
    BundlePrice,
    Effect,
    FullPercent,
    FullReduce,
    Gift,
    Node,
    Nth,
    Scope,
    Spec,
    Tier,
    UnitPercent,
    UnitPrice,
    Window,
)
from goodfor.promotions.tests.reference.conditions import FACTS, condition

BEIJING = ZoneInfo("Asia/Shanghai")
MOST_LINES, MOST_CAMPAIGNS = 10, 12
#: A Friday, 12:30 in Beijing.
NOW = datetime(2026, 11, 27, 4, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANY = TypeVar("ANY")
PRICES = (100, 1, 2, 3, 7, 10, 33, 99, 101, 999, 1000, 4999, 5000)
BPS = (5000, 0, 1, 3333, 8800, 9000, 9999, 10_000)


class Dice(Protocol):
    """What is used of a generator."""

    def randrange(self, start: int, stop: int) -> int: ...


@dataclass(frozen=True)
class Case:
    """What `price` is asked."""

    cart: Cart
    plan: tuple[Live, ...]
    floor: int
    gifts: Mapping[UUID, GiftOffer]
    zone: ZoneInfo = BEIJING


def number(kind: int, k: int) -> UUID:
    return UUID(int=kind * 1000 + k)


SKUS = tuple(number(1, k) for k in range(6))
GIFT_SKUS = tuple(number(2, k) for k in range(3))
PRODUCTS = tuple(number(3, k) for k in range(3))
CATEGORIES = tuple(number(4, k) for k in range(2))
INSTANCES = tuple(number(5, k) for k in range(2))


class Maker:
    """One case. Small numbers drawn mean simple things, so that a case shrinks to a simple one."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.lines: tuple[CartLine, ...] = ()
        self.sums: tuple[int, ...] = (100,)
        #: What this case is about: where revisions meet, more happens.
        self.layers: tuple[str, ...] = (ORDER, COUPON, ACTIVITY, PRICE)
        self.plain, self.cheap, self.bundled = False, False, False
        self.nodes: tuple[Node, ...] = (Node(),)

    def below(self, n: int) -> int:
        return self.dice.randrange(0, n)

    def one(self, of: Sequence[ANY]) -> ANY:
        return of[self.below(len(of))]

    def rarely(self, n: int = 8) -> bool:
        """One time of n."""
        return self.below(n) == n - 1

    def some(self, of: Sequence[ANY]) -> frozenset[ANY]:
        return frozenset(one for one in of if self.below(2))

    def near(self, base: int, least: int = 0) -> int:
        """The number, or one beside it."""
        return max(least, base + self.one((0, -1, 1)))

    def money(self) -> int:
        """Often a sum of lines, or one beside it."""
        return self.near(self.one(self.sums)) if self.below(3) else self.one(PRICES)

    def make(self) -> Case:
        bundles = self.one((0, 0, 0, 1, 2, 2))
        self.plain, self.cheap, self.bundled = self.below(3) == 0, self.below(2) == 0, bundles > 0
        self.nodes = (Node(), self.node(), self.node())
        if self.bundled:
            self.layers = (ACTIVITY, ACTIVITY, ORDER, PRICE)
        self.layers = self.one(
            (self.layers, self.layers, (ORDER,), (ACTIVITY, PRICE), (ORDER, COUPON), (COUPON,), (PRICE, ORDER))
        )
        self.lines = tuple(self.line(bundles) for _ in range(1 + self.below(MOST_LINES)))
        totals = [line.quantity * line.price for line in self.lines]
        by_sku = [
            sum(x.quantity * x.price for x in self.lines if x.sku_id == line.sku_id) for line in self.lines[:3]
        ]  # fmt: skip
        self.sums = (sum(totals), *totals[:3], *by_sku, sum(totals) * 9 // 10, sum(totals[:2]))
        count = self.below(MOST_CAMPAIGNS + 1)
        ids = self.shuffled(range(count))
        plan = tuple(self.live(k, ids[k]) for k in range(count))
        cart = Cart(
            self.lines, self.one(("web", "wechat", "api")), NOW, self.facts(), self.presented(plan),
            self.choices(plan), self.bundles(bundles, plan),
        )  # fmt: skip
        return Case(cart, plan, self.one((0, 0, 1, 5, 50)), self.offers())

    def shuffled(self, of: Sequence[ANY]) -> list[ANY]:
        rest, found = list(of), []
        while rest:
            found.append(rest.pop(self.below(len(rest))))
        return found

    def line(self, bundles: int) -> CartLine:
        sku = self.below(len(SKUS))
        price = self.one(PRICES)
        costs = (0, price // 2, price - 1, price, price + 3, price * 9 // 10, max(0, price - 50), None)
        if self.cheap:
            costs = (0, 0, price // 2, price // 3)
        bundle = self.one((None, *INSTANCES[:bundles])) if bundles else None
        weight = None if bundle is None else self.one((None, 1, 3, 0))
        return CartLine(
            SKUS[sku], PRODUCTS[sku // 2], CATEGORIES[sku // 4], self.one((1, 2, 3, 1, 5)), price,
            self.one(costs), bundle, weight,
        )  # fmt: skip

    def facts(self) -> dict[str, int | bool | frozenset[str]]:
        return {name: self.one(values) for name, values in FACTS.items() if not self.rarely(4)}

    def live(self, k: int, rank: int) -> Live:
        layer = self.one(self.layers)
        effect = self.effect(layer)
        trigger = BY_COUPON if layer == COUPON else AUTO
        if layer == ACTIVITY and isinstance(effect, UnitPrice) and not self.below(3):
            trigger = BY_CHOICE
        spec = Spec(
            play="limited_price",
            layer=layer,
            window=self.window(),
            scope=self.scope(),
            effect=effect,
            trigger=trigger,
            priority=self.one((0, 0, 1)),
            node=self.one(self.nodes),
            category=self.one(("", "", "a", "b")),
            stacking=self.one((NORMAL, NORMAL, NORMAL, NORMAL, EXCLUSIVE, JOINT)),
            channels=frozenset({"web", "api"}) if self.rarely(12) else frozenset(),
            audience=condition(self.dice) if self.rarely(6) else None,
            cut=not self.rarely(3),
            floor=self.one((None, None, 0, 1, 10)),
            loss_leader=self.rarely(4),
            per_order=self.one((1, 1, 2)),
        )
        return Live(number(6, 100 + k), number(7, rank), f"c{k}", spec, self.left())

    def window(self) -> Window:
        usual = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
        if not self.rarely(12):
            return usual
        return self.one(
            (
                replace(usual, starts_at=NOW),
                replace(usual, starts_at=NOW + timedelta(microseconds=1)),
                replace(usual, ends_at=NOW),
                replace(usual, weekdays=frozenset({5})),
                replace(usual, weekdays=frozenset({4, 6})),
                replace(usual, hours=((600, 700), (750, 751))),
                replace(usual, hours=((0, 750), (751, 1440))),
            )
        )

    def scope(self) -> Scope:
        bundles = bool(self.below(2))
        if not self.rarely(3):
            named = Scope(everything=True, bundles=bundles)
        else:
            named = Scope(
                skus=self.some(SKUS), products=self.some(PRODUCTS) if self.rarely(4) else frozenset(),
                categories=self.some(CATEGORIES) if self.rarely(3) else frozenset(), bundles=bundles,
            )  # fmt: skip
        if self.rarely(6):
            return replace(named, without_skus=frozenset({self.one(SKUS)}))
        if self.rarely(12):
            return replace(named, without_products=frozenset({self.one(PRODUCTS)}))
        if self.rarely(20):
            return replace(named, without_categories=frozenset({self.one(CATEGORIES)}))
        return named

    def node(self) -> Node:
        return Node(self.one(("x", "y")), self.one(MODES if self.rarely(4) else MODES[1:]), self.one((0, 0, 1)))

    def left(self) -> Left:
        if self.plain:
            return Left()
        money = (1, 0, self.near(self.one(self.sums) // 10), self.one(self.sums) // 3, 5)
        return Left(
            uses=self.one((1, 1, 2, 0, 3)) if self.rarely(3) else None,
            minor=self.one(money) if self.rarely(4) else None,
            loss=self.one((10, 0, 1, 100, self.one(money))) if self.rarely(3) else None,
            units={sku: self.below(5) for sku in SKUS[:3] if self.below(2)} if self.rarely(4) else {},
            units_each=self.below(6) if self.rarely(4) else None,
        )

    def effect(self, layer: str) -> Effect:
        if layer == ACTIVITY:
            return self.bundle_price() if self.rarely(2 if self.bundled else 10) else self.unit_price()
        if layer == PRICE:
            return UnitPercent(self.one(BPS)) if self.below(2) else self.unit_price()
        kinds = (self.full_reduce, self.full_percent) + ((self.nth, self.gift) if layer == ORDER else ())
        return self.one(kinds)()

    def unit_price(self) -> UnitPrice:
        by_sku = {sku: self.one(PRICES) for sku in SKUS[:2]} if self.rarely(4) else {}
        price = self.one([line.price for line in self.lines])
        return UnitPrice(self.near(self.one((price // 2, price * 9 // 10, price, 1))), by_sku)

    def bundle_price(self) -> BundlePrice:
        if self.below(3) == 0:
            return BundlePrice(None, self.one(BPS))
        parts = [line.quantity * line.price for line in self.lines if line.bundle == INSTANCES[0]]
        whole = sum(parts)
        return BundlePrice(self.one((whole // 2, whole * 9 // 10, whole // 4, whole, max(0, whole - 1), 1, 100)))

    def tiers(self, pieces: bool, values: Sequence[int], every: bool) -> tuple[Tier, ...]:
        marks = {self.one((1, 2, 3, 5, 10)) if pieces else max(1, self.money()) for _ in range(1 + self.below(3))}
        ordered = sorted(marks)[: 1 if every else 3]
        return tuple(Tier(mark, self.one(values)) for mark in ordered)

    def full_reduce(self) -> FullReduce:
        pieces, every = self.rarely(4), self.rarely(4)
        values = (10, 10, 1, 2, 0, self.money(), max(1, self.one(self.sums) // 10))
        return FullReduce(self.tiers(pieces, values, every), pieces, every, self.most(self.money()))

    def full_percent(self) -> FullPercent:
        pieces = self.rarely(4)
        return FullPercent(self.tiers(pieces, BPS, False), pieces, self.most(self.money()))

    def nth(self) -> Nth:
        return Nth(self.one((2, 3, 4)), self.one((5000, 0, 3333, 10_000)), bool(self.below(2)))

    def gift(self) -> Gift:
        by_pieces = bool(self.below(2))
        threshold = self.one((1, 2, 3, 5)) if by_pieces else max(1, self.money())
        return Gift(
            self.one(GIFT_SKUS), self.one((1, 2)), threshold, by_pieces, self.rarely(3), self.most(self.one((1, 2, 3)))
        )

    def most(self, value: int) -> int | None:
        return value if self.rarely(4) else None

    def presented(self, plan: tuple[Live, ...]) -> tuple[Presented, ...]:
        mine = [live.campaign_id for live in plan if live.spec.trigger == BY_COUPON]
        wanted = [campaign for campaign in mine for _ in range(self.one((1, 1, 2, 0, 3)))]
        if self.rarely():
            wanted.append(number(6, 999))
        coupons = [Presented(number(8, k), campaign) for k, campaign in enumerate(self.shuffled(wanted))]
        if coupons and self.rarely(10):
            coupons.append(coupons[0])
        return tuple(coupons)

    def choices(self, plan: tuple[Live, ...]) -> tuple[Choice, ...]:
        mine = [live.campaign_id for live in plan if live.spec.trigger == BY_CHOICE]
        return tuple(
            Choice(campaign, self.one([line.sku_id for line in self.lines]), self.one(PRICES))
            for campaign in mine for _ in range(self.one((1, 0, 2)))
        )  # fmt: skip

    def bundles(self, count: int, plan: tuple[Live, ...]) -> tuple[CartBundle, ...]:
        prices = [live.revision_id for live in plan if isinstance(live.spec.effect, BundlePrice)]
        found = [
            CartBundle(one, self.one(prices) if prices and not self.rarely() else number(7, 999), self.one((1, 2)))
            for one in self.shuffled(INSTANCES[:count])
        ]  # fmt: skip
        return tuple(found)

    def offers(self) -> dict[UUID, GiftOffer]:
        return {
            sku: GiftOffer(sku, self.one((100, 1, 50, 0)), self.one((50, 0, 1, 120)), self.one((100, 1, 2, 0, 3)))
            for sku in GIFT_SKUS if not self.rarely(6)
        }  # fmt: skip


def cases() -> st.SearchStrategy[Case]:
    """For `given`."""
    return st.randoms(use_true_random=False).map(lambda dice: Maker(dice).make())
