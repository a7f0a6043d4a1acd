"""Which revision prices a bundle: its own, or a campaign's for it; shares by weights, floors of parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.promotions.bundle_prices import best
from goodfor.promotions.bundle_queries import live_of
from goodfor.promotions.evaluating.evaluate import price
from goodfor.promotions.types import (
    ACTIVITY,
    FIXED,
    BundleInCart,
    BundlePart,
    BundlePrice,
    BundleSpec,
    BundleView,
    Cart,
    CartBundle,
    CartLine,
    Compare,
    Left,
    Live,
    Scope,
    Spec,
    UnitPrice,
    Window,
)

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
A, B, C, SET, OWN, FLASH, OTHER = (UUID(int=n) for n in range(1, 8))
NO_LIMIT = Left()
EVALUATE = partial(price, zone=ZoneInfo("Asia/Shanghai"))


def in_cart(weights: bool = True, **price: int | None) -> BundleInCart:
    parts = (BundlePart(A), BundlePart(B), BundlePart(C, optional=True, extra=200))
    spec = BundleSpec("宅家", FIXED, parts, BundlePrice(**{"minor": None, **price}))
    view = BundleView(SET, "home", "on_sale", OWN, 1, spec, 0, NOW)
    given = {A: 3, B: 1, C: 1} if weights else {}
    return BundleInCart(CartBundle(SET, OWN, 2), live_of(view, spec.price), OWN, "宅家", "all", given, spec, {})


def cart(one: BundleInCart, *more: CartLine, cost: int | None = 100, **facts: Any) -> Cart:
    lines = tuple(CartLine(sku, sku, C, 2, 1000, cost, SET, one.weights.get(sku)) for sku in (A, B))
    return Cart((*lines, *more), "web", NOW, facts=facts)


def campaign(revision: UUID, minor: int, *, left: Left = NO_LIMIT, **over: Any) -> Live:
    window = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    spec = Spec(
        "bundle", ACTIVITY, window, Scope(everything=True, bundles=True), BundlePrice(minor),
        play_settings={"bundle": str(SET)}, **over,
    )  # fmt: skip
    return Live(revision, revision, "首单闪购", spec, left)


def outcomes(priced: Any) -> dict[UUID, str]:
    return {step.revision_id: step.outcome for step in priced.trace}


def test_its_own_price_is_shared_by_weights() -> None:
    one = in_cart(minor=1600)
    found, lives, priced = best(cart(one), (), [one], price=EVALUATE)
    assert priced.total == 3200
    assert [share.minor for share in priced.shares] == [600, 200]
    assert (found.bundles[0].revision_id, [live.revision_id for live in lives]) == (OWN, [OWN])


def test_without_weights_by_list_price() -> None:
    one = in_cart(False, minor=1600)
    _, _, priced = best(cart(one), (), [one], price=EVALUATE)
    assert [share.minor for share in priced.shares] == [400, 400]


def test_a_campaign_that_gives_more_prices_it() -> None:
    one, flash = in_cart(minor=1600), campaign(FLASH, 1200)
    found, _, priced = best(cart(one), (flash,), [one], price=EVALUATE)
    assert (priced.total, found.bundles[0].revision_id) == (2400, FLASH)
    assert {share.campaign_id for share in priced.shares} == {FLASH}
    assert outcomes(priced) == {FLASH: "applied"}


def test_a_campaign_that_gives_less_or_is_not_for_this_buyer_stands_in_the_trace() -> None:
    one, new_buyers = in_cart(minor=1600), Compare("orders_paid", "eq", 0)
    for flash, why in (
        (campaign(FLASH, 1700), "better"),
        (campaign(FLASH, 900, audience=new_buyers), "audience"),
        (campaign(FLASH, 900, channels=frozenset({"wechat"})), "channel"),
        (campaign(FLASH, 900, left=Left(uses=0)), "used_up"),
    ):
        found, _, priced = best(cart(one, orders_paid=3), (flash,), [one], price=EVALUATE)
        assert (priced.total, found.bundles[0].revision_id) == (3200, OWN)
        assert outcomes(priced) == {OWN: "applied", FLASH: why}
    _, _, priced = best(
        cart(one, orders_paid=0), (campaign(FLASH, 900, audience=new_buyers),), [one], price=EVALUATE
    )  # fmt: skip
    assert priced.total == 1800


def test_what_picks_add_is_added_to_a_campaigns_price_too() -> None:
    one = replace(in_cart(minor=1600), picks={C: 1})
    _, lives, priced = best(cart(one), (campaign(FLASH, 1200),), [one], price=EVALUATE)
    assert priced.total == 2 * 1400
    assert [live.spec.effect for live in lives] == [BundlePrice(1400)]


def test_no_part_goes_below_its_cost() -> None:
    one = in_cart(minor=400)
    _, _, priced = best(cart(one, cost=450), (), [one], price=EVALUATE)
    assert priced.nets == (900, 1200)
    assert outcomes(priced) == {OWN: "cut"}
    _, _, unknown = best(cart(one, cost=None), (), [one], price=EVALUATE)
    assert unknown.total == 4000


def test_a_cart_without_bundles_is_priced_as_it_is() -> None:
    window = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    cheap = Live(OTHER, OTHER, "限时", Spec("flash", ACTIVITY, window, Scope(everything=True), UnitPrice(700)))
    alone = Cart((CartLine(A, A, C, 1, 1000, 100),), "web", NOW)
    assert best(alone, (cheap,), (), price=EVALUATE)[2] == EVALUATE(alone, (cheap,))
    one = in_cart(minor=1600)
    mixed = cart(one, CartLine(A, A, C, 1, 1000, 100))
    assert best(mixed, (cheap,), [one], price=EVALUATE)[2].total == 3200 + 700
