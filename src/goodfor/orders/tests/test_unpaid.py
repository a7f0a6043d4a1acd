"""What may be held without paying: by one buyer, from one address, of one SKU."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import translation

from goodfor.cli import world
from goodfor.kernel import sql as kernel_sql
from goodfor.kernel.addresses import network
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries
from goodfor.orders.operations import cancel_order, place_order
from goodfor.orders.operations.place_order import (
    ALWAYS_OF_A_SKU,
    CODES_PER_BUYER,
    CODES_PER_IP,
    OPEN_PER_BUYER,
    OPEN_PER_CLIENT,
    OPEN_PER_IP,
    SHARE_OF_A_SKU,
)
from goodfor.orders.pricing import buyer_key
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, buy, open_till, pay, place, sql, stock, together
from goodfor.orders.types import Buyer, LineRequest, PlacedOrder


def refused(shop: Shop, now: datetime, quantity: int, **who: str) -> DomainError:
    """The refusal of an order, and the proof that it changed nothing."""
    before = (stock(shop), sql("SELECT count(*) FROM orders_order"), sql("SELECT count(*) FROM orders_line"),
              sql("SELECT count(*) FROM kernel_history"), sql("SELECT count(*) FROM kernel_event"))  # fmt: skip
    with pytest.raises(DomainError) as caught:
        place(shop, now, quantity, **who)
    after = (stock(shop), sql("SELECT count(*) FROM orders_order"), sql("SELECT count(*) FROM orders_line"),
             sql("SELECT count(*) FROM kernel_history"), sql("SELECT count(*) FROM kernel_event"))  # fmt: skip
    assert after == before
    return caught.value


def by_client(shop: Shop, now: datetime, quantity: int, customer: str = "") -> PlacedOrder:
    """A checkout order of the API client, for itself or for a customer of its own."""
    client_id = shop.demo.client_id
    return place_order(
        shop_id=shop.demo.shop_id,
        lines=[LineRequest(shop.sku_id, quantity)],
        buyer=Buyer(f"client:{client_id}{customer and ':' + customer}", client_id=client_id),
        channel="api",
        now=now,
    )


@pytest.fixture
def big(shop: Shop, now: datetime) -> Shop:
    """600 codes: half of them is more than anyone may hold unpaid."""
    assert world.load_codes(shop.demo.shop_id, shop.sku_id, world.random_codes(580), now, cost_minor=800) == 580
    return shop


def test_the_codes_of_a_buyers_unpaid_orders_are_capped(big: Shop, now: datetime) -> None:
    first = place(big, now, 150, ip="192.0.2.1")
    assert (refused(big, now, 51, ip="192.0.2.2").code, stock(big)) == ("too_many_unpaid_codes", (450, 150, 0))
    place(big, now, 50, ip="192.0.2.2")
    error = refused(big, now, 1, ip="192.0.2.3")
    assert (error.http_status, error.data) == (409, {"limit": CODES_PER_BUYER, "held": 200})
    place(big, now, 60, ref="guest:b", ip="192.0.2.4")
    cancel_order(shop_id=big.demo.shop_id, order_id=first.order_id, actor="t", now=now)
    place(big, now, 100, ip="192.0.2.5")
    assert stock(big) == (390, 210, 0)
    assert broken(now) == {}


def test_what_was_paid_is_not_held_any_more(big: Shop, now: datetime) -> None:
    order = place(big, now, CODES_PER_BUYER)
    assert refused(big, now, 1).code == "too_many_unpaid_codes"
    pay(begin(open_till(big.demo.shop_id, now), order.order_id, now), now)
    place(big, now, CODES_PER_BUYER)
    assert stock(big) == (200, 200, 200)
    assert broken(now) == {}


def test_the_codes_of_an_address_are_capped_whatever_it_calls_itself(big: Shop, now: datetime) -> None:
    place(big, now, 120, ref="guest:a", ip="2001:db8:1:2::1")
    place(big, now, 80, ref="guest:b", ip="2001:db8:1:2:ffff::9")
    error = refused(big, now, 1, ref="guest:c", ip="2001:db8:1:2:3::")
    assert (error.code, error.data["limit"]) == ("too_many_unpaid_codes", CODES_PER_IP)
    place(big, now, 1, ref="guest:c", ip="2001:db8:1:3::1")


def test_one_order_above_the_cap_is_bought_from_a_balance(big: Shop, now: datetime) -> None:
    error = refused(big, now, CODES_PER_BUYER + 1)
    assert (error.code, error.data["held"]) == ("too_many_unpaid_codes", 0)
    with translation.override("zh-hans"):
        assert "余额" in str(error.title)
    with translation.override("en"):
        assert "from a balance" in str(error.title)
    with pytest.raises(DomainError) as caught:
        by_client(big, now, CODES_PER_BUYER + 1)
    assert caught.value.code == "too_many_unpaid_codes"
    assert stock(big) == (600, 0, 0)
    assert buy(big, now, CODES_PER_BUYER + 1).quantity == 201
    assert stock(big) == (399, 0, 201)


@pytest.mark.parametrize("same", ["buyer", "address"])
def test_parallel_requests_do_not_slip_past_the_cap_of_codes(big: Shop, now: datetime, same: str) -> None:
    def one(index: int) -> str:
        who = {"ip": ""} if same == "buyer" else {"ref": f"guest:{index}", "ip": "198.51.100.9"}
        place(big, now, 60, **who)
        return "placed"

    assert Counter(together(one, 16)) == {"placed": 3, "too_many_unpaid_codes": 13}
    assert stock(big) == (420, 180, 0)
    assert broken(now) == {}


def test_a_guest_holds_at_most_a_share_of_what_is_left(shop: Shop, now: datetime) -> None:
    error = refused(shop, now, 11)
    assert (error.code, error.http_status) == ("unpaid_share_exceeded", 409)
    assert error.data == {"sku_id": str(shop.sku_id), "limit": 20 // SHARE_OF_A_SKU, "held": 0}
    with translation.override("en"):
        assert "order fewer" in str(error.title)
    place(shop, now, 10)
    # The same browser from elsewhere, and another browser from the same place.
    assert refused(shop, now, 1, ip="192.0.2.77").data["held"] == 10
    assert refused(shop, now, 1, ref="guest:b").data["held"] == 10
    # Others have their share of the rest; what is not there is out of stock.
    assert refused(shop, now, 6, ref="guest:c", ip="192.0.2.3").code == "unpaid_share_exceeded"
    assert refused(shop, now, 11, ref="guest:c", ip="192.0.2.3").code == "out_of_stock"
    place(shop, now, 5, ref="guest:c", ip="192.0.2.3")
    assert stock(shop) == (5, 15, 0)
    # So many are always allowed: the last ones can be bought, too.
    place(shop, now, ALWAYS_OF_A_SKU, ref="guest:d", ip="192.0.2.4")
    assert stock(shop) == (0, 20, 0)
    assert broken(now) == {}


def test_whoever_has_an_api_key_is_known_and_has_no_share(shop: Shop, now: datetime) -> None:
    by_client(shop, now, 15)
    assert stock(shop) == (5, 15, 0)


def test_parallel_guests_of_an_address_do_not_slip_past_the_share(shop: Shop, now: datetime) -> None:
    def one(index: int) -> str:
        place(shop, now, 2, ref=f"guest:{index}", ip="198.51.100.9")
        return "placed"

    assert Counter(together(one, 10)) == {"placed": 5, "unpaid_share_exceeded": 5}
    assert stock(shop) == (10, 10, 0)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Names of the hot statements that run meanwhile."""
    names: list[str] = []

    def note(name: str, _text: str, _params: Mapping[str, Any]) -> None:
        names.append(name)

    kernel_sql.observers.append(note)
    try:
        yield names
    finally:
        kernel_sql.observers.remove(note)


