"""Buying from a balance: paid, booked and delivered at once, or nothing at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.kernel import invariants, relay
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import StoredEvent
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations import buy_with_balance, refund_order, reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.types import LineRequest, OrderView
from goodfor.vault import queries as vault


def buy(shop: Shop, quantity: int, now: datetime, ref: str | None = None) -> OrderView:
    return buy_with_balance(
        shop_id=shop.demo.shop_id,
        client_id=shop.demo.client_id,
        wallet_account=shop.demo.wallet_account,
        currency="CNY",
        lines=[LineRequest(shop.sku_id, quantity)],
        external_ref=ref,
        now=now,
    )


def broken(now: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    return {r.invariant.name: r.violations for r in invariants.run_all(now) if not r.ok}


def test_a_purchase_is_paid_booked_and_delivered(shop: Shop, now: datetime) -> None:
    before = ledger.balance(shop.demo.shop_id, shop.demo.wallet_account)
    order = buy(shop, 3, now)
    assert (order.state, order.total.amount_minor) == ("delivered", 3 * 4850)
    assert ledger.balance(shop.demo.shop_id, shop.demo.wallet_account) == before - 3 * 4850
    assert ledger.balance(shop.demo.shop_id, "5001:sales:codes") == 3 * 4850
    assert ledger.balance(shop.demo.shop_id, "5401:cogs:codes") == 3 * 800
    level = vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id]
    assert (level.available, level.sold) == (17, 3)
    shown = reveal_codes(shop_id=order.shop_id, order_id=order.id, actor="client:x", ip="127.0.0.1", now=now)
    assert [(c.number, c.secret) for c in shown] == shop.codes[:3]
    assert queries.order_of_client(order.shop_id, shop.demo.client_id, order.number).lines == order.lines
    while relay.relay_batch(now):
        pass
    assert broken(now) == {}


def test_what_cannot_be_sold_changes_nothing(shop: Shop, now: datetime) -> None:
    def state() -> tuple[int, int]:
        return (
            ledger.balance(shop.demo.shop_id, shop.demo.wallet_account),
            vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id].available,
        )

    before = state()
    for quantity, sku, code in [
        (21, shop.sku_id, "out_of_stock"),
        (0, shop.sku_id, "invalid_order"),
        (-1, shop.sku_id, "invalid_order"),
        (10_001, shop.sku_id, "invalid_order"),
        (1, uuid4(), "sku_unknown"),
    ]:
        with pytest.raises(DomainError) as caught:
            buy_with_balance(
                shop_id=shop.demo.shop_id,
                client_id=shop.demo.client_id,
                wallet_account=shop.demo.wallet_account,
                currency="CNY",
                lines=[LineRequest(sku, quantity)],
                external_ref=None,
                now=now,
            )
        assert caught.value.code == code
        assert state() == before
    assert broken(now) == {}


def test_an_external_reference_is_bought_once(shop: Shop, now: datetime) -> None:
    buy(shop, 1, now, "mine-1")
    with pytest.raises(DomainError) as caught:
        buy(shop, 1, now, "mine-1")
    assert caught.value.code == "external_ref_used"
    assert vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id].sold == 1


def test_thirty_racing_for_twenty_codes_get_exactly_twenty(shop: Shop, now: datetime) -> None:
    def one(_: int) -> str:
        try:
            return buy(shop, 1, now).state
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        ends = list(pool.map(one, range(30)))
    assert (ends.count("delivered"), ends.count("out_of_stock")) == (20, 10)
    assert broken(now) == {}


def test_an_unseen_order_is_refunded_and_its_codes_return(shop: Shop, now: datetime) -> None:
    order = buy(shop, 2, now)
    wallet = ledger.balance(shop.demo.shop_id, shop.demo.wallet_account)
    args = {"shop_id": order.shop_id, "order_id": order.id, "reason": "mistake", "actor": "client:x", "now": now}
    refund = refund_order(**args)
    assert refund_order(**args).refund_id == refund.refund_id
    assert ledger.balance(shop.demo.shop_id, shop.demo.wallet_account) == wallet + 2 * 4850
    assert vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id].available == 20
    assert queries.order_view(order.shop_id, order.id).state == "refunded"
    with pytest.raises(DomainError) as caught:
        reveal_codes(shop_id=order.shop_id, order_id=order.id, actor="client:x", ip="", now=now)
    assert caught.value.code == "wrong_order_state"
    assert broken(now) == {}


def test_seen_codes_are_not_refunded_to_whom_saw_them(shop: Shop, now: datetime) -> None:
    order = buy(shop, 2, now)
    reveal_codes(shop_id=order.shop_id, order_id=order.id, actor="client:x", ip="", now=now)
    args = {"shop_id": order.shop_id, "order_id": order.id, "reason": "r", "now": now}
    with pytest.raises(DomainError) as caught:
        refund_order(**args, actor="client:x")
    assert caught.value.code == "codes_revealed"
    assert refund_order(**args, actor="staff:1", by_staff=True).state == "succeeded"
    assert vault.stock(shop.demo.shop_id, [shop.sku_id])[shop.sku_id].available == 18
    assert broken(now) == {}


def test_the_cost_of_a_batch_is_booked_once(shop: Shop, now: datetime) -> None:
    heard: list[StoredEvent] = []
    while relay.relay_batch(now):
        pass
    assert ledger.balance(shop.demo.shop_id, f"1405:codes:{shop.sku_id}") == 20 * 800, heard
