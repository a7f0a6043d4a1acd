"""Placing: what is held, for how long, for whom, and who may look at it."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.catalog import operations as catalog
from goodfor.cli import world
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries, states
from goodfor.orders.operations import cancel_order, place_order, quote
from goodfor.orders.operations.place_order import OPEN_PER_BUYER, OPEN_PER_IP
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, place, sql, state_of, stock, together
from goodfor.orders.types import Buyer, LineRequest


def test_a_placed_order_holds_its_codes_until_it_must_be_paid(shop: Shop, now: datetime) -> None:
    order = place(shop, now, 3)
    assert stock(shop) == (17, 3, 0)
    assert order.pay_by == now + timedelta(seconds=900)
    assert order.total == Money(3 * 4850, "CNY")
    view = queries.order_view(shop.demo.shop_id, order.order_id)
    assert (view.state, view.lines[0].quantity, view.paid_at, view.payment_id) == ("placed", 3, None, None)
    assert sql("SELECT from_state, to_state FROM kernel_history WHERE subject_id = %s", [order.order_id]) == [
        (None, "placed")
    ]
    assert broken(now) == {}


def test_what_cannot_be_reserved_changes_nothing(shop: Shop, now: datetime) -> None:
    cases = [([(shop.sku_id, 21)], "out_of_stock"), ([], "invalid_order"), ([(shop.sku_id, 0)], "invalid_order"),
             ([(shop.sku_id, -1)], "invalid_order"), ([(shop.sku_id, 1), (shop.sku_id, 1)], "invalid_order"),
             ([(shop.sku_id, 10**9)], "invalid_order"), ([(shop.demo.shop_id, 1)], "sku_unknown"),
             # The second line has no stock: the first is not held either.
             ([(shop.sku_id, 1), (shop.demo.skus["my-year"], 1)], "out_of_stock")]  # fmt: skip
    for lines, code in cases:
        with pytest.raises(DomainError) as caught:
            place_order(
                shop_id=shop.demo.shop_id,
                lines=[LineRequest(sku, quantity) for sku, quantity in lines],
                buyer=Buyer("guest:a", ip="192.0.2.1"),
                channel="storefront",
                now=now,
            )
        assert caught.value.code == code
    assert stock(shop) == (20, 0, 0)
    assert sql("SELECT count(*) FROM orders_order") == [(0,)]
    assert sql("SELECT count(*) FROM orders_line") == [(0,)]
    assert broken(now) == {}


def test_what_is_not_on_sale_cannot_be_ordered(shop: Shop, now: datetime) -> None:
    catalog.set_on_sale(shop_id=shop.demo.shop_id, sku_id=shop.sku_id, on_sale=False, actor="t", now=now)
    with pytest.raises(DomainError) as caught:
        place(shop, now)
    assert caught.value.code == "not_on_sale"


def test_a_buyer_has_few_unpaid_orders(shop: Shop, now: datetime) -> None:
    orders = [place(shop, now, ip="") for _ in range(OPEN_PER_BUYER)]
    with pytest.raises(DomainError) as caught:
        place(shop, now, ip="")
    assert (caught.value.code, caught.value.http_status) == ("too_many_open_orders", 429)
    place(shop, now, ref="guest:b", ip="")
    cancel_order(shop_id=shop.demo.shop_id, order_id=orders[0].order_id, actor="t", now=now)
    place(shop, now, ip="")
    assert stock(shop) == (14, 6, 0)
    assert broken(now) == {}


def test_parallel_requests_do_not_slip_past_the_cap_of_a_buyer(shop: Shop, now: datetime) -> None:
    def one(_: int) -> str:
        place(shop, now, ip="")
        return "placed"

    ends = Counter(together(one, 20))
    assert ends == {"placed": OPEN_PER_BUYER, "too_many_open_orders": 20 - OPEN_PER_BUYER}
    assert stock(shop) == (20 - OPEN_PER_BUYER, OPEN_PER_BUYER, 0)
    assert broken(now) == {}


def test_parallel_requests_do_not_slip_past_the_cap_of_an_address(shop: Shop, now: datetime) -> None:
    more = world.random_codes(20)
    assert world.load_codes(shop.demo.shop_id, shop.sku_id, more, now) == 20

    def one(index: int) -> str:
        place(shop, now, ref=f"guest:{index}", ip="198.51.100.9")
        return "placed"

    first = Counter(together(one, OPEN_PER_IP - 3))
    assert first == {"placed": OPEN_PER_IP - 3}
    second = Counter(together(lambda index: one(100 + index), 12))
    assert second == {"placed": 3, "too_many_open_orders": 9}
    # Another address is free to buy.
    place(shop, now, ref="guest:z", ip="198.51.100.10")
    assert stock(shop) == (19, 21, 0)
    assert broken(now) == {}


def test_racing_buyers_never_hold_more_than_there_is(shop: Shop, now: datetime) -> None:
    def one(index: int) -> str:
        place(shop, now, 3, ref=f"guest:{index}", ip=f"203.0.113.{index}")
        return "placed"

    ends = Counter(together(one, 12))
    assert ends["placed"] + ends["out_of_stock"] == 12
    assert 1 <= ends["placed"] <= 6
    assert stock(shop) == (20 - 3 * ends["placed"], 3 * ends["placed"], 0)
    assert broken(now) == {}


def _limit(shop: Shop, now: datetime, *, order: int = 10_000, buyer: int | None = None) -> None:
    catalog.change_sku(
        shop_id=shop.demo.shop_id, sku_id=shop.sku_id, price=Money(4850, "CNY"), per_order_limit=order,
        per_buyer_limit=buyer, actor="t", now=now,
    )  # fmt: skip


def test_limits_of_an_order_and_of_a_buyer(shop: Shop, now: datetime) -> None:
    _limit(shop, now, order=2, buyer=3)
    with pytest.raises(DomainError) as caught:
        place(shop, now, 3)
    assert (caught.value.code, caught.value.data["limit"]) == ("per_order_limit", 2)
    first = place(shop, now, 2)
    with pytest.raises(DomainError) as caught:
        place(shop, now, 2)
    assert caught.value.code == "per_buyer_limit"
    place(shop, now, 1)
    place(shop, now, 2, ref="guest:b")
    cancel_order(shop_id=shop.demo.shop_id, order_id=first.order_id, actor="t", now=now)
    place(shop, now, 2)
    assert broken(now) == {}


def test_parallel_requests_do_not_slip_past_the_limit_of_a_buyer(shop: Shop, now: datetime) -> None:
    _limit(shop, now, buyer=2)

    def one(_: int) -> str:
        place(shop, now, ip="")
        return "placed"

    assert Counter(together(one, 10)) == {"placed": 2, "per_buyer_limit": 8}
    assert stock(shop) == (18, 2, 0)


def test_prices_stay_as_they_were_when_placed(shop: Shop, now: datetime) -> None:
    order = place(shop, now, 2)
    catalog.change_sku(
        shop_id=shop.demo.shop_id, sku_id=shop.sku_id, price=Money(1, "CNY"), per_order_limit=5, per_buyer_limit=None,
        actor="t", now=now,
    )  # fmt: skip
    assert queries.order_view(shop.demo.shop_id, order.order_id).total.amount_minor == 9700
    assert quote(shop_id=shop.demo.shop_id, lines=[LineRequest(shop.sku_id, 2)], now=now).total.amount_minor == 2
    assert broken(now) == {}


def test_an_external_reference_is_used_once_for_a_client(shop: Shop, now: datetime) -> None:
    def one() -> None:
        place_order(
            shop_id=shop.demo.shop_id,
            lines=[LineRequest(shop.sku_id, 1)],
            buyer=Buyer("client:x", client_id=shop.demo.client_id),
            channel="api",
            external_ref="mine",
            now=now,
        )

    one()
    with pytest.raises(DomainError) as caught:
        one()
    assert caught.value.code == "external_ref_used"
    assert stock(shop) == (19, 1, 0)


def test_contact_and_address_are_not_in_the_database(shop: Shop, now: datetime) -> None:
    place(shop, now, contact="buyer@example.com", ip="203.0.113.77")
    [(key_id, blob, ip_hash)] = sql("SELECT contact_key_id, contact_blob, ip_hash FROM orders_order")
    assert key_id is not None
    assert b"buyer@" not in bytes(blob)
    assert len(bytes(ip_hash)) == 16
    assert sql(
        "SELECT count(*) FROM orders_order o WHERE o::text LIKE '%%example.com%%' OR o::text LIKE '%%203.0%%'"
    ) == [(0,)]


def test_a_guest_sees_an_order_by_number_and_secret_only(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    other = place(shop, now)
    shop_id = shop.demo.shop_id
    assert queries.order_for_guest(shop_id, order.number, order.secret).id == order.order_id
    wrong = [(order.number, other.secret), (order.number, ""), (order.number, "x" * 5000), (order.number, "密"),
             ("G260101ZZZZZZZZZZ", order.secret), ("", order.secret), (order.number, order.secret + " ")]  # fmt: skip
    for number, secret in wrong:
        with pytest.raises(DomainError) as caught:
            queries.order_for_guest(shop_id, number, secret)
        assert caught.value.code == "order_not_found"
    # Only a hash of the secret is kept.
    assert sql("SELECT count(*) FROM orders_order o WHERE o::text LIKE %s", [f"%{order.secret}%"]) == [(0,)]
    assert order.secret not in repr(order)


def test_every_state_is_reached_and_an_order_can_always_end(shop: Shop, now: datetime) -> None:
    machine = states.MACHINE
    machine.validate()
    reached, open_ends = {states.PLACED}, [states.PLACED]
    while open_ends:
        for following in states.TRANSITIONS[open_ends.pop()] - reached:
            reached.add(following)
            open_ends.append(following)
    assert reached == set(machine.states) == set(states.TRANSITIONS)
    assert set(machine.terminal) == {states.REFUNDED}
    # From every state after payment there is a way to delivered or refunded.
    assert states.TRANSITIONS[states.PAID] == {states.DELIVERED, states.REFUNDING}
    assert states.TRANSITIONS[states.REFUNDING] == {states.REFUNDED}


def test_shops_do_not_see_each_other(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    for read in (
        lambda: queries.order_view(uuid4(), order.order_id),
        lambda: queries.order_by_number(uuid4(), order.number),
        lambda: queries.order_for_guest(uuid4(), order.number, order.secret),
        lambda: cancel_order(shop_id=uuid4(), order_id=order.order_id, actor="t", now=now),
    ):
        with pytest.raises(DomainError) as caught:
            read()
        assert caught.value.code == "order_not_found"
    assert state_of(shop, order.order_id) == "placed"
