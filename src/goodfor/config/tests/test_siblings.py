"""A shop that buys from another shop, of the same house or over HTTP: both books balance, and it is bought once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.cli.world import DemoShop
from goodfor.identity import queries as identity
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.identity.types import Scope
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.tests.factories import relay_all
from goodfor.supply.mapping import site_of
from goodfor.supply.models import Item as KnownItem
from goodfor.supply.models import Supplier
from goodfor.supply.operations.carry_out import buy
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.set_offers import Terms, set_offer
from goodfor.supply.operations.sync import read_balance, read_item, sweep
from goodfor.supply.providers.goodfor_shop.tests.test_live import CATALOGUE, ONE, Peer, peer
from goodfor.supply.providers.sibling import port
from goodfor.supply.providers.sibling.connector import CONNECTOR
from goodfor.supply.providers.values import Accepted, Balance, Delivered, Doubt, Order, OrderRef, PlaceRequest, Refused
from goodfor.supply.providers.wire import NoAnswer, Wire
from goodfor.supply.tests.conftest import fair
from goodfor.supply.tests.market import Market

__all__ = ["fair", "peer"]


class Pair:
    """Shop A (the fair's) and shop B, from whose shelf A buys."""

    def __init__(self, fair: Market) -> None:
        self.fair = fair
        self.b = world.make_shop(utc_now(), code="b-shop", name="B")
        self.sku = self.b.skus["kw-50"]
        world.load_codes(self.b.shop_id, self.sku, world.random_codes(5), utc_now(), cost_minor=300)
        self.supplier = self.connect(fair.shop, self.b, "b-shop", "b")
        self.before = self.wallet()
        fair.ids["b"] = self.supplier
        fair.top_up("b", 100_000)
        self.sell(fair.shop, self.supplier, self.sku, fair.sku)

    def connect(self, shop: UUID, seller: DemoShop, code: str, name: str) -> UUID:
        now = utc_now()
        wanted = Connection("sibling", name, name, "CNY", {"shop": code}, {"api_key": seller.api_key})
        view = connect_supplier(
            shop_id=shop, wanted=wanted, contract=Contract(), shop_currency="CNY", actor="test", now=now
        )
        switch_supplier(shop_id=shop, supplier_id=view.id, enabled=True, actor="test", now=now)
        return view.id

    def sell(self, shop: UUID, supplier: UUID, theirs: UUID, ours: UUID) -> None:
        """Offer what the seller calls `theirs` for the SKU `ours`."""
        now = utc_now()
        sweep(shop_id=shop, supplier_id=supplier, now=now)
        for item_id in KnownItem.objects.filter(shop_id=shop, supplier_id=supplier).values_list("item_id", flat=True):
            read_item(shop_id=shop, supplier_id=supplier, item_id=item_id, now=now)
        item = KnownItem.objects.get(shop_id=shop, supplier_id=supplier, variant=str(theirs))
        set_offer(shop_id=shop, sku_id=ours, item=item.id, terms=Terms(), actor="test", now=now)

    def site(self) -> Any:
        return site_of(Supplier.objects.get(shop_id=self.fair.shop, id=self.supplier))

    def wire(self) -> Wire:
        return Wire(utc_now().timestamp(), float)

    def wallet(self) -> int:
        return ledger.balance(self.b.shop_id, self.b.wallet_account)

    def orders(self) -> list[Any]:
        return orders.orders_of_client(self.b.shop_id, self.b.client_id)


def api_client_of(shop: UUID) -> DemoShop:
    """A client of this shop, without a balance."""
    scopes = [str(one) for one in Scope]
    key = create_api_client(shop_id=shop, name="b", scopes=scopes, actor="test", now=utc_now())
    return DemoShop(shop, {}, key.api_key, key.client.id, key.client.wallet_account)


@pytest.fixture
def pair(fair: Market) -> Pair:
    return Pair(fair)


def test_bought_from_the_shelf_next_door(pair: Pair) -> None:
    fair = pair.fair
    told = read_balance(shop_id=fair.shop, supplier_id=pair.supplier, now=utc_now())
    assert told == Balance(Decimal(pair.before) / 100, "CNY")
    line = fair.want(2, price=20_000)
    fair.buy()
    (attempt,) = fair.attempts(line)
    (order,) = pair.orders()
    assert (attempt.state, attempt.got, attempt.ref) == ("delivered", 2, order.number)
    assert order.external_ref == attempt.number
    assert fair.reserved(line) == 2
    spent = pair.before - pair.wallet()
    assert spent == order.total.amount_minor == 100_000 - fair.prepaid("b") > 0
    # Somebody at B gives it all back: A hears of it, asks, and has the money at B again in its books.
    refund_order(
        shop_id=pair.b.shop_id,
        order_id=order.id,
        reason="bad",
        actor="staff:x",
        by_staff=True,
        proven=True,
        now=utc_now(),
    )
    relay_all(utc_now())
    fair.later(1)
    assert fair.attempts(line)[0].refunded == Decimal(spent) / 100
    assert (pair.wallet(), fair.prepaid("b")) == (pair.before, 100_000)


def test_dead_between_the_sale_and_the_note_of_it_buys_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    fair = pair.fair

    def die(name: str) -> None:
        if name == "supply.called":
            raise SystemExit

    line = fair.want(price=20_000)
    with monkeypatch.context() as patched:
        patched.setattr("goodfor.supply.operations.carry_out.reach", die)
        with pytest.raises(SystemExit):
            buy(shop_id=fair.shop, want_id=fair.wants(line)[0].id, now=utc_now())
    assert (fair.states(line), len(pair.orders())) == (["sending"], 1)
    fair.later(90)
    assert (fair.states(line), len(pair.orders())) == (["delivered"], 1)
    assert pair.before - pair.wallet() == 100_000 - fair.prepaid("b")


def test_unseen_codes_are_given_back_and_a_wrong_key_buys_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    site = pair.site()
    request = PlaceRequest("202601010000000001", "", 1, Decimal(1000), "CNY", str(pair.sku))

    def shut(self: Any, *, path: str, **call: Any) -> Any:
        if path.endswith("/reveal"):
            raise NoAnswer("timeout")
        return carry(self, path=path, **call)

    siblings = type(port.house())
    carry = siblings.carry
    with monkeypatch.context() as patched:
        patched.setattr(siblings, "carry", shut)
        bought = CONNECTOR.purchase.place(site, pair.wire(), request)
    assert isinstance(bought, Accepted)
    assert pair.wallet() < pair.before
    blind = replace(site, secrets={"api_key": site.secrets["api_key"][:-1] + "x"})
    for wrong in (blind, replace(site, config={"shop": "demo"}), replace(site, shop_id=pair.b.shop_id)):
        no = CONNECTOR.purchase.place(wrong, pair.wire(), replace(request, number="202601010000000002"))
        assert isinstance(no, Refused)
        assert (no.why, no.code) in {("config", "invalid_api_key"), ("config", "loop")}
    order = OrderRef(request.number, bought.ref, utc_now())
    assert CONNECTOR.purchase.cancel(site, pair.wire(), order, "too late") == Accepted(bought.ref)
    assert pair.wallet() == pair.before
    found = CONNECTOR.purchase.query(site, pair.wire(), order)
    assert isinstance(found, Order)
    assert (found.state, found.refunded) == ("refunded", found.charged)
    assert len(pair.orders()) == 1


def test_a_key_that_was_taken_back_and_a_circle_buy_nothing(pair: Pair) -> None:
    fair = pair.fair
    a = api_client_of(fair.shop)
    back = pair.connect(pair.b.shop_id, a, identity.shop_by_id(fair.shop).code, "a")
    pair.sell(pair.b.shop_id, back, fair.sku, pair.sku)
    line = fair.want(price=20_000)
    fair.buy()
    assert fair.states(line) == ["rejected"]
    assert fair.attempts(line)[0].word.startswith("loop")
    switch_supplier(shop_id=pair.b.shop_id, supplier_id=back, enabled=False, actor="test", now=utc_now())
    revoke_api_client(shop_id=pair.b.shop_id, client_id=pair.b.client_id, actor="test", now=utc_now())
    line = fair.want(price=20_000)
    fair.buy(utc_now() + timedelta(minutes=15))
    assert fair.states(line) == ["rejected"]
    assert fair.attempts(line)[0].word.startswith("invalid_api_key")
    assert (pair.orders(), pair.wallet(), fair.prepaid("b")) == ([], pair.before, 100_000)


def test_shelves_and_money_that_came_back(peer: Peer) -> None:
    shelves = CATALOGUE.categories(peer.site, peer.wire())
    assert not isinstance(shelves, Refused | Doubt)
    assert peer.item().category in {one.id for one in shelves}
    got = peer.place(ONE, 2)
    assert isinstance(got, Delivered)
    order = orders.order_of_client(peer.shop.shop_id, peer.shop.client_id, got.ref)
    refund_part(
        shop_id=peer.shop.shop_id, order_id=order.id, amount=Money(100, "CNY"), reason="one is bad", actor="staff:x",
        proven=True, now=utc_now(),
    )  # fmt: skip
    relay_all(utc_now())
    stands = peer.asked(ONE, got.ref)
    assert isinstance(stands, Order)
    assert (stands.state, stands.refunded) == ("success", Decimal("1.00"))
