"""What each effect does to a cart, by docs/promotions.md."""

from goodfor.promotions.evaluating.arithmetic import allocate, percent
from goodfor.promotions.tests.cases import cart, line, live, priced, told, uid
from goodfor.promotions.types import (
    BEST,
    BY_CHOICE,
    COUPON,
    FIRST,
    LEAST,
    BundlePrice,
    CartBundle,
    Choice,
    FullPercent,
    FullReduce,
    Gift,
    GiftOffer,
    Left,
    Node,
    Nth,
    Presented,
    Scope,
    Tier,
    UnitPercent,
    UnitPrice,
)

TEN_OFF = FullReduce((Tier(1000, 100),))


def test_half_is_rounded_up() -> None:
    assert [percent(minor, 5000) for minor in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert percent(333, 9500) == 316


def test_largest_remainder_ties_go_to_the_earlier_line() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(2, [1, 1, 1]) == [1, 1, 0]
    assert allocate(10, [0, 3, 1]) == [0, 8, 2]


def test_unit_price() -> None:
    found = priced(cart(line(1, 3), line(2)), live(1, UnitPrice(700, {uid(2): 999})))
    assert (found.nets, found.total) == ((2100, 999), 3099)
    assert [(one.line, one.minor, one.units) for one in found.shares] == [(0, 900, 3), (1, 1, 1)]
    assert [(one.outcome, one.wanted, one.given) for one in found.trace] == [("applied", 901, 901)]


def test_units_left_are_shared_by_lines_of_one_sku() -> None:
    found = priced(cart(line(1, 2), line(1, 2), line(1)), live(1, UnitPrice(700), Left(units={uid(1): 3})))
    assert found.nets == (1400, 1700, 1000)
    assert [one.units for one in found.shares] == [2, 1]


def test_unit_percent_is_never_below_a_fen() -> None:
    found = priced(cart(line(1, 2, at=999), line(2, at=1)), live(1, UnitPercent(8500)))
    assert found.nets == (1698, 1)
    assert priced(cart(line(1, 2, at=10)), live(1, UnitPercent(0))).nets == (2,)


def test_the_best_price_of_a_layer_wins_and_layer_two_leaves_its_line() -> None:
    found = priced(
        cart(line(1), line(2)),
        live(1, UnitPrice(800), scope=Scope(skus=frozenset({uid(1)}))),
        live(2, UnitPrice(700), scope=Scope(products=frozenset({uid(101)}))),
        live(3, UnitPercent(5000)),
    )
    assert found.nets == (700, 500)
    assert told(found) == [(1, "better"), (2, "applied"), (3, "applied")]
    equal = priced(cart(line(1)), live(2, UnitPrice(700)), live(1, UnitPrice(700)), live(3, UnitPrice(700), priority=1))
    assert told(equal) == [(2, "better"), (1, "better"), (3, "applied")]
    equal = priced(cart(line(1)), live(2, UnitPrice(700)), live(1, UnitPrice(700)))
    assert told(equal) == [(2, "better"), (1, "applied")]


def test_best_is_by_what_is_left_after_the_floor() -> None:
    found = priced(cart(line(1, cost=750)), live(1, UnitPrice(100), floor=100), live(2, UnitPrice(800)))
    assert (found.nets, told(found)) == ((800,), [(1, "better"), (2, "applied")])


def test_a_choice_brings_its_price() -> None:
    chosen = cart(line(1, 2), line(2), choices=(Choice(uid(501), uid(1), 600),))
    found = priced(chosen, live(1, UnitPrice(900), trigger=BY_CHOICE))
    assert (found.nets, told(found)) == ((1200, 1000), [(1, "applied")])


def test_a_bundle_has_its_own_price_or_a_sum_less() -> None:
    parts = [line(1, 2, at=1000, bundle=uid(77)), line(2, at=500, bundle=uid(77)), line(3)]
    bought = cart(*parts, bundles=(CartBundle(uid(77), uid(1), 1),))
    assert priced(bought, live(1, BundlePrice(2000))).nets == (1600, 400, 1000)
    assert priced(bought, live(1, BundlePrice(None, 1000))).nets == (1800, 450, 1000)


def test_a_bundle_by_the_weights_of_its_parts() -> None:
    parts = [line(1, at=1000, bundle=uid(77), weight=1), line(2, at=1000, bundle=uid(77), weight=3)]
    bought = cart(*parts, bundles=(CartBundle(uid(77), uid(1), 1),))
    assert priced(bought, live(1, BundlePrice(1600))).nets == (900, 700)


def test_order_campaigns_and_coupons_come_on_top_of_a_bundle() -> None:
    bought = cart(line(1, at=1000, bundle=uid(77)), coupons=2, bundles=(CartBundle(uid(77), uid(9), 1),))
    found = priced(
        bought,
        live(9, BundlePrice(900)),
        live(1, FullReduce((Tier(1, 100),)), layer=COUPON, scope=Scope(everything=True, bundles=True)),
        live(2, FullReduce((Tier(1, 100),)), layer=COUPON),
    )
    assert (found.nets, told(found)) == ((800,), [(9, "applied"), (1, "applied")])


def test_full_reduce_takes_the_highest_tier() -> None:
    tiers = FullReduce((Tier(1000, 100), Tier(2000, 300)))
    assert priced(cart(line(1, at=999)), live(1, tiers)).total == 999
    assert priced(cart(line(1, at=1999)), live(1, tiers)).total == 1899
    found = priced(cart(line(1, at=1000), line(2, 2, at=500), line(3, at=500)), live(1, tiers))
    assert found.nets == (880, 880, 440)


def test_full_reduce_every_time_up_to_most() -> None:
    assert priced(cart(line(1, at=3500)), live(1, FullReduce((Tier(1000, 100),), every=True))).total == 3200
    assert priced(cart(line(1, at=3500)), live(1, FullReduce((Tier(1000, 100),), every=True, most=250))).total == 3250
    by_pieces = FullReduce((Tier(2, 100),), pieces=True, every=True)
    assert priced(cart(line(1, 5)), live(1, by_pieces)).total == 4800


def test_full_reduce_is_never_more_than_the_lines() -> None:
    found = priced(cart(line(1, 2, at=100)), live(1, FullReduce((Tier(1, 5000),))))
    assert found.nets == (2,)
    assert [(one.outcome, one.wanted, one.given) for one in found.trace] == [("cut", 200, 198)]


def test_full_percent() -> None:
    effect = FullPercent((Tier(2, 9000), Tier(3, 8000)), pieces=True)
    assert priced(cart(line(1, 2)), live(1, effect)).total == 1800
    assert priced(cart(line(1, 2), line(2)), live(1, effect)).nets == (1600, 800)
    assert priced(cart(line(1, 2)), live(1, FullPercent((Tier(1, 9000),), most=50))).total == 1950


def test_nth_across_reduces_the_cheapest() -> None:
    effect = Nth(2, 5000, across=True)
    found = priced(cart(line(1, 2, at=1000), line(2, at=300), line(3, at=501)), live(1, effect))
    assert found.nets == (2000, 150, 251)
    assert priced(cart(line(1, 3, at=1000)), live(1, Nth(3, 0))).total == 2000


def test_nth_line_by_line() -> None:
    found = priced(cart(line(1, 5, at=1000), line(2, at=300)), live(1, Nth(2, 5000)))
    assert found.nets == (4000, 300)


def test_a_gift_is_a_line_of_its_own() -> None:
    offers = {uid(9): GiftOffer(uid(9), 500, 200, 10)}
    found = priced(cart(line(1, 2), line(2)), live(1, Gift(uid(9), 2, 1000, every=True, most=5)), gifts=offers)
    assert (found.nets, len(found.gifts)) == ((2000, 1000), 1)
    gift = found.gifts[0]
    assert (gift.sku_id, gift.pieces, gift.price, gift.earned_by, gift.loss) == (uid(9), 5, 500, (0, 1), 1000)
    assert [(one.outcome, one.wanted, one.given) for one in found.trace] == [("applied", 2500, 2500)]


def test_a_gift_as_far_as_the_budget_reaches() -> None:
    offers = {uid(9): GiftOffer(uid(9), 500, 200, 3)}
    effect = Gift(uid(9), 3, 1)
    found = priced(cart(line(1)), live(1, effect, Left(minor=1499)), gifts=offers)
    assert (found.gifts[0].pieces, told(found)) == (2, [(1, "cut")])
    found = priced(cart(line(1)), live(1, effect, Left(loss=399)), gifts=offers)
    assert (found.gifts[0].pieces, told(found)) == (1, [(1, "cut")])
    found = priced(cart(line(1)), live(1, effect, Left(loss=399), cut=False), gifts=offers)
    assert (found.gifts, told(found)) == ((), [(1, "budget")])
    found = priced(cart(line(1)), live(1, Gift(uid(9), 2, 1)), live(2, Gift(uid(9), 2, 1)), gifts=offers)
    assert told(found) == [(1, "applied"), (2, "gift_gone")]


def test_layers_see_what_is_left() -> None:
    found = priced(
        cart(line(1, 2), coupons=1),
        live(1, FullPercent((Tier(1, 9000),)), layer=COUPON),
        live(2, FullReduce((Tier(1500, 200),))),
        live(3, UnitPercent(8000)),
    )
    assert (found.total, told(found)) == (1260, [(3, "applied"), (2, "applied"), (1, "applied")])


def test_modes_of_a_node() -> None:
    small, big = FullReduce((Tier(1, 100),)), FullReduce((Tier(1, 300),))
    none = FullReduce((Tier(9999, 300),))
    for mode, outcomes in {
        FIRST: [(1, "threshold"), (2, "applied"), (3, "node_first")],
        BEST: [(1, "threshold"), (2, "node_best"), (3, "applied")],
        LEAST: [(1, "threshold"), (2, "applied"), (3, "node_least")],
    }.items():
        node = Node("n", mode)
        plan = [live(1, none, node=node), live(3, big, node=node), live(2, small, node=node)]
        assert told(priced(cart(line(1)), *plan)) == outcomes


def test_nodes_come_by_position_and_name() -> None:
    plan = [live(1, FullPercent((Tier(1, 5000),)), node=Node("b")), live(2, TEN_OFF, node=Node("a"))]
    assert priced(cart(line(1)), *plan).total == 450
    plan[0] = live(1, FullPercent((Tier(1, 5000),)), node=Node("b", position=-1))
    assert told(priced(cart(line(1)), *plan)) == [(1, "applied"), (2, "threshold")]


def test_coupons_come_in_the_order_of_presenting_and_a_coupon_twice_is_once() -> None:
    of = {uid(901): uid(501), uid(902): uid(502)}
    plan = [
        live(1, FullPercent((Tier(1, 5000),)), layer=COUPON, priority=9),
        live(2, FullReduce((Tier(1, 100),)), layer=COUPON),
    ]
    shown = tuple(Presented(coupon, of[coupon]) for coupon in (uid(902), uid(901), uid(902)))
    found = priced(cart(line(1), presented=shown), *plan)
    assert (found.total, told(found)) == (450, [(2, "applied"), (1, "applied")])
    assert [share.coupon_id for share in found.shares] == [uid(902), uid(901)]


def test_a_loss_leader_loses_what_it_may() -> None:
    bought = cart(line(1, cost=900), line(2, cost=900))
    found = priced(bought, live(1, UnitPrice(500), Left(loss=500), loss_leader=True))
    assert found.nets == (500, 800)
    assert [(share.minor, share.loss) for share in found.shares] == [(500, 400), (200, 100)]
    found = priced(bought, live(1, FullReduce((Tier(1, 1000),)), Left(loss=500), loss_leader=True))
    assert [(share.minor, share.loss) for share in found.shares] == [(500, 400), (200, 100)]
    found = priced(cart(line(1, cost=None)), live(1, UnitPrice(0), loss_leader=True))
    assert [(share.minor, share.loss) for share in found.shares] == [(999, 999)]


def test_a_budget_cuts_and_losses_are_reckoned_again() -> None:
    bought = cart(line(1, cost=900), line(2, cost=900))
    effect = FullReduce((Tier(1, 1000),))
    found = priced(bought, live(1, effect, Left(minor=300), loss_leader=True))
    assert [(share.minor, share.loss) for share in found.shares] == [(150, 50), (150, 50)]
    assert told(found) == [(1, "cut")]