def test_a_usual_order_does_not_pay_for_the_share(shop: Shop, now: datetime) -> None:
    with statements() as usual:
        place(shop, now, ALWAYS_OF_A_SKU)
    assert usual.count("goodfor.orders/sql/open_orders.sql") == 1
    assert "goodfor.vault/sql/stock.sql" not in usual
    assert "goodfor.orders/sql/bought_by.sql" not in usual
    with statements() as more:
        place(shop, now, ALWAYS_OF_A_SKU + 1, ref="guest:b", ip="192.0.2.2")
    assert sorted(more) == sorted([*usual, "goodfor.vault/sql/stock.sql"])


def test_counting_open_orders_reads_neither_the_history_nor_what_others_have_open(shop: Shop, now: datetime) -> None:
    place(shop, now, 2)
    place(shop, now, 1)
    copy = (
        "INSERT INTO orders_order (id, shop_id, number, state, channel, buyer_ref, ip_hash, locale, total_minor,"
        " paid_minor, refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at)"
        " SELECT gen_random_uuid(), shop_id, '{kind}' || n, '{kind}', 'storefront', {buyer}, {ip}, '', 1, {paid}, 0,"
        " 'CNY', id, now(), now(), {at}, {at}, {at} FROM orders_order, generate_series(1, 8000) n"
        " WHERE number = (SELECT min(number) FROM orders_order WHERE buyer_ref = 'guest:a' AND state = 'placed')"
    )
    sql(copy.format(kind="delivered", buyer="buyer_ref", ip="ip_hash", paid=1, at="now()"))
    sql(copy.format(kind="placed", buyer="'o' || n", ip="sha256(n::text::bytea)", paid=0, at="NULL::timestamptz"))
    sql(
        "INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)"
        " SELECT gen_random_uuid(), shop_id, id, 1, id, '', 1, 1 FROM orders_order WHERE total_minor = 1"
    )
    sql("ANALYZE orders_order, orders_line")
    statement = kernel_sql.Statement("goodfor.orders", "sql/open_orders.sql")
    [(ip_hash,)] = sql("SELECT DISTINCT ip_hash FROM orders_order WHERE buyer_ref = 'guest:a'")
    params = {"shop_id": shop.demo.shop_id, "buyer_ref": "guest:a", "ip_hash": bytes(ip_hash), "client_id": None}
    plan = "\n".join(row[0] for row in sql("EXPLAIN " + statement.text, params))
    open_indexes = ("orders_order_open_buyer", "orders_order_open_ip", "orders_order_open_client")
    for index in (*open_indexes, "orders_line_position"):
        assert f"using {index}" in plan, plan
    assert "Seq Scan" not in plan, plan
    # Where the statement stops counting is no cap of its own.
    assert max(OPEN_PER_BUYER, OPEN_PER_IP) < 100
    assert OPEN_PER_CLIENT < 600
    assert sorted(row[4] for row in statement.rows(params)) == [1, 2]


