"""The connector against an account that keeps books of its own."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.tremendous.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Delivered,
    Doubt,
    Item,
    ItemEvent,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    PlaceRequest,
    Quote,
    Refused,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, site_of

BUY, SHOP, HOOK, AFTER = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook, CONNECTOR.after


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("tremendous", "a", balance="100.25")
    made.seed(3, face="25", stock=20)
    return made


def wish(**more: Any) -> PlaceRequest:
    return request("1001", **{"sku_id": "USD-25", "currency": "USD", **more})


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.25"), "USD")
    supplier.change("1002", detail={"skus": [{"min": 10, "max": 30}]})
    supplier.change("1003", state="paused")
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [[sku.id for sku in item.skus] for item in page.items] == [
        ["USD-25"], ["USD-10", "USD-15", "USD-20", "USD-25"],
    ]  # fmt: skip
    assert isinstance(SHOP.item(site, a_wire(), "1002"), Item)
    quote = SHOP.quote(site, a_wire(), "1002", "USD-12.34", 1)
    assert isinstance(quote, Quote)
    assert quote.total == Decimal("12.34")
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "item")


def test_a_link_comes_with_the_reply(supplier: StandIn) -> None:
    site, asked, wire = site_of(supplier), wish(), a_wire()
    placed = BUY.place(site, wire, asked)
    assert isinstance(placed, Delivered)
    (code,) = placed.codes
    assert code.link == f"https://redeem.example/{supplier.order(asked.number).codes[0].secret}"
    assert code.link not in repr(wire.exchanges)
    # The same again is the same order; with other content it is none.
    assert BUY.place(site, a_wire(), asked) == placed
    supplier.change("1001", detail={"skus": [{"min": 1, "max": 50}]})
    assert BUY.place(site, a_wire(), wish(number=asked.number, sku_id="USD-26")) == Doubt("duplicate")
    assert (supplier.totals()["orders"], supplier.totals()["charged"]) == (1, "25.0000")


def test_a_link_that_is_made_on_demand(supplier: StandIn) -> None:
    supplier.change("1001", detail={"bare": True})
    site, asked = site_of(supplier), wish()
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.codes, order.has_codes) == ("success", (), True)
    codes = BUY.codes(site, a_wire(), ref_of(asked))
    assert isinstance(codes, tuple)
    assert codes[0].link.endswith(supplier.order(asked.number).codes[0].secret)


def test_a_lost_answer_is_doubt_and_the_order_is_found(supplier: StandIn) -> None:
    site, asked = site_of(supplier), wish()
    supplier.fault("lost_answer", on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt("connection_lost")
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, len(order.codes), order.charged) == ("success", 1, Decimal(25))
    never = wish()
    supplier.fault("lost_request", on="create")
    assert isinstance(BUY.place(site, a_wire(), never), Doubt)
    assert BUY.query(site, a_wire(), ref_of(never)) == NotFound()
    assert supplier.totals()["orders"] == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "refuse", "why": "balance"}, Doubt("http_402")),
        ({"kind": "refuse", "why": "stock"}, Doubt("http_422")),
        ({"kind": "html"}, Doubt("http_502")), ({"kind": "empty_body"}, Doubt("not_json")),
        ({"kind": "doubt_reply"}, Doubt("http_500")), ({"kind": "duplicate_reply"}, Doubt("duplicate")),
    ],
)  # fmt: skip
def test_what_is_no_answer(fault: dict[str, Any], said: Doubt, supplier: StandIn) -> None:
    supplier.fault(fault.pop("kind"), on="create", **fault)
    assert BUY.place(site_of(supplier), a_wire(), wish()) == said


def test_a_wrong_key(supplier: StandIn) -> None:
    site = site_of(supplier)
    object.__setattr__(site, "secrets", {**site.secrets, "api_key": "TEST_another"})
    placed = BUY.place(site, a_wire(), wish())
    assert isinstance(placed, Refused)
    assert placed.why == "config"


def test_states(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    sandbox.site("tremendous", "a", delay=60)
    site, failed, odd = site_of(supplier), wish(), wish()
    assert isinstance(BUY.place(site, a_wire(), failed), Accepted)
    supplier.act(failed.number, "fail")
    supplier.fault("odd_word", number=odd.number)
    BUY.place(site, a_wire(), odd)
    found = [BUY.query(site, a_wire(), ref_of(asked)) for asked in (failed, odd)]
    assert [one.state for one in found if isinstance(one, Order)] == ["failed", "processing"]


def test_calls_back_and_forged_ones(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    assert HOOK is not None
    site, asked = site_of(supplier), wish()
    supplier.fault("forged_push")
    supplier.fault("tampered_push")
    with hook() as ours:
        sandbox.site("tremendous", "a", push_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        supplier.change("1002", state="paused", tell=True)
        item = ours.wait(4)[3]
        assert sandbox.wait_quiet()
    assert isinstance(placed, Delivered)
    for call in calls[:2]:
        with pytest.raises(CallProblem, match="bad_signature"):
            HOOK.hear(site, call, a_wire().now)
    assert HOOK.hear(site, calls[2], a_wire().now).events == (OrderEvent("", placed.ref),)
    assert HOOK.hear(site, item, a_wire().now).events == (ItemEvent("1002"),)


def test_taking_back(supplier: StandIn) -> None:
    assert AFTER is not None
    site, one, two = site_of(supplier), wish(), wish()
    placed = BUY.place(site, a_wire(), one)
    assert isinstance(placed, Delivered)
    assert AFTER.void(site, a_wire(), placed.codes[0].ref) == "voiding"
    assert isinstance(AFTER.void(site, a_wire(), placed.codes[0].ref), Refused)
    order = BUY.query(site, a_wire(), ref_of(one))
    assert isinstance(order, Order)
    assert order.state == "cancelled"
    BUY.place(site, a_wire(), two)
    assert isinstance(BUY.cancel(site, a_wire(), ref_of(two), ""), Accepted)
    assert (supplier.totals()["refunded"], supplier.totals()["balanced"]) == ("50.0000", True)
