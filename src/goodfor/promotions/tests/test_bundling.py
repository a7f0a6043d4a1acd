"""Bundles as arithmetic: lines out of wishes and back, prices of tiers and picks, stock, the margin box."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.promotions.bundle_errors import InvalidBundle, InvalidPicks
from goodfor.promotions.bundle_json import checked, dumped, loaded
from goodfor.promotions.bundle_margin import choices, margin_box
from goodfor.promotions.bundling import explode, gather, price_of, set_minor, sets_in_stock
from goodfor.promotions.types import (
    BY_PICKS,
    CHOOSE,
    FIXED,
    TIERED,
    BundlePart,
    BundlePrice,
    BundleSpec,
    BundleTier,
    PickGroup,
)

SKUS = [UUID(int=n) for n in range(1, 9)]
A, B, C, D, E, *_ = SKUS
OWN = BundlePrice(5000)


def fixed(**over: Any) -> BundleSpec:
    parts = (BundlePart(A), BundlePart(B, pieces=2), BundlePart(C, optional=True, extra=300))
    return replace(BundleSpec("宅家娱乐能量包", FIXED, parts, OWN), **over)


def choose(again: bool = False, **over: Any) -> BundleSpec:
    parts = (
        BundlePart(A),
        *(BundlePart(sku, group="影音") for sku in (B, C, D)),
        BundlePart(E, group="影音", extra=500),
    )
    return replace(BundleSpec("任选二", CHOOSE, parts, OWN, (PickGroup("影音", 2, 2, again),)), **over)


def tiered() -> BundleSpec:
    parts = tuple(BundlePart(sku, group="全部") for sku in (A, B, C, D, E))
    tiers = (BundleTier(3, BundlePrice(None, 2000)), BundleTier(5, BundlePrice(None, 3000)))
    base = BundlePrice(None, 1000)
    return BundleSpec("选得多更省", TIERED, parts, base, (PickGroup("全部", 2, 5),), tiers, BY_PICKS)


def test_a_wish_becomes_lines_and_lines_tell_the_wish() -> None:
    assert explode(fixed(), 3, {}) == ((A, 3), (B, 6))
    assert explode(fixed(), 1, {C: 1}) == ((A, 1), (B, 2), (C, 1))
    assert gather(fixed(), {A: 3, B: 6, C: 3}) == (3, {C: 1})
    assert explode(choose(), 2, {B: 1, E: 1}) == ((A, 2), (B, 2), (E, 2))
    assert explode(choose(again=True), 1, {B: 2}) == ((A, 1), (B, 2))


@pytest.mark.parametrize(
    ("spec", "sets", "picks"),
    [
        (fixed(), 0, {}),
        (fixed(), 11, {}),
        (fixed(), 1, {A: 1}),
        (fixed(), 1, {C: 2}),
        (fixed(), 1, {D: 1}),
        (choose(), 1, {}),
        (choose(), 1, {B: 1}),
        (choose(), 1, {B: 2}),
        (choose(), 1, {B: 1, C: 1, D: 1}),
        (choose(), 1, {B: 3, C: -1}),
        (tiered(), 1, {A: 1}),
    ],
)
def test_no_whole_set_is_refused(spec: BundleSpec, sets: int, picks: dict[UUID, int]) -> None:
    with pytest.raises(InvalidPicks):
        explode(spec, sets, picks)


@pytest.mark.parametrize("pieces", [{}, {A: 1}, {A: 1, B: 1}, {A: 2, B: 2}, {A: 1, B: 2, D: 1}, {A: 2, B: 4, C: 1}])
def test_lines_that_are_no_sets_are_refused(pieces: dict[UUID, int]) -> None:
    with pytest.raises(InvalidPicks):
        gather(fixed(), pieces)


SPECS = [fixed(), choose(), choose(again=True), tiered(), replace(choose(), parts=choose().parts[1:])]


@given(st.sampled_from(SPECS), st.integers(1, 10), st.data())
@settings(max_examples=150, deadline=None)
def test_there_and_back(spec: BundleSpec, sets: int, data: st.DataObject) -> None:
    picks = data.draw(st.sampled_from(choices(spec, dict.fromkeys(SKUS, 100), dict.fromkeys(SKUS, 50))))
    assert gather(spec, dict(explode(spec, sets, picks))) == (sets, picks)


def test_prices_by_picks_sets_and_extras() -> None:
    assert price_of(fixed(), 1, {C: 1}) == BundlePrice(5300)
    assert price_of(choose(), 1, {B: 1, E: 1}) == BundlePrice(5500)
    assert [price_of(tiered(), 1, dict.fromkeys(SKUS[:n], 1)).off_bp for n in (2, 3, 4, 5)] == [1000, 2000, 2000, 3000]
    by_sets = fixed(kind=TIERED, tiers=(BundleTier(2, BundlePrice(4500)), BundleTier(4, BundlePrice(4000))))
    assert [price_of(by_sets, n, {C: 1}).minor for n in (1, 2, 3, 4)] == [5300, 4800, 4800, 4300]
    assert price_of(by_sets, 4, {C: 1}, base=BundlePrice(3000)) == BundlePrice(3300)
    assert set_minor(BundlePrice(None, 1250), 101) == 88  # 88.375
    assert set_minor(BundlePrice(None, 5000), 101) == 51  # 50.5, up
    assert set_minor(BundlePrice(9000), 8000) == 8000


def test_stock_is_what_the_scarcest_part_allows() -> None:
    assert sets_in_stock(fixed(), {A: 5, B: 7}) == 3
    assert sets_in_stock(fixed(), {A: 5}) == 0
    assert sets_in_stock(fixed(), {A: 5, B: 99, C: 0}) == 5
    assert sets_in_stock(fixed(), {A: 500, B: 990}) == 10
    assert sets_in_stock(choose(), {A: 9, B: 4, C: 2, D: 0, E: 0}) == 2
    assert sets_in_stock(choose(), {A: 9, B: 4}) == 0
    assert sets_in_stock(choose(again=True), {A: 9, B: 4, C: 1}) == 2
    assert sets_in_stock(tiered(), {A: 4, B: 3}) == 3


@given(st.sampled_from(SPECS), st.dictionaries(st.sampled_from(SKUS[:5]), st.integers(0, 12)))
@settings(max_examples=150, deadline=None)
def test_the_stock_that_is_said_can_be_bought_and_no_more(spec: BundleSpec, stock: dict[UUID, int]) -> None:
    sets = sets_in_stock(spec, stock)
    every = choices(spec, dict.fromkeys(SKUS, 100), dict.fromkeys(SKUS, 50))

    def can(n: int) -> bool:
        return any(all(stock.get(sku, 0) >= pieces for sku, pieces in explode(spec, n, picks)) for picks in every)

    assert sets == 0 or can(sets)
    assert sets == spec.most_sets or not can(sets + 1)


def test_the_margin_box_finds_the_worst_choice() -> None:
    prices = {A: 2000, B: 2500, C: 2500, D: 2600, E: 3000}
    costs = {A: 1500, B: 1000, C: 2400, D: 2000, E: 2900}
    box = margin_box(choose(), prices, costs)
    assert box.worst.picks == {C: 1, E: 1}
    assert (box.worst.price_minor, box.worst.cost, box.worst.margin) == (5500, 6800, -1300)
    assert box.best.picks == {B: 1, D: 1}
    assert (box.best.price_minor, box.best.cost) == (5000, 4500)
    assert box.below_floor
    assert box.unknown == ()
    without = margin_box(fixed(), prices, {A: 100})
    assert set(without.unknown) == {B, C}


def test_too_many_choices_are_looked_at_from_their_ends() -> None:
    skus = [UUID(int=100 + n) for n in range(20)]
    parts = tuple(BundlePart(sku, group="g", extra=n) for n, sku in enumerate(skus))
    spec = BundleSpec("二十选十", CHOOSE, parts, OWN, (PickGroup("g", 10, 10),))
    prices = dict.fromkeys(skus, 1000)
    box = margin_box(spec, prices, {sku: 100 + 40 * n for n, sku in enumerate(skus)})
    assert set(box.worst.picks) == set(skus[10:])
    assert set(box.best.picks) == set(skus[:10])


@pytest.mark.parametrize("spec", SPECS)
def test_json_there_and_back(spec: BundleSpec) -> None:
    assert loaded(dumped(spec)) == spec


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (fixed(title=" "), "title"),
        (fixed(kind="box"), "kind"),
        (fixed(parts=()), "parts"),
        (fixed(parts=(BundlePart(A), BundlePart(A))), "parts"),
        (fixed(parts=(BundlePart(A),)), "parts"),
        (fixed(parts=(BundlePart(A, pieces=0), BundlePart(B))), "pieces"),
        (fixed(parts=(BundlePart(A, extra=1), BundlePart(B))), "extra"),
        (fixed(parts=(BundlePart(A, weight=1), BundlePart(B))), "weight"),
        (fixed(parts=(BundlePart(A), BundlePart(B, group="x"))), "groups"),
        (fixed(price=BundlePrice(None)), "price"),
        (fixed(price=BundlePrice(1, 1)), "price"),
        (fixed(price=BundlePrice(0)), "price"),
        (fixed(most_sets=101), "most_sets"),
        (fixed(floor=-1), "floor"),
        (fixed(delivery="some"), "delivery"),
        (fixed(kind=TIERED), "kind"),
        (fixed(kind=TIERED, tiers=(BundleTier(3, OWN), BundleTier(2, OWN))), "tiers"),
        (choose(groups=(PickGroup("影音", 2, 9),)), "groups"),
        (choose(groups=(PickGroup("影音", 3, 2),)), "groups"),
        (choose(groups=(PickGroup("影音", 1, 2, True),)), "groups"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(spec: BundleSpec, field: str) -> None:
    with pytest.raises(InvalidBundle) as caught:
        checked(spec)
    assert caught.value.data["field"] == field


@pytest.mark.parametrize("over", [{"parts": 3}, {"price": None}, {"colour": "red"}, {"parts": [{"sku_id": "x"}]}])
def test_json_that_we_did_not_write_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(InvalidBundle):
        loaded(dumped(fixed()) | over)
