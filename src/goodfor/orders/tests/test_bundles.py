"""Bundles in orders: priced by their revision, delivered whole or part by part, given back by their shares."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.models import Discount, OrderLine
from goodfor.orders.operations import buy_with_balance, place_order, refund_order
from goodfor.orders.operations.quote import quote
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, open_till, pay, refund_all
from goodfor.orders.types import Buyer, LineRequest, PlacedOrder
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions.errors import BundleNotOnSale, InvalidPicks
from goodfor.promotions.operations.move_bundle import put_on_sale, take_off_sale
from goodfor.promotions.operations.write_bundle import create_bundle
from goodfor.promotions.types import (
    FIXED,
    WHAT_THERE_IS,
    WHOLE_OR_NOTHING,
    BundlePart,
    BundlePrice,
    BundleSpec,
    BundleView,
)
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock

BUYER = Buyer("guest:a", ip="192.0.2.1")


def second_sku(shop: Shop, now: datetime, codes: int = 10) -> UUID:
    sku_id = next(sku for code, sku in shop.demo.skus.items() if sku != shop.sku_id)
    world.load_codes(shop.demo.shop_id, sku_id, world.random_codes(codes), now, cost_minor=500)
    return sku_id


def sold(shop: Shop, other: UUID, now: datetime, delivery: str, **price: int) -> BundleView:
    parts = (BundlePart(shop.sku_id, weight=60), BundlePart(other, weight=40))
    spec = BundleSpec(
        "宅家娱乐能量包", FIXED, parts, BundlePrice(**{"minor": None, **price}), delivery=delivery, most_sets=5
    )
    shop_id = shop.demo.shop_id
    bundle_id = create_bundle(shop_id=shop_id, slug="home-fun", spec=spec, actor="staff:1", now=now)
    put_on_sale(shop_id=shop_id, bundle_id=bundle_id, seen=1, actor="staff:1", now=now)
    return bundles.bundle(shop_id, bundle_id)


def wish(view: BundleView, sets: int) -> list[LineRequest]:
    lines = bundles.exploded(view, sets, {}).lines
    return [LineRequest(sku_id, pieces, bundle=view.id) for sku_id, pieces in lines]


def placed(shop: Shop, view: BundleView, now: datetime, sets: int = 1) -> PlacedOrder:
    return place_order(
        shop_id=shop.demo.shop_id, lines=wish(view, sets), buyer=BUYER, channel="storefront", now=now
    )  # fmt: skip


def lose(shop: Shop, order: PlacedOrder, sku_id: UUID, now: datetime) -> None:
    """Others get the codes that the order had reserved."""
    shop_id = shop.demo.shop_id
    line = next(line for line in order.lines if line.sku_id == sku_id)
    vault.release(shop_id=shop_id, holder_id=line.line_id, now=now)
    free = stock.stock(shop_id, [sku_id])[sku_id].available
    buy_with_balance(
        shop_id=shop_id, client_id=shop.demo.client_id, wallet_account=shop.demo.wallet_account, currency="CNY",
        lines=[LineRequest(sku_id, free)], external_ref=None, now=now,
    )  # fmt: skip


def test_a_set_costs_what_the_bundle_says_and_parts_their_shares(shop: Shop, now: datetime) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHOLE_OR_NOTHING, off_bp=2000)
    shop_id = shop.demo.shop_id
    alone = quote(shop_id=shop_id, lines=[LineRequest(line.sku_id, line.quantity) for line in wish(view, 2)], now=now)
    told = quote(shop_id=shop_id, lines=wish(view, 2), buyer=BUYER, now=now)
    listed = alone.total.amount_minor
    assert told.total.amount_minor == (listed * 8000 + 5000) // 10_000
    order = placed(shop, view, now, 2)
    assert order.total == told.total
    off = listed - told.total.amount_minor
    shares = dict(Discount.objects.filter(shop_id=shop_id).values_list("line_id", "minor"))
    by_sku = {line.sku_id: shares[line.line_id] for line in order.lines}
    assert by_sku == {shop.sku_id: off * 60 // 100, other: off - off * 60 // 100}
    assert {line.bundle_title for line in order.lines} == {"宅家娱乐能量包"}
    rows = OrderLine.objects.filter(shop_id=shop_id, order_id=order.order_id)
    assert set(rows.values_list("bundle_id", "bundle_revision_id")) == {(view.id, view.revision_id)}
    assert pay(begin(open_till(shop_id, now), order.order_id, now), now).outcome == "confirmed"
    assert queries.order_view(shop_id, order.order_id).state == "delivered"
    assert broken(now) == {}


def test_what_is_no_set_or_not_on_sale_is_no_order(shop: Shop, now: datetime) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHOLE_OR_NOTHING, off_bp=2000)
    shop_id = shop.demo.shop_id
    with pytest.raises(InvalidPicks):
        place_order(shop_id=shop_id, lines=wish(view, 2)[:1], buyer=BUYER, channel="storefront", now=now)
    take_off_sale(shop_id=shop_id, bundle_id=view.id, actor="staff:1", now=now)
    with pytest.raises(BundleNotOnSale):
        placed(shop, view, now)
    assert not OrderLine.objects.filter(shop_id=shop_id).exists()
    assert stock.stock(shop_id, [shop.sku_id])[shop.sku_id].reserved == 0


def test_a_whole_bundle_is_refunded_where_a_part_is_gone(shop: Shop, now: datetime) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHOLE_OR_NOTHING, off_bp=2000)
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    order = placed(shop, view, now)
    payment = begin(till, order.order_id, now)
    lose(shop, order, other, now)
    pay(payment, now)
    refund_all(now)
    found = queries.order_view(shop_id, order.order_id)
    assert found.state == "refunded"
    assert stock.stock(shop_id, [shop.sku_id])[shop.sku_id].available == 20
    assert broken(now) == {}


@pytest.mark.parametrize("gone", [0, 1])
def test_parts_are_delivered_and_the_rest_goes_back_by_its_share(shop: Shop, now: datetime, gone: int) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHAT_THERE_IS, off_bp=2000)
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    order = placed(shop, view, now, 2)
    payment = begin(till, order.order_id, now)
    lose(shop, order, (shop.sku_id, other)[gone], now)
    pay(payment, now)
    refund_all(now)
    found = queries.order_view(shop_id, order.order_id)
    missing = next(line for line in found.lines if line.sku_id == (shop.sku_id, other)[gone])
    there = next(line for line in found.lines if line is not missing)
    assert (found.state, found.refunded, missing.returned, there.returned) == ("delivered", missing.net, 2, 0)
    assert missing.price_of(1) == Money(0, "CNY")
    shown = reveal_codes(shop_id=shop_id, order_id=order.order_id, actor="buyer", ip="", now=now)
    assert {(code.line_id) for code in shown} == {there.line_id}
    assert len(shown) == 2
    assert broken(now) == {}


def test_the_rest_of_a_partly_delivered_bundle_ends_exact(shop: Shop, now: datetime) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHAT_THERE_IS, off_bp=3333)
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    order = placed(shop, view, now, 3)
    payment = begin(till, order.order_id, now)
    lose(shop, order, other, now)
    pay(payment, now)
    refund_all(now)
    refund_order(shop_id=shop_id, order_id=order.order_id, reason="changed my mind", actor="staff:1", now=now)
    refund_all(now + timedelta(seconds=1))
    found = queries.order_view(shop_id, order.order_id)
    assert (found.state, found.refunded) == ("refunded", order.total)
    assert broken(now) == {}


def test_where_nothing_is_there_all_goes_back(shop: Shop, now: datetime) -> None:
    other = second_sku(shop, now)
    view = sold(shop, other, now, WHAT_THERE_IS, off_bp=2000)
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    order = placed(shop, view, now)
    payment = begin(till, order.order_id, now)
    lose(shop, order, shop.sku_id, now)
    lose(shop, order, other, now)
    pay(payment, now)
    refund_all(now)
    assert queries.order_view(shop_id, order.order_id).state == "refunded"
    assert broken(now) == {}
