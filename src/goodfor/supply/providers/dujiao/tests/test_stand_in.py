"""The connector against a shop that keeps books of its own."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.dujiao.connector import CONNECTOR
from goodfor.supply.providers.dujiao.webhook import ACK
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Category,
    Doubt,
    Item,
    ItemPage,
    Order,
    OrderEvent,
    Placed,
    PlaceRequest,
    Quote,
    Refused,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("dujiao", "a", balance="100", delay=0)
    made.seed(3, cost="9.90", stock=30)
    return made


def wish(item: str, quantity: int = 1, **more: str) -> PlaceRequest:
    return request(item, quantity, sku_id=f"{item}1", **more)


def ref(placed: Placed) -> str:
    assert isinstance(placed, Accepted)
    return placed.ref


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY")
    assert SHOP.categories(site, a_wire()) == [Category("1", "数字商品"), Category("2", "视频会员", "1")]
    supplier.seed(220, first=5000, cost="1", step="0.01")
    supplier.change("1002", state="banned")
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
    assert len({item.id for item in found}) == 222
    assert {item.id: item.state for item in found}["1002"] == "paused"
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "product_not_found", "product_not_found")
    quote = SHOP.quote(site, a_wire(), "1001", "10011", 2)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total, quote.stock.count) == (Decimal("9.90"), Decimal("19.80"), 30)


def test_another_secret_and_another_time_are_refused(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire(skew=-90)) == Refused("config", "timestamp_expired", "time stamp")
    site.secrets["secret"] = "another-secret-0001"  # type: ignore[index]
    assert BUY.place(site, a_wire(), wish("1001")) == Refused("config", "invalid_signature", "invalid_signature")
    assert supplier.totals()["orders"] == 0


def test_a_purchase_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    with hook(answer=ACK) as ours:
        asked = wish("1001", 2, notify_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert placed == Accepted(ref(placed), Decimal("19.80"))
    assert HOOK is not None
    heard = HOOK.hear(site, call, a_wire().now)
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert (event.number, event.ref, event.told.state) == (asked.number, ref(placed), "success")
    assert (event.told.codes, event.told.has_codes, heard.ack) == ((), True, ACK)
    wire = a_wire()
    order = BUY.query(site, wire, ref_of(asked, event.ref))
    assert isinstance(order, Order)
    assert len(order.codes) == 2
    assert secret_of(order.codes) == secret_of(supplier.order(asked.number).codes)
    assert not any(code.secret in wire.exchanges[0].reply for code in order.codes)
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)
    assert totals["pushes"] == {"heard": 1}


@pytest.mark.parametrize(
    ("fault", "settings", "reason"),
    [
        ("lost_answer", {}, "connection_lost"), ("html", {"work": "after"}, "http_502"), ("empty_body", {}, "not_json"),
        ("bad_json", {}, "not_json"), ("doubt_reply", {}, "http_500"), ("lost_request", {}, "connection_lost"),
    ],
)  # fmt: skip
def test_the_same_again_is_the_way_out_of_doubt(
    supplier: StandIn, fault: str, settings: dict[str, str], reason: str
) -> None:
    """Whether the first was done or not: after the second there is one order, and it is known."""
    site, asked = site_of(supplier), wish("1001")
    supplier.fault(fault, on="create", **settings)
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    assert BUY.query(site, a_wire(), ref_of(asked)) == Doubt("no_ref")
    again = BUY.place(site, a_wire(), asked)
    assert BUY.place(site, a_wire(), asked) == again
    order = BUY.query(site, a_wire(), ref_of(asked, ref(again)))
    assert isinstance(order, Order)
    assert order.state == "success"
    totals = supplier.totals()
    assert (totals["orders"], totals["charged"], totals["codes"]) == (1, "9.9000", 1)


def test_a_no_is_a_no_and_costs_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(item: str, quantity: int = 1) -> str:
        placed = BUY.place(site, a_wire(), wish(item, quantity))
        assert isinstance(placed, Refused)
        return placed.why

    assert why("1001", 11) == "balance"
    supplier.change("1001", stock=1)
    assert why("1001", 2) == "stock"
    supplier.change("1002", state="paused")
    assert why("1002") == why("9999") == "off_sale"
    supplier.fault("refuse", why="failed", on="create")
    assert why("1003") == "failed"
    # There is no word for too many calls in the protocol: nobody knows.
    supplier.fault("refuse", why="throttled", on="create")
    assert BUY.place(site, a_wire(), wish("1003")) == Doubt("http_429")
    assert supplier.totals()["balance"] == "100.0000"


def test_late_failed_and_odd_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site, asked = site_of(supplier), wish("1001")
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    own = ref(BUY.place(site, a_wire(), asked))
    states = [BUY.query(site, a_wire(), ref_of(asked, own)) for _ in range(2)]
    assert [one.state for one in states if isinstance(one, Order)] == ["processing", "success"]
    supplier.fault("fail")
    asked = wish("1001")
    own = ref(BUY.place(site, a_wire(), asked))
    assert sandbox.wait_quiet()
    failed = BUY.query(site, a_wire(), ref_of(asked, own))
    assert isinstance(failed, Order)
    assert failed.state == "cancelled"
    # It ended, but it is there: the same again is no refusal.
    assert ref(BUY.place(site, a_wire(), asked)) == own


@pytest.mark.parametrize(
    ("how", "quantity"),
    [
        ("cr", 1), ("cr", 2), ("colon", 1), ("colon", 2), ("picture", 1), ("link", 1), ("link", 2), ("no_number", 2),
        ("spaces", 1), ("spaces", 2),
    ],
)  # fmt: skip
def test_dirty_codes(supplier: StandIn, how: str, quantity: int) -> None:
    site, asked = site_of(supplier), wish("1001", quantity)
    supplier.fault("dirty_code", how=how)
    own = ref(BUY.place(site, a_wire(), asked))
    order = BUY.query(site, a_wire(), ref_of(asked, own))
    assert isinstance(order, Order)
    assert len(order.codes) == quantity
    for code in order.codes:
        assert bool(code.image) is (how == "picture")
        assert bool(code.link) is (how == "link")
        assert bool(code.number) is (how in ("cr", "colon", "spaces"))
        assert not any(sign in code.number + code.secret for sign in "\r\n：\ufeff\u200b")


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    assert HOOK is not None
    for fault in ("forged_push", "tampered_push", "doubled_push", "reordered_push"):
        supplier.fault(fault)
    with hook(answer=ACK) as ours:
        BUY.place(site, a_wire(), wish("1001", notify_url=ours.url))
        calls = ours.wait(5)
        assert sandbox.wait_quiet()
    told = []
    for call in calls:
        try:
            (event,) = HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
            continue
        assert isinstance(event, OrderEvent)
        assert event.told is not None
        told.append(event.told.state)
    # They are sent side by side: which comes first is chance.
    assert sorted(told) == ["bad_signature", "bad_signature", "processing", "success", "success"]


def test_a_call_before_the_reply_and_calls_that_are_repeated(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    supplier.fault("push_first")
    with hook(answer=b"ok") as ours:
        BUY.place(site, a_wire(), wish("1001", notify_url=ours.url))
        assert len(ours.calls) == 1
        ours.answer = ACK
        ours.wait(2)
        assert sandbox.wait_quiet()
    assert supplier.totals()["pushes"] == {"heard": 1}


def test_an_order_is_taken_back(supplier: StandIn) -> None:
    site, asked = site_of(supplier), wish("1001")
    supplier.fault("never")
    own = ref(BUY.place(site, a_wire(), asked))
    assert BUY.cancel(site, a_wire(), ref_of(asked, own), "") == Accepted(own)
    order = BUY.query(site, a_wire(), ref_of(asked, own))
    assert isinstance(order, Order)
    assert order.state == "cancelled"
    no = BUY.cancel(site, a_wire(), ref_of(asked, own), "")
    assert no == Refused("request", "cancel_not_allowed", "cancel_not_allowed")
    assert supplier.totals()["balance"] == "100.0000"
