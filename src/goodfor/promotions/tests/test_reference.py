"""Both evaluators against sums reckoned by hand from docs/promotions.md, and what must always hold."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from goodfor.promotions.cart_types import (
    REASONS,
    Cart,
    CartBundle,
    CartLine,
    Choice,
    GiftOffer,
    Left,
    Live,
    Presented,
    Priced,
)
from goodfor.promotions.spec_types import (
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
from goodfor.promotions.tests.reference import evaluator
from goodfor.promotions.tests.reference.cases import NOW, Case, Maker, number
from goodfor.promotions.tests.reference.holding import broken
from goodfor.promotions.tests.reference.same import asked, differences

ALWAYS = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
INSTANCE = number(5, 1)
UNLIMITED = Left()


def line(price: int, quantity: int = 1, cost: int | None = 0, *, sku: int = 0, **more: Any) -> CartLine:
    return CartLine(number(1, sku), number(3, sku), number(4, 0), quantity, price, cost, **more)


def live(k: int, layer: str, effect: Effect, left: Left = UNLIMITED, **more: Any) -> Live:
    given = {"scope": Scope(everything=True), "trigger": "coupon" if layer == "coupon" else "auto", **more}
    spec = Spec(play="limited_price", layer=layer, window=ALWAYS, effect=effect, **given)
    return Live(number(6, k), number(7, k), f"c{k}", spec, left)


def price(lines: list[CartLine], *plan: Live, **more: Any) -> Priced:
    floor, gifts = more.pop("floor", 0), more.pop("gifts", {})
    case = Case(Cart(tuple(lines), "web", NOW, **more), plan, floor, gifts)
    priced = asked(evaluator.price, case)
    assert broken(case, priced) == []
    assert differences(case) == []
    return priced


def said(priced: Priced) -> list[tuple[str, int, int]]:
    return [(traced.outcome, traced.wanted, traced.given) for traced in priced.trace]


def off(threshold: int, value: int, **more: Any) -> FullReduce:
    return FullReduce((Tier(threshold, value),), **more)


def coupons(*campaigns: int) -> tuple[Presented, ...]:
    return tuple(Presented(number(8, k), number(6, campaign)) for k, campaign in enumerate(campaigns))


def test_layers_come_in_order_and_see_what_is_left() -> None:
    """2 x 50.00 at 45.00, less 8.00 from 90.00 on, then a coupon of 10 %: 73.80."""
    plan = (
        live(1, "coupon", FullPercent((Tier(8200, 9000),))),
        live(2, "order", off(9000, 800)),
        live(3, "price", UnitPercent(9000)),
    )
    priced = price([line(5000, 2)], *plan, coupons=coupons(1))
    assert priced.nets == (7380,)
    assert said(priced) == [("applied", 1000, 1000), ("applied", 800, 800), ("applied", 820, 820)]


def test_fen_are_allocated_by_largest_remainder() -> None:
    assert price([line(100), line(100), line(100)], live(1, "order", off(300, 100))).nets == (66, 67, 67)
    # 10 over 1, 2, 3: exactly 1.67, 3.33, 5: the first lacks most.
    assert price([line(10), line(20), line(30)], live(1, "order", off(1, 10))).nets == (8, 17, 25)


def test_a_floor_cuts_and_does_not_move() -> None:
    priced = price([line(100, cost=90), line(100, cost=10)], live(1, "order", off(1, 60)), floor=5)
    assert priced.nets == (95, 70)
    assert said(priced) == [("cut", 60, 35)]
    assert said(price([line(100, cost=None)], live(1, "order", off(1, 60)))) == [("cost_unknown", 60, 0)]
    assert said(price([line(100, cost=99)], live(1, "order", off(1, 60)), floor=1)) == [("floor", 60, 0)]
    assert price([line(100, 3)], live(1, "order", off(1, 1000))).nets == (3,)


def test_a_loss_leader_goes_below_while_losses_last() -> None:
    leader = live(1, "activity", UnitPrice(1), Left(loss=70), loss_leader=True)
    priced = price([line(100, cost=50), line(100, cost=50, sku=1)], leader)
    # 99 of which 49 are loss; then 50 above cost and the 21 that are left.
    assert priced.nets == (1, 29)
    assert [share.loss for share in priced.shares] == [49, 21]
    assert said(priced) == [("cut", 198, 170)]
    assert price([line(100, cost=None)], leader).nets == (30,)


def test_budgets() -> None:
    assert price([line(100), line(200)], live(1, "order", off(1, 90), Left(minor=50))).nets == (83, 167)
    assert said(price([line(100)], live(1, "order", off(1, 90), Left(minor=50), cut=False))) == [("budget", 90, 0)]
    assert said(price([line(100)], live(1, "order", off(1, 90), Left(uses=0)))) == [("used_up", 0, 0)]


def test_units_of_an_activity_fall() -> None:
    flash = live(1, "activity", UnitPrice(60), Left(units={number(1, 0): 3}))
    priced = price([line(100, 2), line(100, 2), line(100, 1)], flash)
    assert priced.nets == (120, 160, 100)
    assert [share.units for share in priced.shares] == [2, 1]


def test_the_best_price_wins_and_an_activity_keeps_prices_away() -> None:
    plan = (live(1, "activity", UnitPrice(70)), live(2, "activity", UnitPrice(60)), live(3, "price", UnitPercent(100)))
    assert said(price([line(100)], *plan)) == [("better", 30, 0), ("applied", 40, 40), ("activity", 0, 0)]
    same = (live(1, "activity", UnitPrice(60)), live(2, "activity", UnitPrice(60), priority=1))
    assert said(price([line(100)], *same)) == [("better", 40, 0), ("applied", 40, 40)]


def test_a_choice_brings_its_price() -> None:
    group = live(1, "activity", UnitPrice(99), trigger="choice")
    lines = [line(100), line(100, sku=1)]
    assert price(lines, group, choices=(Choice(number(6, 1), number(1, 1), 30),)).nets == (100, 30)
    assert said(price(lines, group)) == [("choice", 0, 0)]


def test_a_bundle() -> None:
    parts = [line(100, 2, bundle=INSTANCE, weight=1), line(50, 2, bundle=INSTANCE, weight=3), line(100)]
    bundle = live(1, "activity", BundlePrice(100))
    other = live(2, "price", UnitPercent(5000), scope=Scope(everything=True, bundles=True))
    priced = price(parts, bundle, other, bundles=(CartBundle(INSTANCE, number(7, 1), 2),))
    assert priced.nets == (175, 25, 50)
    less = live(1, "activity", BundlePrice(None, 3333))
    # 300 * 0.6667 = 200.01.
    assert price(parts, less, bundles=(CartBundle(INSTANCE, number(7, 1), 2),)).total == 300


def test_instances_of_a_bundle_take_one_use_together() -> None:
    """Joint whatever it says: an exclusive one may follow, and the category is free."""
    lines = [line(100, bundle=INSTANCE), line(100, bundle=number(5, 2))]
    bundle = live(1, "activity", BundlePrice(60), Left(uses=1, minor=70), stacking="exclusive", category="x")
    late = live(2, "order", off(1, 10), scope=Scope(everything=True, bundles=True), stacking="exclusive", category="x")
    instances = (CartBundle(number(5, 2), number(7, 1), 1), CartBundle(INSTANCE, number(7, 1), 1))
    # 40 for the one that is first in the cart's order of bundles, 30 are left for the other; then 10 over 70 and 60.
    priced = price(lines, bundle, late, bundles=instances)
    assert priced.nets == (65, 55)
    assert said(priced) == [("cut", 80, 70), ("applied", 10, 10)]


def test_tiers_and_again_and_again() -> None:
    tiers = FullReduce((Tier(100, 10), Tier(200, 25), Tier(300, 50)))
    totals = [price([line(amount)], live(1, "order", tiers)).total for amount in (99, 100, 199, 200, 299, 300)]
    assert totals == [99, 90, 189, 175, 274, 250]
    assert price([line(299)], live(1, "order", off(100, 10, every=True))).total == 279
    assert price([line(500)], live(1, "order", off(100, 10, every=True, most=35))).total == 465
    assert price([line(10, 5)], live(1, "order", off(2, 10, every=True, pieces=True))).total == 30
    assert price([line(333)], live(1, "order", FullPercent((Tier(1, 8500),), most=40))).total == 293
    # 2.5 fen stay 3.
    assert price([line(5)], live(1, "order", FullPercent((Tier(1, 5000),)))).total == 3


def test_every_second_piece() -> None:
    lines = [line(100, 3), line(31, 1, sku=1)]
    assert price(lines, live(1, "order", Nth(2, 5000))).nets == (250, 31)
    # Of 31, 100, 100, 100 the two cheapest.
    assert price(lines, live(1, "order", Nth(2, 5000, across=True))).nets == (250, 16)
    assert said(price([line(100)], live(1, "order", Nth(2, 5000)))) == [("threshold", 0, 0)]


def test_gifts() -> None:
    gifts = {number(2, 0): GiftOffer(number(2, 0), 50, 20, 3)}
    gift = Gift(number(2, 0), 1, 100, every=True)
    priced = price([line(100, 3)], live(1, "order", gift), gifts=gifts)
    assert [(one.pieces, one.price, one.earned_by) for one in priced.gifts] == [(3, 50, (0,))]
    assert said(priced) == [("applied", 150, 150)]
    assert said(price([line(100, 4)], live(1, "order", gift), gifts=gifts)) == [("gift_gone", 0, 0)]
    assert said(price([line(100, 3)], live(1, "order", gift, Left(minor=149, loss=45)), gifts=gifts)) == [
        ("cut", 150, 100)
    ]
    assert said(price([line(100, 3)], live(1, "order", gift, Left(loss=19)), gifts=gifts)) == [("budget", 150, 0)]


def test_nodes() -> None:
    def two(mode: str) -> list[str]:
        node = Node("n", mode)
        plan = (live(1, "order", off(1, 10), node=node), live(2, "order", off(1, 30), node=node))
        return [traced.outcome for traced in price([line(100)], *plan).trace]

    assert two("stack") == ["applied", "applied"]
    assert two("first") == ["applied", "node_first"]
    assert two("best") == ["node_best", "applied"]
    assert two("least") == ["applied", "node_least"]


def test_who_may_stand_beside_whom() -> None:
    lone = live(1, "order", off(1, 10), stacking="exclusive")
    assert said(price([line(100)], lone, live(2, "order", off(1, 5))))[1] == ("exclusive", 0, 0)
    assert said(price([line(100)], lone, live(2, "order", off(1, 5), stacking="joint")))[1] == ("applied", 5, 5)
    late = replace(lone, spec=replace(lone.spec, priority=-1))
    assert said(price([line(100)], late, live(2, "order", off(1, 5))))[1] == ("exclusive", 0, 0)
    pair = (live(1, "order", off(1, 10), category="x"), live(2, "order", off(1, 5), category="x"))
    assert said(price([line(100)], *pair))[1] == ("category", 0, 0)


def test_coupons_by_their_turn() -> None:
    plan = (live(1, "coupon", off(100, 10), Left(uses=2), per_order=2), live(2, "coupon", off(95, 5)))
    priced = price([line(100)], *plan, coupons=coupons(2, 1, 2, 2))
    outcomes = {traced.coupon_id: traced.outcome for traced in priced.trace}
    assert [outcomes[number(8, k)] for k in range(4)] == ["applied", "threshold", "per_order", "per_order"]
    assert sorted(said(price([line(100)], *plan, coupons=coupons(1)))) == [("applied", 10, 10), ("coupon", 0, 0)]
    thrice = price([line(200)], plan[0], coupons=coupons(1, 1, 1))
    assert [traced.outcome for traced in thrice.trace] == ["applied", "applied", "used_up"]


def test_what_always_holds_and_each_reason_occurs() -> None:
    """400 seeds; a seed that fails is named."""
    met: set[str] = set()
    for seed in range(400):
        case = Maker(random.Random(seed)).make()
        priced = asked(evaluator.price, case)
        assert broken(case, priced) == [], seed
        met |= {traced.outcome for traced in priced.trace}
    assert met == {"applied", "cut", *REASONS}
