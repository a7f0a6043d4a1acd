"""A good code in the place of a bad one: from the shelf, or bought under the loss guard; never beside the money."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.errors import ClaimMoved, ClaimNotFound, InvalidClaim, NothingInItsPlace
from goodfor.orders.operations import (
    fail_replacement,
    finish_replacement,
    grant_refund,
    place_order,
    refund_order,
    replace_claim,
    withdraw_claim,
)
from goodfor.orders.tests.claiming import (
    claim,
    codes_of,
    everything,
    see,
    sell,
    state_of_codes,
    units_of,
)
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
    booked,
    broken,
    open_till,
    pay,
    refund_all,
    relay_all,
    sql,
    state_of,
    stock,
)
from goodfor.orders.types import Buyer, ClaimView, LineRequest, OrderView
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply.tests.market import Market, market
from goodfor.vault import operations as vault


@pytest.fixture
def sold(shop: Shop, now: datetime) -> OrderView:
    """A delivered order of three codes."""
    return sell(shop, now)


def replace(order: OrderView, made: ClaimView, now: datetime) -> str:
    return replace_claim(shop_id=order.shop_id, claim_id=made.id, reason="claim", actor="system", now=now)


def told(name: str) -> list[Any]:
    found = sql("SELECT payload::text FROM kernel_event WHERE name = %s ORDER BY id", [name])
    return [json.loads(text) for (text,) in found]


def test_a_good_code_from_the_shelf(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now)
    shelf, cost = booked(shop, f"1405:codes:{shop.sku_id}"), booked(shop, "5401:cogs:codes")
    made = claim(sold, now, [first])
    assert queries.replaceable(sold.shop_id, made.id, now)
    assert replace(sold, made, now) == "replaced"
    [unit] = queries.claim_units(sold.shop_id, made.id)
    assert (unit.code_id, unit.state) == (first, "replaced")
    assert unit.new_code_id is not None
    assert set(codes_of(sold)) == {second, third, unit.new_code_id}
    assert state_of_codes(first, unit.new_code_id) == [3, 2]
    assert booked(shop, "5401:cogs:codes") == cost + 800
    assert booked(shop, f"1405:codes:{shop.sku_id}") == shelf - 800
    assert stock(shop) == (16, 0, 3)
    assert queries.claim(sold.shop_id, made.id).state == "replaced"
    assert [one["state"] for one in told("orders.claim_closed")] == ["replaced"]
    before = everything()
    assert replace(sold, made, now) == "replaced"
    with pytest.raises(ClaimMoved):
        grant_refund(shop_id=sold.shop_id, claim_id=made.id, reason="x", actor="staff:1", now=now)
    with pytest.raises(InvalidClaim):
        claim(sold, now, [first])
    assert everything() == before
    # The new one is a code like any other: seen, claimed, refunded.
    see(sold, now, unit.new_code_id)
    again = claim(sold, now, [unit.new_code_id])
    grant_refund(shop_id=sold.shop_id, claim_id=again.id, reason="x", actor="system", now=now)
    refund_all(now)
    assert broken(now) == {}


def test_a_new_code_goes_back_unseen_and_may_come_again(shop: Shop, sold: OrderView, now: datetime) -> None:
    """The same code can be given to the same line twice, and each time has its own end."""
    first, second, third = codes_of(sold)
    see(sold, now, first, second)
    made = claim(sold, now, [first])
    replace(sold, made, now)
    new = queries.claim_units(sold.shop_id, made.id)[0].new_code_id
    assert new is not None
    back = claim(sold, now, [third], reason="changed_mind", may_refund=True)
    assert back.state == "refunded"
    refund_all(now)
    other = claim(sold, now, [second])
    replace(sold, other, now)
    # The earliest free code is the one that went back.
    assert queries.claim_units(sold.shop_id, other.id)[0].new_code_id == third
    see(sold, now, third)
    last = claim(sold, now, [third])
    grant_refund(shop_id=sold.shop_id, claim_id=last.id, reason="x", actor="system", now=now)
    refund_all(now)
    assert set(codes_of(sold)) == {new}
    assert broken(now) == {}


def test_unseen_bad_codes_are_set_aside_too(shop: Shop, sold: OrderView, now: datetime) -> None:
    made = claim(sold, now)
    old = codes_of(sold)
    assert replace(sold, made, now) == "replaced"
    assert state_of_codes(*old) == [3, 3, 3]
    assert len(codes_of(sold)) == 3
    assert stock(shop) == (14, 0, 3)
    # The buyer's own refund of an order of which nothing was seen: the new codes go back, the old ones stay aside.
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="x", actor="guest:x", now=now)
    refund_all(now)
    assert (state_of(shop, sold.id), stock(shop)) == ("refunded", (17, 0, 0))
    assert broken(now) == {}


def test_seen_codes_that_were_replaced_do_not_keep_the_owner_from_a_refund(
    shop: Shop, sold: OrderView, now: datetime
) -> None:
    first = codes_of(sold)[0]
    see(sold, now, first)
    replace(sold, claim(sold, now, [first]), now)
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="x", actor="guest:x", now=now)
    refund_all(now)
    assert (state_of(shop, sold.id), stock(shop)) == ("refunded", (19, 0, 0))
    assert broken(now) == {}


def test_where_nothing_can_be_had_nothing_changes(shop: Shop, sold: OrderView, now: datetime) -> None:
    see(sold, now)
    made = claim(sold, now)
    vault.take(shop_id=sold.shop_id, sku_id=shop.sku_id, holder_id=made.order_id, quantity=15, now=now)
    before = everything()
    assert not queries.replaceable(sold.shop_id, made.id, now)
    with pytest.raises(NothingInItsPlace):
        replace(sold, made, now)
    assert everything() == before


# -- bought --------------------------------------------------------------------------------------------


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    with market() as found:
        yield found
        assert broken(utc_now()) == {}


@pytest.fixture
def site(fair: Market) -> StandIn:
    return fair.supplier("anna")


@pytest.fixture
def till(fair: Market) -> Till:
    return open_till(fair.shop, utc_now())


def bought(fair: Market, till: Till, quantity: int = 2) -> OrderView:
    """A delivered order of what a supplier sold; its codes were seen."""
    placed = place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, quantity)], buyer=Buyer("guest:a", ip="192.0.2.1"),
        channel="storefront", now=utc_now(),
    )  # fmt: skip
    pay(begin(till, placed.order_id, utc_now()), utc_now())
    fair.buy()
    relay_all(utc_now())
    order = queries.order_view(fair.shop, placed.order_id)
    assert order.state == "delivered"
    see(order, utc_now())
    return order


def claim_state(order: OrderView, made: ClaimView) -> str:
    return queries.claim(order.shop_id, made.id).state


def test_bought_in_its_place(fair: Market, till: Till, site: StandIn) -> None:
    order = bought(fair, till)
    first, second = codes_of(order)
    made = claim(order, utc_now(), [first])
    assert queries.replaceable(order.shop_id, made.id, utc_now())
    assert replace(order, made, utc_now()) == "replacing"
    assert (claim_state(order, made), units_of(made, order.shop_id)) == ("replacing", ["live"])
    # Out of the buyer's hands at once.
    assert codes_of(order) == [second]
    assert replace(order, made, utc_now()) == "replacing"
    before = everything()
    with pytest.raises(ClaimMoved):
        grant_refund(shop_id=order.shop_id, claim_id=made.id, reason="x", actor="staff:1", now=utc_now())
    with pytest.raises(ClaimNotFound):
        withdraw_claim(shop_id=order.shop_id, order_id=order.id, claim_id=made.id, actor="guest:x", now=utc_now())
    assert everything() == before
    assert broken(utc_now()) == {}
    fair.buy()
    assert fair.reserved(made.id) == 1
    assert [row.name for row in failing()] == []
    relay_all(utc_now())
    assert claim_state(order, made) == "replaced"
    assert len(codes_of(order)) == 2
    assert fair.balance("5401:cogs:codes") == 3 * 800
    assert fair.balance(f"1405:codes:{fair.sku}") == 0
    assert [one["claim_id"] for one in told("orders.claim_replacing")] == [str(made.id)]
    assert finish_replacement(shop_id=order.shop_id, claim_id=made.id, now=utc_now()) == "replaced"
    assert fail_replacement(shop_id=order.shop_id, claim_id=made.id, reason="x", now=utc_now()) == "replaced"
    see(order, utc_now())


def failing() -> list[invariants.Invariant]:
    """What the audit finds of orders and stock before the news were told."""
    rooms = ("orders", "vault", "delivery")
    return [r.invariant for r in invariants.run_all(utc_now()) if not r.ok and r.invariant.room in rooms]


def test_nobody_can_deliver_and_the_claim_is_open_again(fair: Market, till: Till, site: StandIn) -> None:
    order = bought(fair, till)
    first, second = codes_of(order)
    made = claim(order, utc_now(), [first])
    replace(order, made, utc_now())
    site.fault("refuse", on="create", why="off_sale", times=9)
    fair.buy()
    relay_all(utc_now())
    assert (claim_state(order, made), units_of(made, order.shop_id)) == ("open", ["live"])
    assert [one["claim_id"] for one in told("orders.replacement_failed")] == [str(made.id)]
    assert codes_of(order) == [second], "it stays set aside"
    assert order.state == "delivered"
    # A want has its claim's id: suppliers are asked once.
    assert not queries.replaceable(order.shop_id, made.id, utc_now())
    with pytest.raises(NothingInItsPlace):
        replace(order, made, utc_now())
    refund = grant_refund(shop_id=order.shop_id, claim_id=made.id, reason="x", actor="system", now=utc_now())
    assert refund.amount == Money(PRICE, "CNY")
    refund_all(utc_now())
    assert claim_state(order, made) == "refunded"


@pytest.mark.parametrize("came", [False, True])
def test_a_refund_of_the_order_ends_what_is_being_bought(fair: Market, till: Till, site: StandIn, came: bool) -> None:
    order = bought(fair, till)
    made = claim(order, utc_now(), codes_of(order)[:1])
    replace(order, made, utc_now())
    if came:
        fair.buy()
        assert fair.reserved(made.id) == 1
    refund_order(shop_id=order.shop_id, order_id=order.id, reason="bad", actor="staff:1", by_staff=True, now=utc_now())
    assert (claim_state(order, made), units_of(made, order.shop_id)) == ("refunded", ["refunded"])
    fair.buy()
    relay_all(utc_now())
    refund_all(utc_now())
    assert queries.order_view(fair.shop, order.id).state == "refunded"
    assert (fair.reserved(made.id), fair.on_shelf()) == (0, int(came))
    assert claim_state(order, made) == "refunded"
    assert len(site.orders()) == 1 + came


def test_what_came_is_suspect_and_the_claim_is_open_again(fair: Market, till: Till, site: StandIn) -> None:
    order = bought(fair, till)
    made = claim(order, utc_now(), codes_of(order)[:1])
    replace(order, made, utc_now())
    fair.buy()
    [(new,)] = sql("SELECT id FROM vault_code WHERE holder_id = %s", [made.id])
    vault.quarantine_codes(shop_id=fair.shop, code_ids=[new], reason="x", actor="staff:1", now=utc_now())
    relay_all(utc_now())
    assert claim_state(order, made) == "open"
    assert told("orders.replacement_failed")


def test_two_claims_of_an_order_are_bought_for_side_by_side(fair: Market, till: Till, site: StandIn) -> None:
    order = bought(fair, till)
    first, second = codes_of(order)
    one, two = claim(order, utc_now(), [first]), claim(order, utc_now(), [second])
    assert [replace(order, made, utc_now()) for made in (one, two)] == ["replacing", "replacing"]
    # The one fails by hand: what is bought for the other goes on.
    assert fail_replacement(shop_id=order.shop_id, claim_id=one.id, reason="x", now=utc_now()) == "open"
    fair.buy()
    relay_all(utc_now())
    assert (claim_state(order, one), claim_state(order, two)) == ("open", "replaced")
    assert len(codes_of(order)) == 1
