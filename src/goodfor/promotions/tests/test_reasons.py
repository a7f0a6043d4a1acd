"""Each reason for which a revision gives nothing, once at least; and who may stand beside whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from goodfor.promotions.evaluating.conditions import holds
from goodfor.promotions.tests.cases import ALWAYS, NOW, cart, line, live, priced, told, uid
from goodfor.promotions.types import (
    BEST,
    BY_CHOICE,
    COUPON,
    EXCLUSIVE,
    FIRST,
    JOINT,
    LEAST,
    REASONS,
    BundlePrice,
    CartBundle,
    Choice,
    Compare,
    FullReduce,
    Gift,
    Join,
    Left,
    Node,
    Presented,
    Priced,
    Scope,
    Tier,
    UnitPercent,
    UnitPrice,
    Window,
)

OFF = FullReduce((Tier(500, 100),))
ONE = line(1)
NEW = Compare("orders_paid", "eq", 0)


def _node(mode: str) -> Priced:
    return priced(cart(ONE), live(2, FullReduce((Tier(1, 50),)), node=Node("n", mode), priority=1 - (mode == LEAST)),
                  live(1, OFF, node=Node("n", mode)))  # fmt: skip


def _bundled() -> Priced:
    part = line(1, bundle=uid(7))
    wide = Scope(everything=True, bundles=True)
    return priced(cart(part, bundles=(CartBundle(uid(7), uid(2), 1),)), live(1, UnitPrice(1), scope=wide),
                  live(2, BundlePrice(900)))  # fmt: skip


CASES: dict[str, Callable[[], Priced]] = {
    "window": lambda: priced(cart(ONE), live(1, OFF, window=Window(NOW, NOW))),
    "channel": lambda: priced(cart(ONE), live(1, OFF, channels=frozenset({"wechat"}))),
    "coupon": lambda: priced(cart(ONE), live(1, OFF, layer=COUPON)),
    "choice": lambda: priced(cart(ONE, choices=(Choice(uid(501), uid(2), 5),)),
                             live(1, UnitPrice(5), trigger=BY_CHOICE)),
    "audience": lambda: priced(cart(ONE, facts={"orders_paid": 1}), live(1, OFF, audience=NEW)),
    "used_up": lambda: priced(cart(ONE), live(1, OFF, Left(uses=0))),
    "exclusive": lambda: priced(cart(ONE), live(2, OFF, stacking=EXCLUSIVE, priority=1), live(1, OFF)),
    "category": lambda: priced(cart(ONE), live(2, OFF, category="c", priority=1), live(1, OFF, category="c")),
    "threshold": lambda: priced(cart(line(1, at=499)), live(1, OFF)),
    "nothing": lambda: priced(cart(ONE), live(1, UnitPrice(1000))),
    "better": lambda: priced(cart(ONE), live(1, UnitPrice(900)), live(2, UnitPrice(800))),
    "activity": lambda: priced(cart(ONE), live(1, UnitPercent(1)), live(2, UnitPrice(800))),
    "bundle": _bundled,
    "node_first": lambda: _node(FIRST),
    "node_best": lambda: priced(cart(ONE), live(1, OFF, node=Node("n", BEST)),
                                live(2, FullReduce((Tier(1, 101),)), node=Node("n", BEST))),
    "node_least": lambda: _node(LEAST),
    "per_order": lambda: priced(cart(ONE, presented=(Presented(uid(8), uid(501)), Presented(uid(9), uid(501)))),
                                live(1, OFF, layer=COUPON)),
    "floor": lambda: priced(cart(line(1, cost=900)), live(1, OFF), floor=100),
    "cost_unknown": lambda: priced(cart(line(1, cost=None)), live(1, OFF)),
    "budget": lambda: priced(cart(ONE), live(1, OFF, Left(minor=99), cut=False)),
    "gift_gone": lambda: priced(cart(ONE), live(1, Gift(uid(9), 1, 1))),
}  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_told(reason: str) -> None:
    found = CASES[reason]()
    last = [outcome for revision, outcome in told(found) if revision == 1][-1]
    assert last == reason
    assert all(share.revision_id != uid(1) for share in found.shares) or reason == "per_order"


def test_the_first_that_fails_is_the_reason() -> None:
    steps = [
        {"window": Window(NOW, NOW)}, {"channels": frozenset({"api"})}, {"layer": COUPON}, {"audience": NEW},
        {"left": Left(uses=0)}, {"scope": Scope()},
    ]  # fmt: skip
    say = ["window", "channel", "coupon", "audience", "used_up"]
    for number, reason in enumerate(say):
        more = {name: value for step in steps[number:5] for name, value in step.items()}
        left = more.pop("left", Left())
        assert told(priced(cart(ONE), live(1, OFF, left, **more))) == [(1, reason)]
    assert told(priced(cart(ONE), live(1, OFF, scope=Scope(), window=Window(NOW, NOW)))) == []


def test_windows_are_of_the_shops_zone() -> None:
    for window, outcome in (
        (replace(ALWAYS, weekdays=frozenset({5})), "applied"),
        (replace(ALWAYS, weekdays=frozenset({4, 6})), "window"),
        (replace(ALWAYS, hours=((0, 60), (1200, 1201))), "applied"),
        (replace(ALWAYS, hours=((1199, 1200), (1201, 1440))), "window"),
        (Window(NOW, NOW + timedelta(seconds=1)), "applied"),
        (Window(NOW - timedelta(seconds=1), NOW), "window"),
    ):
        assert told(priced(cart(ONE), live(1, OFF, window=window))) == [(1, outcome)]


def test_scopes_name_and_exclude() -> None:
    lines = (line(1), line(2), line(3), line(4, bundle=uid(7)))
    off = FullReduce((Tier(1, 400),))
    for scope, touched in (
        (Scope(everything=True), {0, 1, 2}),
        (Scope(everything=True, bundles=True), {0, 1, 2, 3}),
        (Scope(skus=frozenset({uid(1)}), products=frozenset({uid(102)}), categories=frozenset({uid(203)})), {0, 1, 2}),
        (Scope(everything=True, without_skus=frozenset({uid(1)}), without_products=frozenset({uid(102)})), {2}),
        (Scope(skus=frozenset({uid(1), uid(3)}), without_categories=frozenset({uid(203)})), {0}),
    ):
        found = priced(cart(*lines), live(1, off, scope=scope))
        assert {share.line for share in found.shares} == touched


def test_conditions_are_three_valued() -> None:
    facts = {"orders_paid": 2, "signed_in": True, "tags": frozenset({"vip"})}
    yes, no, unknown = Compare("orders_paid", "ge", 2), Compare("signed_in", "ne", True), Compare("tier", "lt", 1)
    assert (holds(yes, facts), holds(no, facts), holds(unknown, facts)) == (True, False, None)
    assert holds(Compare("tags", "has", "vip"), facts) is True
    assert holds(Join("and", (yes, unknown)), facts) is None
    assert holds(Join("and", (unknown, no)), facts) is False
    assert holds(Join("or", (unknown, no)), facts) is None
    assert holds(Join("or", (unknown, yes)), facts) is True
    assert holds(Join("not", (unknown,)), facts) is None
    assert holds(Join("not", (no,)), facts) is True
    for other in (Compare("tags", "eq", 1), Compare("signed_in", "ge", 1), Compare("signed_in", "ge", True),
                  Compare("orders_paid", "eq", True), Compare("orders_paid", "has", "x")):  # fmt: skip
        assert holds(other, facts) is None


def test_exclusive_ones_stand_beside_joint_ones_only() -> None:
    apart = FullReduce((Tier(1, 10),))
    plan = [
        live(1, apart, priority=9, stacking=JOINT), live(2, apart, priority=8, stacking=EXCLUSIVE),
        live(3, apart, priority=7), live(4, apart, priority=6, stacking=JOINT),
        live(5, apart, priority=5, stacking=EXCLUSIVE),
    ]  # fmt: skip
    outcomes = [(1, "applied"), (2, "applied"), (3, "exclusive"), (4, "applied"), (5, "exclusive")]
    assert told(priced(cart(ONE), *plan)) == outcomes
    assert told(priced(cart(ONE), plan[2], plan[4])) == [(3, "applied"), (5, "exclusive")]


def test_who_may_not_be_touched_drops_out() -> None:
    first = live(1, FullReduce((Tier(1, 10),)), priority=1, stacking=EXCLUSIVE, scope=Scope(skus=frozenset({uid(1)})))
    found = priced(cart(line(1), line(2)), first, live(2, FullReduce((Tier(1, 100),))))
    assert (found.nets, told(found)) == ((990, 900), [(1, "applied"), (2, "applied")])


def test_what_is_missing_is_told() -> None:
    found = priced(cart(line(1, at=380)), live(1, OFF))
    assert [(one.outcome, one.missing) for one in found.trace] == [("threshold", 120)]


def test_two_coupons_of_one_revision() -> None:
    both = (Presented(uid(8), uid(501)), Presented(uid(9), uid(501)))
    twice = {"layer": COUPON, "per_order": 2}
    bought = cart(line(1, 2), presented=both)
    assert told(priced(bought, live(1, OFF, category="c", **twice))) == [(1, "applied"), (1, "applied")]
    assert told(priced(bought, live(1, OFF, stacking=EXCLUSIVE, **twice))) == [(1, "applied"), (1, "exclusive")]
    assert told(priced(bought, live(1, OFF, Left(uses=1), **twice))) == [(1, "applied"), (1, "used_up")]
    assert [one.given for one in priced(bought, live(1, OFF, Left(minor=150), **twice)).trace] == [100, 50]
