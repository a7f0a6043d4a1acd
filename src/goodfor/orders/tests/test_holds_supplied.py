"""Held orders for what the shop does not stock, and held top-ups: nothing is bought before they are released."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from goodfor.catalog import operations as catalog
from goodfor.catalog.models import Sku
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.kernel.clock import told_by, utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries, tasks
from goodfor.orders.errors import WrongState
from goodfor.orders.operations import (
    buy_with_balance,
    hold_delivery,
    place_order,
    refuse_delivery,
    release_delivery,
    top_up_wallet,
)
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, refund_all, relay_all
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, OrderView
from goodfor.supply import queries as supply
from goodfor.supply.tests.market import Market, market, rows
from goodfor.vault.errors import OutOfStock

HOUR = timedelta(hours=1)
HOLD = HoldOrder(None, HOUR, reasons=("night",))
PHONE = "13800138000"
FORM = [{"key": "recharge_account", "type": "text", "name": "充值手机号"}]
WANTS = "SELECT count(*) FROM supply_want"


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    with market() as found:
        yield found
        assert broken(utc_now()) == {}


@pytest.fixture
def till(fair: Market) -> Till:
    return open_till(fair.shop, utc_now())


@pytest.fixture
def top_up(fair: Market) -> UUID:
    """A SKU that tops up an account, and somebody who does it."""
    product = Sku.objects.get(shop_id=fair.shop, id=fair.sku).product_id
    fair.sku = catalog.create_sku(
        shop_id=fair.shop, product_id=product, code="top-50", name="直充 50 元", price=Money(4850, "CNY"),
        delivery_kind="direct", actor="test", now=utc_now(),
    )  # fmt: skip
    fair.supplier("anna", form=FORM)
    return fair.sku


def held(fair: Market, till: Till, form: dict[str, str] | None = None) -> UUID:
    """A paid order that waits."""
    placed = place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, 1, form or {})], buyer=Buyer("guest:a", ip="192.0.2.1"),
        channel="storefront", hold=HOLD, now=utc_now(),
    )  # fmt: skip
    assert pay(begin(till, placed.order_id, utc_now()), utc_now()).outcome == "confirmed"
    return placed.order_id


def see(fair: Market, order_id: UUID) -> OrderView:
    return queries.order_view(fair.shop, order_id)


def release(fair: Market, order_id: UUID) -> None:
    release_delivery(shop_id=fair.shop, order_id=order_id, actor="staff:1", cause="staff", now=utc_now())


def test_bought_when_it_is_released(fair: Market, till: Till) -> None:
    fair.supplier("anna")
    order_id = held(fair, till)
    assert (see(fair, order_id).state, see(fair, order_id).held_until is not None) == ("paid", True)
    assert (rows(WANTS), fair.buy()) == ([(0,)], 0)
    release(fair, order_id)
    view = see(fair, order_id)
    assert (view.state, view.held_until, rows(WANTS)) == ("paid", None, [(1,)])
    # It waits for a supplier now, and is no more to be held.
    with pytest.raises(WrongState):
        hold_delivery(shop_id=fair.shop, order_id=order_id, hold=HOLD, actor="system", now=utc_now())
    assert view.deliver_by is not None
    assert view.deliver_by > utc_now() + timedelta(minutes=9)
    release(fair, order_id)
    assert rows(WANTS) == [(1,)]
    fair.buy()
    relay_all(utc_now())
    assert see(fair, order_id).state == "delivered"


def test_refused_nothing_was_bought_for_it(fair: Market, till: Till) -> None:
    fair.supplier("anna")
    order_id = held(fair, till)
    refuse_delivery(shop_id=fair.shop, order_id=order_id, actor="staff:1", cause="staff", now=utc_now())
    refund_all(utc_now())
    assert (see(fair, order_id).state, rows(WANTS), fair.prepaid("anna")) == ("refunded", [(0,)], 100_000)


def test_released_and_nobody_has_it_any_more_the_money_goes_back(fair: Market, till: Till) -> None:
    site = fair.supplier("anna")
    order_id = held(fair, till)
    site.fault("refuse", on="create", why="off_sale", times=9)
    release(fair, order_id)
    fair.buy()
    relay_all(utc_now())
    refund_all(utc_now())
    assert see(fair, order_id).state == "refunded"


def test_a_held_top_up_is_asked_for_when_it_is_released(fair: Market, till: Till, top_up: UUID) -> None:
    order_id = held(fair, till, {"account": PHONE})
    assert (see(fair, order_id).state, fair.buy(), rows(WANTS)) == ("paid", 0, [(0,)])
    until = see(fair, order_id).held_until
    assert until is not None
    with told_by(lambda: until):
        assert tasks.watch_holds(until) == 1
    assert rows(WANTS) == [(1,)]
    fair.to(HOUR.total_seconds() + 1)
    fair.buy()
    fair.later(HOUR.total_seconds() + 7)
    relay_all(fair.at)
    assert (see(fair, order_id).state, see(fair, order_id).lines[0].topped) == ("delivered", 1)


def test_a_held_top_up_is_refused(fair: Market, till: Till, top_up: UUID) -> None:
    order_id = held(fair, till, {"account": PHONE})
    refuse_delivery(shop_id=fair.shop, order_id=order_id, actor="staff:1", cause="staff", now=utc_now())
    refund_all(utc_now())
    assert (see(fair, order_id).state, rows(WANTS)) == ("refunded", [(0,)])
    assert supply.attempts_of_order(fair.shop, order_id) == []


def bought(fair: Market, form: dict[str, str] | None = None) -> OrderView:
    """By an API client with 100 yuan."""
    now = utc_now()
    client = create_api_client(shop_id=fair.shop, name="buyer", scopes=["orders:write"], actor="test", now=now).client
    top_up_wallet(
        shop_id=fair.shop, client_id=client.id, wallet_account=client.wallet_account, amount=Money(10_000, "CNY"),
        reference=f"t:{client.id}", actor="test", now=now,
    )  # fmt: skip
    return buy_with_balance(
        shop_id=fair.shop, client_id=client.id, wallet_account=client.wallet_account, currency="CNY",
        lines=[LineRequest(fair.sku, 1, form or {})], external_ref=None, hold=HOLD, now=now,
    )  # fmt: skip


def test_from_a_balance_what_suppliers_have_waits_too(fair: Market) -> None:
    with pytest.raises(OutOfStock):
        bought(fair)
    fair.supplier("anna")
    view = bought(fair)
    assert (view.state, view.held_until is not None, rows(WANTS)) == ("paid", True, [(0,)])
    release(fair, view.id)
    fair.buy()
    relay_all(utc_now())
    assert see(fair, view.id).state == "delivered"


def test_a_top_up_from_a_balance_waits_too(fair: Market, top_up: UUID) -> None:
    view = bought(fair, {"account": PHONE})
    assert (view.state, view.held_until is not None, view.lines[0].account, rows(WANTS)) == (
        "paid", True, "138****8000", [(0,)],
    )  # fmt: skip
    release(fair, view.id)
    assert rows(WANTS) == [(1,)]
