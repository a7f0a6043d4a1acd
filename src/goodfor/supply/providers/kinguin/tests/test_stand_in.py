"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.kinguin.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Code,
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
    Stock,
)
from goodfor.supply.tests import stands
from goodfor.supply.tests.stands import a_wire, hook, ref_of, secret_of, site_of

BUY, SHOP, HOOK, AFTER = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook, CONNECTOR.after


def request(item: str, quantity: int = 1, cost: str = "100", **more: Any) -> PlaceRequest:
    return stands.request(item, quantity, cost, currency="EUR", **more)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("kinguin", "a", balance="100", delay=0)
    made.seed(3, cost="5.79", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.0"), "EUR")
    supplier.seed(60, first=5000, cost="1", step="0.01")
    supplier.change("1002", state="paused")
    supplier.change("1003", state="deleted")
    found: list[Item] = []
    cursor: str | None = None
    while True:
        page = SHOP.page(site, a_wire(), cursor, None)
        assert isinstance(page, ItemPage)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert len({item.id for item in found}) == 62
    assert {item.id: item.stock.word for item in found}["1002"] == "out"
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "Http", "Product not found")
    exact = Quote(Decimal("5.79"), Decimal("11.58"), "EUR", Stock("exact", 20), True)
    assert SHOP.quote(site, a_wire(), "1001", "", 2) == SHOP.quote(site, a_wire(), "1001", "offer-1001", 2) == exact
    wrong = replace(site, secrets={"api_key": "another-key-0001"})
    assert SHOP.balance(wrong, a_wire()) == Refused("config", "Authorization", "signature")


def test_a_purchase_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    with hook(204, b"") as ours:
        sandbox.site("kinguin", "a", push_url=ours.url)
        site, asked = site_of(supplier), request("1001", 2, "11.58")
        placed = BUY.place(site, a_wire(), asked)
        (call,) = ours.wait()
        supplier.change("1001", cost="6", tell=True)
        told = ours.wait(2)[-1]
        assert sandbox.wait_quiet()
    assert isinstance(placed, Accepted)
    assert placed.cost == Decimal("11.58")
    assert HOOK is not None
    assert HOOK.hear(site, call, a_wire().now).events == (OrderEvent(asked.number, placed.ref),)
    assert HOOK.hear(site, told, a_wire().now).events == (ItemEvent("1001"),)
    order = BUY.query(site, a_wire(), ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert (order.state, order.charged, order.has_codes) == ("success", Decimal("11.58"), True)
    wire = a_wire()
    codes = BUY.codes(site, wire, ref_of(asked, placed.ref))
    assert isinstance(codes, tuple)
    assert len(codes) == 2
    assert secret_of(codes) == secret_of(supplier.order(asked.number).codes)
    assert not any(code.secret in wire.exchanges[-1].reply for code in codes)
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("88.4200", True, 2)
    assert totals["pushes"] == {"heard": 2}


@pytest.mark.parametrize(
    ("fault", "settings", "reason"),
    [
        ("lost_answer", {}, "connection_lost"), ("html", {"work": "after"}, "http_502"), ("empty_body", {}, "not_json"),
        ("bad_json", {}, "not_json"), ("duplicate_reply", {}, "duplicate"), ("doubt_reply", {}, "http_500"),
    ],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, settings: dict[str, str], reason: str
) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault, on="create", **settings)
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.ref) == ("success", supplier.order(asked.number).ref)
    assert supplier.totals()["orders"] == 1


def test_a_number_that_was_used_twice_is_a_puzzle(supplier: StandIn) -> None:
    """They do not refuse it: why a number is never sent twice."""
    site, asked = site_of(supplier), request("1001")
    first = BUY.place(site, a_wire(), asked)
    assert isinstance(first, Accepted)
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    assert BUY.query(site, a_wire(), ref_of(asked)) == Doubt("two_orders")
    known = BUY.query(site, a_wire(), ref_of(asked, first.ref))
    assert isinstance(known, Order)
    assert known.ref == first.ref
    assert CONNECTOR.about.repeat == "unsafe"


