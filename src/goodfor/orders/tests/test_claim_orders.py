"""Guests' orders come into an account: with a proof, once, by one of two; and lose their contact when it is erased."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.cli import world
from goodfor.identity.operations.delete_account import request_deletion
from goodfor.identity.operations.erase_buyer import erase_due
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.types import SignedInBuyer
from goodfor.orders import queries
from goodfor.orders.errors import BuyerLimit, OrderNotFound, OrderOwned
from goodfor.orders.operations.add_note import add_note
from goodfor.orders.operations.claim_orders import claim_orders
from goodfor.orders.operations.forget_contacts import forget_contacts
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import place as place_as
from goodfor.orders.tests.factories import relay_all, sql
from goodfor.orders.types import PlacedOrder

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "lin@example.com"


def place(
    shop: Shop, now: datetime, contact: str = "", ref: str = "guest:browser-0001", quantity: int = 1
) -> PlacedOrder:
    return place_as(shop, now, quantity, ref=ref, contact=contact)


def claim(shop: Shop, buyer: SignedInBuyer, ids: list[UUID], now: datetime, proved: Sequence[UUID] = ()) -> list[str]:
    return claim_orders(shop_id=shop.demo.shop_id, buyer=buyer, order_ids=ids, proved_ids=proved, now=now)


def owner(order_id: UUID) -> Any:
    return sql("SELECT buyer_ref FROM orders_order WHERE id = %s", [order_id])[0][0]


def test_an_order_with_a_proven_contact_is_offered_and_claimed(shop: Shop, now: datetime) -> None:
    mine = place(shop, now, "LIN@example.com")
    place(shop, now, "other@example.com")
    place(shop, now)
    buyer = make_buyer(shop.demo.shop_id, now, MAIL)
    offered = queries.claimable_orders(shop.demo.shop_id, buyer.buyer_id, [])
    assert [order.id for order in offered] == [mine.order_id]
    assert claim(shop, buyer, [mine.order_id], now) == [mine.number]
    assert claim(shop, buyer, [mine.order_id], now) == []
    assert queries.claimable_orders(shop.demo.shop_id, buyer.buyer_id, []) == []
    assert [o.number for o in queries.orders_of_buyer(shop.demo.shop_id, buyer.ref)] == [mine.number]
    assert queries.order_of_buyer(shop.demo.shop_id, buyer.ref, mine.number).id == mine.order_id
    # The secret of the guest still opens it.
    assert queries.order_for_guest(shop.demo.shop_id, mine.number, mine.secret).id == mine.order_id
    audit = sql("SELECT data->>'by' FROM kernel_audit WHERE action = 'orders.order_claimed'")
    assert audit == [("contact",)]


def test_an_order_whose_secret_was_shown_is_claimed_without_any_contact(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    buyer = make_buyer(shop.demo.shop_id, now, MAIL)
    offered = queries.claimable_orders(shop.demo.shop_id, buyer.buyer_id, [order.order_id])
    assert [found.id for found in offered] == [order.order_id]
    assert claim(shop, buyer, [order.order_id], now, [order.order_id]) == [order.number]


def test_what_is_not_proven_is_not_there_and_nothing_changes(shop: Shop, now: datetime) -> None:
    mine, theirs = place(shop, now, MAIL), place(shop, now, "other@example.com")
    buyer = make_buyer(shop.demo.shop_id, now, MAIL)
    for ids in ([theirs.order_id], [mine.order_id, theirs.order_id], [uuid4()]):
        with pytest.raises(OrderNotFound):
            claim(shop, buyer, ids, now)
    assert owner(mine.order_id) == owner(theirs.order_id) == "guest:browser-0001"
    with pytest.raises(OrderNotFound):
        queries.order_of_buyer(shop.demo.shop_id, buyer.ref, theirs.number)


def test_accounts_are_never_merged(shop: Shop, now: datetime) -> None:
    order = place(shop, now, MAIL)
    first, second = make_buyer(shop.demo.shop_id, now, MAIL), make_buyer(shop.demo.shop_id, now, "b@example.com")
    claim(shop, first, [order.order_id], now)
    with pytest.raises(OrderOwned):
        claim(shop, second, [order.order_id], now, [order.order_id])
    with pytest.raises(OrderNotFound):
        claim(shop, second, [order.order_id], now)
    assert owner(order.order_id) == first.ref


def test_of_two_accounts_at_once_one_gets_the_order(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    buyers = [make_buyer(shop.demo.shop_id, now, f"b{i}@example.com") for i in range(4)]

    def one(buyer: SignedInBuyer) -> bool:
        try:
            claim(shop, buyer, [order.order_id], now, [order.order_id])
        except OrderOwned:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, buyers)) == 1
    assert owner(order.order_id) in {buyer.ref for buyer in buyers}


def test_claimed_orders_count_for_the_accounts_limit(shop: Shop, now: datetime) -> None:
    sql_run("UPDATE catalog_sku SET per_buyer_limit = 2 WHERE id = %s", [shop.sku_id])
    order = place(shop, now, MAIL, quantity=2)
    buyer = make_buyer(shop.demo.shop_id, now, MAIL)
    claim(shop, buyer, [order.order_id], now)
    with pytest.raises(BuyerLimit):
        place(shop, now, MAIL, ref=buyer.ref)
    # The browser's own limit is free again: the order is no longer the guest's.
    place(shop, now, MAIL, quantity=2)


def sql_run(text: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, params)


def test_contact_is_found_by_an_index_that_tells_nothing(shop: Shop, now: datetime) -> None:
    place(shop, now, "13800138000")
    place(shop, now, "+86 138 0013 8000")
    place(shop, now, "")
    rows = [row[0] for row in sql("SELECT contact_index FROM orders_order ORDER BY id")]
    assert bytes(rows[0]) == bytes(rows[1])
    assert len(rows[0]) == 16
    assert rows[2] is None


def test_erasure_takes_the_contact_off_the_buyers_orders_and_leaves_the_orders(shop: Shop, now: datetime) -> None:
    claimed, loose, other = place(shop, now, MAIL), place(shop, now, MAIL), place(shop, now, "other@example.com")
    buyer = make_buyer(shop.demo.shop_id, now, MAIL)
    claim(shop, buyer, [claimed.order_id], now)
    for order in (claimed, loose, other):
        add_note(shop_id=shop.demo.shop_id, order_id=order.order_id, text="林女士打过电话", actor="staff:1", now=now)
    request_deletion(buyer=buyer, now=now)
    due = now + timedelta(days=7)
    assert erase_due(now=due - timedelta(minutes=50)) == 1
    relay_all(due)
    assert erase_due(now=due) == 1
    kept = dict(sql("SELECT id, contact_blob IS NULL AND contact_index IS NULL FROM orders_order"))
    assert kept == {claimed.order_id: True, loose.order_id: True, other.order_id: False}
    # What was noted may say who they are.
    assert sql("SELECT order_id FROM orders_note") == [(other.order_id,)]
    assert owner(claimed.order_id) == buyer.ref
    assert forget_contacts(shop_id=shop.demo.shop_id, buyer_id=buyer.buyer_id, now=due) == 0


def test_shops_are_apart(shop: Shop, now: datetime) -> None:
    order = place(shop, now, MAIL)
    demo = world.make_shop(now, code="other", name="别家")
    other_shop = Shop(demo, demo.skus["kw-50"], [])
    stranger = make_buyer(other_shop.demo.shop_id, now, MAIL)
    assert queries.claimable_orders(other_shop.demo.shop_id, stranger.buyer_id, [order.order_id]) == []
    with pytest.raises(OrderNotFound):
        claim(other_shop, stranger, [order.order_id], now, [order.order_id])
    assert owner(order.order_id) == "guest:browser-0001"
