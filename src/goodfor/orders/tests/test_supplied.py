"""Orders for what the shop does not stock: bought once they are paid, delivered, or the money is back in time."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from goodfor.catalog.models import Sku
from goodfor.catalog.operations import create_sku
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries
from goodfor.orders.operations import place_order
from goodfor.orders.operations.meet_deadline import meet_deadline
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, refund_all, relay_all
from goodfor.orders.types import Buyer, LineRequest, PlacedOrder
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply import queries as supply
from goodfor.supply.errors import PurchaseRunning
from goodfor.supply.operations.sync import read_hinted
from goodfor.supply.tests.market import ITEM, Market, issued, market, rows, spent
from goodfor.vault.errors import OutOfStock


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    with market() as found:
        yield found
        # Buyers wait in the future of some tests.
        assert broken(utc_now()) == {}


def order(fair: Market, quantity: int = 1) -> PlacedOrder:
    return place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, quantity)], buyer=Buyer("guest:a", ip="192.0.2.1"),
        channel="storefront", now=utc_now(),
    )  # fmt: skip


def paid(fair: Market, till: Till, quantity: int = 1) -> PlacedOrder:
    placed = order(fair, quantity)
    assert pay(begin(till, placed.order_id, utc_now()), utc_now()).outcome == "confirmed"
    return placed


def state(fair: Market, placed: PlacedOrder) -> str:
    return queries.order_view(fair.shop, placed.order_id).state


@pytest.fixture
def till(fair: Market) -> Till:
    return open_till(fair.shop, utc_now())


@pytest.fixture
def site(fair: Market) -> StandIn:
    return fair.supplier("anna")


def test_what_nobody_has_is_not_sold(fair: Market) -> None:
    with pytest.raises(OutOfStock):
        order(fair)


def test_bought_after_payment_and_shown(fair: Market, till: Till, site: StandIn) -> None:
    # What the 1,000 yuan there buy at 8.00, of a million in stock.
    assert supply.buyable(fair.shop, [fair.sku], utc_now())[fair.sku].units == 125
    placed = paid(fair, till, 2)
    assert state(fair, placed) == "paid"
    fair.buy()
    relay_all(utc_now())
    view = queries.order_view(fair.shop, placed.order_id)
    assert view.state == "delivered"
    shown = reveal_codes(
        shop_id=fair.shop,
        order_id=placed.order_id,
        line_id=placed.lines[0].line_id,
        actor="buyer",
        ip="",
        now=utc_now(),
    )
    assert sorted(code.secret for code in shown) == sorted(issued(site))
    assert spent(site) == Decimal("16.00")
    assert fair.balance("5401:cogs:codes") == 1_600
    assert fair.balance(f"1405:codes:{fair.sku}") == 0


def test_nobody_can_deliver_and_the_money_is_back(fair: Market, till: Till, site: StandIn) -> None:
    placed = paid(fair, till)
    site.fault("refuse", on="create", why="off_sale", times=9)
    fair.buy()
    relay_all(utc_now())
    assert state(fair, placed) == "refunding"
    refund_all(utc_now())
    assert state(fair, placed) == "refunded"
    assert spent(site) == 0
    assert fair.prepaid("anna") == 100_000


def test_at_the_deadline_the_money_goes_back_while_the_supplier_is_still_asked(
    fair: Market, till: Till, site: StandIn
) -> None:
    site.fault("lost_answer", on="create")
    placed = paid(fair, till)
    fair.buy()
    view = queries.order_view(fair.shop, placed.order_id)
    assert (view.state, view.deliver_by and view.deliver_by > utc_now() + timedelta(minutes=9)) == ("paid", True)
    meet_deadline(shop_id=fair.shop, order_id=placed.order_id, now=utc_now())
    refund_all(utc_now())
    assert state(fair, placed) == "refunded"
    fair.later(6)
    assert [attempt.state for attempt in supply.attempts_of_order(fair.shop, placed.order_id)] == ["late"]
    # The code is on the shelf now, and the next buyer gets it at once.
    again = paid(fair, till)
    assert state(fair, again) == "delivered"
    assert len(issued(site)) == 1


def test_what_is_given_back_is_not_bought(fair: Market, till: Till, site: StandIn) -> None:
    """Before anything is sent it may be given back; then no supplier is asked any more."""
    placed = paid(fair, till)
    give_back(fair, placed, by_staff=False)
    assert not supply.is_wanted(fair.shop, placed.order_id)
    fair.buy()
    fair.later(6)
    assert (state(fair, placed), site.orders()) == ("refunded", [])


@pytest.mark.parametrize("kind", ["code", "direct"])
def test_while_a_supplier_is_at_it_nothing_is_given_back(fair: Market, till: Till, kind: str) -> None:
    """Of a top-up nobody may; of codes the staff may, and what comes then is stock."""
    if kind == "direct":
        product = Sku.objects.get(shop_id=fair.shop, id=fair.sku).product_id
        fair.sku = create_sku(
            shop_id=fair.shop, product_id=product, code="top-50", name="直充", price=Money(4850, "CNY"),
            delivery_kind="direct", actor="test", now=utc_now(),
        )  # fmt: skip
    form = [{"key": "recharge_account", "type": "text", "name": "充值手机号"}] if kind == "direct" else None
    site = fair.supplier("anna", form=form) if form else fair.supplier("anna")
    site.fault("lost_answer", on="create")
    placed = place_order(
        shop_id=fair.shop, lines=[LineRequest(fair.sku, 1, {"account": "13800138000"} if form else {})],
        buyer=Buyer("guest:a", ip="192.0.2.1"), channel="storefront", now=utc_now(),
    )  # fmt: skip
    pay(begin(till, placed.order_id, utc_now()), utc_now())
    fair.buy()
    with pytest.raises(PurchaseRunning):
        give_back(fair, placed, by_staff=False)
    if kind == "direct":
        with pytest.raises(PurchaseRunning):
            give_back(fair, placed, by_staff=True)
        assert state(fair, placed) == "paid"
    else:
        give_back(fair, placed, by_staff=True)
        assert state(fair, placed) in ("refunding", "refunded")


def give_back(fair: Market, placed: PlacedOrder, *, by_staff: bool) -> None:
    refund_order(
        shop_id=fair.shop, order_id=placed.order_id, reason="test", actor="staff:1" if by_staff else "guest:a",
        by_staff=by_staff, now=utc_now(),
    )  # fmt: skip
    refund_all(utc_now())
    relay_all(utc_now())


def test_part_from_stock_and_part_from_a_supplier_is_one_delivery(fair: Market, till: Till, site: StandIn) -> None:
    site.fault("wrong_count", delta=1)
    first = paid(fair, till)
    fair.buy()
    relay_all(utc_now())
    assert state(fair, first) == "delivered"
    # One spare on the shelf does not suffice for two: both are bought, the spare stays.
    second = paid(fair, till, 2)
    fair.buy()
    relay_all(utc_now())
    assert state(fair, second) == "delivered"
    assert rows("SELECT count(*) FROM vault_code WHERE state = 0") == [(1,)]
    third = paid(fair, till)
    assert state(fair, third) == "delivered"


def test_a_line_that_fails_takes_the_order_with_it_and_what_came_is_stock(
    fair: Market, till: Till, site: StandIn
) -> None:
    site.fault("wrong_count", delta=-1)
    placed = paid(fair, till, 2)
    fair.buy()
    fair.buy()
    relay_all(utc_now())
    refund_all(utc_now())
    assert state(fair, placed) == "refunded"
    assert rows("SELECT count(*) FROM vault_code WHERE state = 0") == [(1,)]
    assert rows("SELECT count(*) FROM vault_code WHERE holder_id IS NOT NULL") == [(0,)]


def test_the_shop_shows_what_it_can_have(fair: Market, till: Till, site: StandIn, client: Client) -> None:
    assert queries.available(fair.shop, [fair.sku]) == {fair.sku: 125}
    site.change(ITEM, state="banned")
    rows("UPDATE supply_item SET hint_at = now() RETURNING 1")
    assert read_hinted(now=utc_now() + timedelta(seconds=1)) == 1
    assert queries.available(fair.shop, [fair.sku]) == {}
    with pytest.raises(OutOfStock):
        order(fair)
    # A call of nobody is no call.
    assert client.post("/supply/hook/nobody", b"{}", content_type="application/json").status_code == 404
