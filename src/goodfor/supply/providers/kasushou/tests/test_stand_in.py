"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.kasushou.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Doubt,
    Item,
    ItemEvent,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    Quote,
    Refused,
    Ticket,
    TicketEvent,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("kasushou", "a", balance="100", delay=0)
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(sandbox: SupplierSandbox, supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY")
    supplier.seed(250, first=5000, cost="1", step="0.01")
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
    assert len({item.id for item in found}) == 252
    assert {item.id: item.state for item in found}["1002"] == "banned"
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "400", "商品不存在或已下架")
    quote = SHOP.quote(site, a_wire(), "1001", "", 2)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total, quote.stock.count) == (Decimal("9.90"), Decimal("19.80"), 20)
    wrong = site_of(supplier)
    wrong.secrets["key"] = "another-key-0001"  # type: ignore[index]
    assert SHOP.balance(wrong, a_wire()) == Refused("config", "400", "签名错误")
    assert isinstance(SHOP.balance(site, a_wire(skew=-3600)), Refused)


def test_a_purchase_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    with hook() as ours:
        asked = request("1001", 2, "19.80", notify_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert isinstance(placed, Accepted)
    assert placed.cost == Decimal("19.80")
    assert HOOK is not None
    heard = HOOK.hear(site, call, a_wire().now)
    (event,) = heard.events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert (event.number, event.told.state, event.told.codes) == (asked.number, "success", ())
    wire = a_wire()
    order = BUY.query(site, wire, ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert secret_of(order.codes) == secret_of(supplier.order(asked.number).codes)
    assert len(order.codes) == 2
    assert not any(code.secret in wire.exchanges[0].reply for code in order.codes)
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)
    assert totals["pushes"] == {"heard": 1}


@pytest.mark.parametrize(
    ("fault", "settings", "reason"),
    [
        ("lost_answer", {}, "connection_lost"),
        ("html", {"work": "after"}, "http_502"),
        ("empty_body", {}, "not_json"),
        ("bad_json", {}, "not_json"),
        ("duplicate_reply", {}, "duplicate"),
        ("doubt_reply", {}, "unknown_error"),
    ],
)
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, settings: dict[str, str], reason: str
) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault, on="create", **settings)
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert order.state == "success"
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


@pytest.mark.parametrize("fault", ["lost_request", "html", "dead"])
def test_an_answer_that_is_lost_before_the_work_is_doubt_and_not_found(supplier: StandIn, fault: str) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault)
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert supplier.totals()["orders"] == 0


def test_a_site_that_does_not_listen_was_sent_nothing(supplier: StandIn) -> None:
    supplier.own_port()
    site = site_of(supplier)
    assert isinstance(SHOP.balance(site, a_wire()), Balance)
    supplier.down()
    assert BUY.place(site, a_wire(), request("1001")) == Refused("not_sent")
    supplier.own_port()
    assert isinstance(BUY.place(site, a_wire(), request("1001")), Accepted)


def test_a_no_is_a_no_and_costs_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(item: str, quantity: int = 1, cost: str = "1000") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        assert isinstance(placed, Refused)
        return placed.why

    assert why("1001", cost="9.89") == "price"
    assert why("1001", 11) == "balance"
    supplier.change("1001", stock=1)
    assert why("1001", 2) == "stock"
    supplier.change("1002", state="paused")
    assert why("1002") == why("9999") == "off_sale"
    supplier.fault("refuse", why="throttled", on="create")
    assert why("1003") == "throttled"
    assert supplier.totals()["balance"] == "100.0000"


def test_late_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def states(asked_of: str, count: int) -> list[str]:
        asked = request(asked_of)
        assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
        found = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(count)]
        return [one.state if isinstance(one, Order) else type(one).__name__ for one in found]

    supplier.fault("deliver", queries=3)
    assert states("1001", 4) == ["accepted", "accepted", "success", "success"]
    supplier.fault("not_found", queries=2)
    assert states("1001", 3) == ["NotFound", "NotFound", "success"]
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert states("1001", 2) == ["processing", "success"]
    supplier.fault("never")
    assert states("1001", 2) == ["accepted", "accepted"]
    supplier.fault("fail")
    asked = request("1001")
    BUY.place(site, a_wire(), asked)
    assert sandbox.wait_quiet()
    failed = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(failed, Order)
    assert (failed.state, failed.refunded) == ("cancelled", Decimal("9.90"))


def test_money_back_after_success(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site, asked = site_of(supplier), request("1001", 2)
    supplier.fault("refund_after", part=0.5, tell=0)
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    assert sandbox.wait_quiet()
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.charged, order.refunded) == ("refunded", Decimal("19.80"), Decimal("9.90"))
    supplier.act(asked.number, "refund")
    assert supplier.totals()["balance"] == "100.0000"
    assert supplier.totals()["balanced"]


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    assert HOOK is not None
    for fault in ("forged_push", "tampered_push", "doubled_push", "reordered_push"):
        supplier.fault(fault)
    with hook() as ours:
        asked = request("1001", notify_url=ours.url)
        BUY.place(site, a_wire(), asked)
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
        assert event.told.codes == ()
        told.append(event.told.state)
    assert told == ["bad_signature", "success", "success", "success", "processing"]


def test_a_call_before_the_reply_and_calls_that_are_repeated(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    supplier.fault("push_first")
    with hook(answer=b"no") as ours:
        BUY.place(site, a_wire(), request("1001", notify_url=ours.url))
        assert len(ours.calls) == 1
        ours.answer = b"ok"
        ours.wait(2)
        assert sandbox.wait_quiet()
    assert supplier.totals()["pushes"] == {"heard": 1}


def test_items_and_complaints_are_told(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    assert HOOK is not None
    assert CONNECTOR.after is not None
    with hook() as ours:
        sandbox.site("kasushou", "a", push_url=ours.url)
        site, asked = site_of(supplier), request("1001")
        supplier.change("1001", cost="9.50", tell=True)
        (call,) = ours.wait()
        assert HOOK.hear(site, call, a_wire().now).events == (ItemEvent("1001"),)
        placed = BUY.place(site, a_wire(), asked)
        assert isinstance(placed, Accepted)
        opened = CONNECTOR.after.complain(site, a_wire(), ref_of(asked, placed.ref), "不对", (), ours.url)
        assert opened == Ticket(placed.ref, "waiting")
        ours.wait(2)
        supplier.reply("T00000001", "已处理")
        event = HOOK.hear(site, ours.wait(3)[-1], a_wire().now).events[0]
    assert event == TicketEvent(Ticket(placed.ref, "done", "已处理"), ref=placed.ref)


def test_an_order_is_taken_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("never")
    placed = BUY.place(site, a_wire(), asked)
    assert isinstance(placed, Accepted)
    assert isinstance(BUY.cancel(site, a_wire(), ref_of(asked, placed.ref), ""), Accepted)
    assert sandbox.wait_quiet()
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.refunded) == ("cancelled", Decimal("9.90"))
    assert isinstance(BUY.cancel(site, a_wire(), ref_of(asked, placed.ref), ""), Refused)
