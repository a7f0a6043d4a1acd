"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.fulu.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    Quote,
    Refused,
    Stock,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("fulu", "a", balance="100", delay=0)
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.0"), "CNY")
    supplier.seed(
        1, first=2001, kind="direct", cost="29.7", category="2", form=[{"Id": 1, "Name": "手机号", "SortId": 1}]
    )
    supplier.change("1002", state="paused")
    supplier.change("1003", state="deleted")
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.id, one.kind, one.state, one.cost) for one in page.items] == [
        ("1001", "card", "on", Decimal("9.9")), ("1002", "card", "paused", Decimal("9.9")),
        ("2001", "direct", "on", Decimal("29.7")),
    ]  # fmt: skip
    cut = SHOP.page(site_of(supplier, categories="2"), a_wire(), None, None)
    assert isinstance(cut, ItemPage)
    assert [one.id for one in cut.items] == ["2001"]
    item = SHOP.item(site, a_wire(), "2001")
    assert isinstance(item, Item)
    assert [(one.key, one.label) for one in item.form] == [("charge_account", "手机号")]
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "2003", "商品不存在或已下架")
    quote = SHOP.quote(site, a_wire(), "1001", "", 15)
    assert quote == Quote(Decimal("9.9"), Decimal("148.5"), "CNY", Stock("in_stock"), True)
    assert SHOP.quote(site, a_wire(), "1001", "", 21) == replace(quote, total=Decimal("207.9"), stock=Stock("out"))


def test_a_wrong_key_and_a_wrong_clock(supplier: StandIn) -> None:
    wrong = site_of(supplier)
    wrong = replace(wrong, secrets={"app_secret": "f" * 32})
    assert isinstance(SHOP.balance(wrong, a_wire()), Refused)
    assert BUY.place(wrong, a_wire(), request("1001")) == Doubt("code_1001")
    assert SHOP.balance(site_of(supplier), a_wire(skew=-3600)) == Refused("config", "1002", "时间戳超出范围")
    assert supplier.totals()["orders"] == 0


def test_a_purchase_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    with hook(answer=b"success") as ours:
        sandbox.site("fulu", "a", push_url=ours.url)
        site, asked = site_of(supplier), request("1001", 2, "19.80")
        placed = BUY.place(site, a_wire(), asked)
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert isinstance(placed, Accepted)
    assert placed.cost == Decimal("19.8")
    assert HOOK is not None
    assert HOOK.hear(site, call, a_wire().now).events == (OrderEvent(asked.number),)
    wire = a_wire()
    order = BUY.query(site, wire, ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert (order.state, order.charged, len(order.codes)) == ("success", Decimal("19.8"), 2)
    assert secret_of(order.codes) == secret_of(supplier.order(asked.number).codes)
    assert BUY.codes(site, a_wire(), ref_of(asked)) == order.codes
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)
    assert totals["pushes"] == {"heard": 1}


def test_a_top_up(supplier: StandIn) -> None:
    supplier.seed(1, first=2001, kind="direct", cost="29.7", form=[{"Id": 1, "Name": "QQ号码", "SortId": 1}])
    site, asked = site_of(supplier), request("2001", form={"charge_account": "10001"})
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.codes) == ("success", ())
    assert supplier.order(asked.number).form == {"charge_account": "10001"}
    # Ordered as a card it is refused, and nothing is bought.
    assert BUY.place(site, a_wire(), request("2001")) == Refused("request", "1004", "参数错误")


def test_phone_credit(supplier: StandIn) -> None:
    supplier.seed(1, first=9050, kind="direct", cost="49.5", face="50", category="phone")
    site = site_of(supplier, phone="mobile-50=49.5\nmobile-30=29.8")
    item = SHOP.item(site, a_wire(), "mobile-50")
    assert isinstance(item, Item)
    assert SHOP.check_account(site, a_wire(), item, {"charge_phone": "13800138001"}) == {"charge_phone": "维护"}
    assert SHOP.check_account(site, a_wire(), item, {"charge_phone": "13800138000"}) == {}
    asked = request("mobile-50", form={"charge_phone": "13800138000"})
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.charged) == ("success", Decimal("49.5"))
    gone = BUY.place(site, a_wire(), request("mobile-30", form={"charge_phone": "13800138000"}))
    assert gone == Refused("off_sale", "2003", "商品不存在或已下架")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("lost_answer", "connection_lost"), ("empty_body", "not_json"), ("bad_json", "not_json"),
        ("duplicate_reply", "duplicate"), ("doubt_reply", "code_9999"),
    ],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, reason: str
) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault, on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert order.state == "success"
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


def test_a_request_that_was_lost_is_not_found_where_its_code_is_known(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("lost_request", on="create")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert BUY.query(site_of(supplier, answers=""), a_wire(), ref_of(asked)) == Doubt("code_2007")
    assert supplier.totals()["orders"] == 0


def test_a_no_is_a_no_where_its_code_is_known(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(item: str, quantity: int = 1, cost: str = "1000") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        return placed.why if isinstance(placed, Refused) else str(placed)

    assert why("1001", cost="9.89") == "price"
    assert why("1001", 11) == "balance"
    supplier.change("1001", stock=1)
    assert why("1001", 2) == "stock"
    assert why("9999") == "off_sale"
    supplier.fault("refuse", why="throttled", on="create")
    assert why("1002") == "throttled"
    assert BUY.place(site_of(supplier, answers=""), a_wire(), request("9999")) == Doubt("code_2003")
    assert supplier.totals()["balance"] == "100.0000"


def test_late_odd_and_failed_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def states(count: int) -> list[str]:
        asked = request("1001")
        assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
        assert sandbox.wait_quiet()
        found = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(count)]
        return [one.state if isinstance(one, Order) else type(one).__name__ for one in found]

    supplier.fault("deliver", queries=2)
    assert states(2) == ["accepted", "success"]
    supplier.fault("not_found", queries=1)
    assert states(2) == ["NotFound", "success"]
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert states(2) == ["processing", "success"]
    supplier.fault("fail")
    assert states(1) == ["failed"]


def test_dirty_and_missing_codes(supplier: StandIn) -> None:
    site = site_of(supplier)

    def codes(quantity: int = 1) -> list[tuple[str, str, str]]:
        asked = request("1001", quantity)
        BUY.place(site, a_wire(), asked)
        found = BUY.codes(site, a_wire(), ref_of(asked))
        assert isinstance(found, tuple)
        return [(one.number, one.secret, one.link) for one in found]

    supplier.fault("dirty_code", how="cr")
    assert codes()[0][1].endswith("\r\n")
    supplier.fault("dirty_code", how="link")
    number, secret, link = codes()[0]
    assert (number, secret, link[:8]) == ("", "", "https://")
    supplier.fault("dirty_code", how="colon")
    assert "密码：" in codes()[0][1]
    supplier.fault("wrong_count", delta=-1)
    assert len(codes(2)) == 1


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    for fault in ("forged_push", "tampered_push", "doubled_push"):
        supplier.fault(fault)
    with hook(answer=b"success") as ours:
        sandbox.site("fulu", "a", push_url=ours.url)
        site, asked = site_of(supplier), request("1001")
        BUY.place(site, a_wire(), asked)
        calls = ours.wait(4)
        assert sandbox.wait_quiet()
    told: list[object] = []
    assert HOOK is not None
    for call in calls:
        try:
            told += HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
    # The one whose digits changed places fits its signature; nothing of it but our number is passed on. Calls of one
    # moment come in any order.
    assert sorted(told, key=str) == sorted(["bad_signature", *[OrderEvent(asked.number)] * 3], key=str)
