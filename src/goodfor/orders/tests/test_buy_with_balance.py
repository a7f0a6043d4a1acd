"""Buying from a balance: paid, booked and delivered at once, or nothing at all."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodfor.catalog import operations as catalog
from goodfor.cli import world
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.kernel import invariants, relay
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.kernel.sql import observers
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations import (
    buy_with_balance,
    cancel_order,
    place_order,
    refund_order,
    reveal_codes,
    top_up_wallet,
)
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import sql, stock, together
from goodfor.orders.types import Buyer, LineRequest, OrderView
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


def limit(shop: Shop, now: datetime, sku_id: UUID, per_buyer: int | None) -> None:
    catalog.change_sku(
        shop_id=shop.demo.shop_id, sku_id=sku_id, price=Money(4850, "CNY"), per_order_limit=10_000,
        per_buyer_limit=per_buyer, actor="t", now=now,
    )  # fmt: skip


def refused(shop: Shop, quantity: int, now: datetime) -> None:
    """Too much for this buyer; and nothing has changed by asking."""

    def state() -> tuple[object, ...]:
        tables = ("orders_order", "orders_line", "payments_payment", "ledger_tx", "kernel_event", "kernel_history")
        wallet = ledger.balance(shop.demo.shop_id, shop.demo.wallet_account)
        return (wallet, stock(shop), *(sql(f"SELECT count(*) FROM {table}") for table in tables))

    before = state()
    with pytest.raises(DomainError) as caught:
        buy(shop, quantity, now)
    assert (caught.value.code, caught.value.http_status) == ("per_buyer_limit", 409)
    assert caught.value.data == {"sku_id": str(shop.sku_id), "limit": 3}
    assert state() == before


def test_the_limit_of_a_buyer_holds_for_a_client_with_a_balance(shop: Shop, now: datetime) -> None:
    limit(shop, now, shop.sku_id, 3)
    refused(shop, 4, now)
    first = buy(shop, 2, now)
    refused(shop, 2, now)
    buy(shop, 1, now)
    refused(shop, 1, now)
    # What was given back does not count.
    refund_order(shop_id=first.shop_id, order_id=first.id, reason="r", actor="client:x", now=now)
    refused(shop, 3, now)
    again = buy(shop, 2, now)
    assert (again.state, queries.order_view(again.shop_id, again.id)) == ("delivered", again)
    assert stock(shop) == (17, 0, 3)
    moves = sql("SELECT to_state FROM kernel_history WHERE subject_id = %s ORDER BY step", [again.id])
    assert moves == [("placed",), ("paid",), ("delivered",)]
    while relay.relay_batch(now):
        pass
    assert broken(now) == {}


def test_what_a_client_ordered_for_itself_counts_and_other_clients_do_not(shop: Shop, now: datetime) -> None:
    limit(shop, now, shop.sku_id, 3)
    client_id = shop.demo.client_id
    placed = place_order(
        shop_id=shop.demo.shop_id,
        lines=[LineRequest(shop.sku_id, 2)],
        buyer=Buyer(f"client:{client_id}", client_id=client_id),
        channel="api",
        now=now,
    )
    refused(shop, 2, now)
    key = create_api_client(
        shop_id=shop.demo.shop_id, name="other", scopes=["orders:write"], rate_per_minute=60, actor="t", now=now
    )
    top_up_wallet(
        shop_id=shop.demo.shop_id, client_id=key.client.id, wallet_account=key.client.wallet_account,
        amount=Money(100_000, "CNY"), reference="other", actor="t", now=now,
    )  # fmt: skip
    buy_with_balance(
        shop_id=shop.demo.shop_id, client_id=key.client.id, wallet_account=key.client.wallet_account, currency="CNY",
        lines=[LineRequest(shop.sku_id, 3)], external_ref=None, now=now,
    )  # fmt: skip
    cancel_order(shop_id=shop.demo.shop_id, order_id=placed.order_id, actor="t", now=now)
    buy(shop, 3, now)
    # And the other way round: what was bought from the balance counts for orders to be paid later.
    with pytest.raises(DomainError) as caught:
        place_order(
            shop_id=shop.demo.shop_id,
            lines=[LineRequest(shop.sku_id, 1)],
            buyer=Buyer(f"client:{client_id}", client_id=client_id),
            channel="api",
            now=now,
        )
    assert caught.value.code == "per_buyer_limit"


def test_parallel_purchases_do_not_pass_the_limit_together(shop: Shop, now: datetime) -> None:
    limit(shop, now, shop.sku_id, 3)
    wallet = ledger.balance(shop.demo.shop_id, shop.demo.wallet_account)
    ends = Counter(together(lambda _: buy(shop, 1, now).state, 16))
    assert ends == {"delivered": 3, "per_buyer_limit": 13}
    assert stock(shop) == (17, 0, 3)
    assert ledger.balance(shop.demo.shop_id, shop.demo.wallet_account) == wallet - 3 * 4850
    assert broken(now) == {}


def test_a_limit_of_one_of_several_lines_refuses_all(shop: Shop, now: datetime) -> None:
    other = shop.demo.skus["kw-100"]
    world.load_codes(shop.demo.shop_id, other, world.random_codes(5), now)
    limit(shop, now, other, 1)

    def both(count: int) -> OrderView:
        return buy_with_balance(
            shop_id=shop.demo.shop_id, client_id=shop.demo.client_id, wallet_account=shop.demo.wallet_account,
            currency="CNY", lines=[LineRequest(shop.sku_id, 4), LineRequest(other, count)], external_ref=None, now=now,
        )  # fmt: skip

    with pytest.raises(DomainError) as caught:
        both(2)
    assert caught.value.code == "per_buyer_limit"
    assert stock(shop) == (20, 0, 0)
    both(1)
    # Only the line with a limit counts for a buyer.
    assert sql("SELECT sku_id, limited_buyer FROM orders_line WHERE limited_buyer IS NOT NULL") == [
        (other, f"client:{shop.demo.client_id}")
    ]
    assert broken(now) == {}


def test_without_a_limit_a_purchase_pays_nothing_for_it(shop: Shop, now: datetime) -> None:
    buy(shop, 1, now)
    names: list[str] = []

    def note(name: str, _text: str, _params: Mapping[str, Any]) -> None:
        names.append(name)

    def run() -> tuple[list[str], list[str]]:
        names.clear()
        with CaptureQueriesContext(connection) as captured:
            buy(shop, 1, now)
        return list(names), [query["sql"] for query in captured]

    observers.append(note)
    try:
        hot, others = run()
        limit(shop, now, shop.sku_id, 20)
        with_limit, more = run()
    finally:
        observers.remove(note)
    assert "goodfor.orders/sql/bought_by.sql" not in hot
    assert "goodfor.orders/sql/insert_bought.sql" in hot
    assert not [text for text in others if "advisory" in text]
    assert with_limit.count("goodfor.orders/sql/bought_by.sql") == 1
    assert len([text for text in more if "advisory" in text]) == 1