def test_open_orders_of_several_lines_count_as_one_each(shop: Shop, now: datetime) -> None:
    other = shop.demo.skus["kw-100"]
    world.load_codes(shop.demo.shop_id, other, world.random_codes(20), now)
    for _ in range(OPEN_PER_BUYER):
        place_order(
            shop_id=shop.demo.shop_id,
            lines=[LineRequest(shop.sku_id, 1), LineRequest(other, 1)],
            buyer=Buyer("guest:a"),
            channel="storefront",
            now=now,
        )
    assert refused(shop, now, 1, ip="").code == "too_many_open_orders"


def test_an_ipv4_address_is_one_address_however_it_is_written() -> None:
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") != network("::ffff:192.0.2.2")
    assert network("2001:db8::1") == network("2001:db8:0:0:ffff::") != network("2001:db8:0:1::1")


def test_a_long_name_of_a_buyer_is_kept_as_its_hash(shop: Shop, now: datetime) -> None:
    names = [f"client:{shop.demo.client_id}:{end * 64}" for end in "ab"]
    for name in names:
        place(shop, now, ref=name, ip="")
    assert [order.quantity for order in queries.orders_of_buyer(shop.demo.shop_id, names[0])] == [1]
    assert len({buyer_key(name) for name in names}) == 2
    assert all(len(buyer_key(name)) == 64 for name in names)
    assert buyer_key("guest:a") == "guest:a"


def test_the_database_keeps_the_mark_of_a_failed_refund_to_refunding_orders(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    with pytest.raises(Exception, match="orders_order_refund_failed_state"), transaction.atomic():
        sql("UPDATE orders_order SET refund_failed_at = now() WHERE id = %s", [order.order_id])
    unknown: UUID = uuid4()
    assert queries.refund_of_order(shop.demo.shop_id, unknown, None) is None


def test_an_api_client_that_invents_buyers_has_a_cap_of_its_own(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["goodfor.orders.operations.place_order"]
    monkeypatch.setattr(module, "_CAPS", ((1, 5, 200), (2, 20, 200), (5, 3, 6)))

    def one(index: int, quantity: int = 1) -> str:
        place_order(
            shop_id=shop.demo.shop_id,
            lines=[LineRequest(shop.sku_id, quantity)],
            buyer=Buyer(f"client:x:{index}", client_id=shop.demo.client_id),
            channel="api",
            now=now,
        )
        return "placed"

    with pytest.raises(DomainError) as refused_codes:
        one(0, 7)
    assert refused_codes.value.code == "too_many_unpaid_codes"
    assert Counter(together(one, 12)) == {"placed": 3, "too_many_open_orders": 9}
    assert stock(shop) == (17, 3, 0)