@pytest.mark.parametrize("fault", ["lost_request", "html", "dead"])
def test_an_answer_that_is_lost_before_the_work_is_doubt_and_not_found(supplier: StandIn, fault: str) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault)
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert supplier.totals()["orders"] == 0


def test_a_no_is_a_no_and_costs_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(item: str, quantity: int = 1, cost: str = "1000") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        return placed.why if isinstance(placed, Refused) else str(placed)

    assert why("1001", cost="5.78") == "price"
    supplier.change("1002", stock=1)
    assert why("1002", 2) == why("9999") == "stock"
    supplier.topup("-90")
    assert why("1001", 2) == "balance"
    supplier.fault("refuse", why="throttled", on="create")
    assert why("1002") == "Doubt(reason='throttled')"
    assert supplier.totals()["orders"] == 0


def test_late_partial_failed_and_refunded_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def seen(quantity: int = 2) -> list[tuple[str, str]]:
        asked = request("1001", quantity)
        placed = BUY.place(site, a_wire(), asked)
        assert isinstance(placed, Accepted)
        assert sandbox.wait_quiet()
        found = [BUY.query(site, a_wire(), ref_of(asked, placed.ref)) for _ in range(2)]
        return [(one.state, str(one.refunded)) for one in found if isinstance(one, Order)]

    supplier.fault("deliver", queries=2)
    assert seen() == [("processing", "0"), ("success", "0")]
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert seen() == [("processing", "0"), ("success", "0")]
    supplier.fault("fail")
    assert seen()[0] == ("cancelled", "11.58")
    supplier.fault("partial", count=1)
    assert seen()[0] == ("success", "5.79")
    supplier.fault("refund_after", part=0.5)
    assert seen()[0] == ("refunded", "5.79")
    supplier.fault("refund_after", part=1)
    assert seen()[0] == ("refunded", "11.58")
    assert supplier.totals()["balanced"]


def test_pictures(supplier: StandIn) -> None:
    supplier.seed(1, first=3001, kind="image", cost="2")
    site, asked = site_of(supplier), request("3001")
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    codes = BUY.codes(site, a_wire(), ref_of(asked))
    assert isinstance(codes, tuple)
    assert codes[0].image == supplier.order(asked.number).codes[0].image
    text_only = site_of(supplier, key_type="text")
    assert isinstance(BUY.place(text_only, a_wire(), request("3001")), Refused)


def test_a_key_is_given_back(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    assert AFTER is not None
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    codes = BUY.codes(site, a_wire(), ref_of(asked))
    assert isinstance(codes, tuple)
    (code,) = codes
    assert isinstance(code, Code)
    assert AFTER.code_state(site, a_wire(), code.ref) == "unknown"
    assert AFTER.void(site, a_wire(), code.ref) == "voiding"
    assert AFTER.void(site, a_wire(), code.ref) == "voided"
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert order.refunded == Decimal("5.79")
    assert supplier.totals()["balance"] == "100.0000"


def test_a_day(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert AFTER is not None
    asked = [request("1001") for _ in range(3)]
    day = datetime.now(UTC).date()
    for one in asked:
        BUY.place(site, a_wire(), one)
    rows = AFTER.statement(site, a_wire(), day)
    assert not isinstance(rows, Refused | Doubt)
    assert [(row.number, row.amount) for row in rows] == [(one.number, Decimal("-5.79")) for one in asked]


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    supplier.fault("forged_push")
    supplier.fault("tampered_push")
    with hook(204, b"") as ours:
        sandbox.site("kinguin", "a", push_url=ours.url)
        site, asked = site_of(supplier), request("1001")
        placed = BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    assert HOOK is not None
    assert isinstance(placed, Accepted)
    told: list[object] = []
    for call in calls:
        try:
            told += HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
    # Nothing is signed: what it says of the order is not passed on.
    assert told == ["bad_secret", *[OrderEvent(asked.number, placed.ref)] * 2]
