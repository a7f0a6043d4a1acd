"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.lsxd.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Doubt,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    PlaceRequest,
    Quote,
    Refused,
    Stock,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


def top_up(account: str = "13800138000", **more: object) -> PlaceRequest:
    return request("101", form={"rechargeAccount": account}, **more)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("lsxd", "a", balance="100", delay=0)
    made.seed(2, first=101, kind="direct", cost="29.7", stock=3, face="30")
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier, products="101 1 contactIp\n* 0")
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.0"), "CNY")
    supplier.change("102", state="paused")
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.id, one.cost, [part.label for part in one.form]) for one in page.items] == [
        ("101", Decimal("29.7"), ["手机号"])
    ]
    assert SHOP.quote(site, a_wire(), "101", "", 1) == Quote(Decimal("29.7"), Decimal("29.7"), "CNY", Stock(), True)
    assert SHOP.item(site, a_wire(), "102") == Refused("off_sale", "not_listed")
    # All products come in one reply, which is larger than replies are otherwise.
    supplier.seed(150, first=1000, kind="direct", name="云朵视频 直充会员 " * 80)
    large = SHOP.page(site, a_wire(), None, None)
    assert isinstance(large, ItemPage)
    assert len(large.items) == 151


def test_a_wrong_key_and_a_wrong_clock(supplier: StandIn) -> None:
    wrong = replace(site_of(supplier), secrets={"key": "f" * 32})
    assert SHOP.balance(wrong, a_wire()) == Refused("config", "1003", "签名错误")
    assert BUY.place(wrong, a_wire(), top_up()) == Refused("config", "1003", "签名错误")
    assert SHOP.balance(site_of(supplier), a_wire(skew=-3600)) == Refused("config", "1004", "请求已过期")
    assert supplier.totals()["orders"] == 0


def test_a_top_up_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier, products="101 1 contactIp buyHokGame")
    supplier.change("101", detail={"asks": ["buyHokGame"]})
    with hook(answer=b"success") as ours:
        asked = top_up(notify_url=ours.url, buyer_ip="203.0.113.7")
        assert BUY.place(site, a_wire(), asked) == Refused("request", "1001", "参数错误")
        asked = replace(asked, form={**asked.form, "buyHokGame": "微信一区"})
        assert BUY.place(site, a_wire(), asked) == Accepted()
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert HOOK is not None
    done = Order("success", asked.number, word="01")
    assert HOOK.hear(site, call, a_wire().now).events == (OrderEvent(asked.number, "", done),)
    assert BUY.query(site, a_wire(), ref_of(asked)) == done
    assert supplier.order(asked.number).form == {
        "rechargeAccount": "13800138000", "buyHokGame": "微信一区", "contactIp": "203.0.113.7",
    }  # fmt: skip
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["pushes"]) == ("70.3000", True, {"heard": 1})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("lost_answer", "connection_lost"), ("empty_body", "not_json"), ("bad_json", "not_json"),
     ("duplicate_reply", "duplicate"), ("doubt_reply", "unknown_code")],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, reason: str
) -> None:
    site, asked = site_of(supplier), top_up()
    supplier.fault(fault, on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert found.state == "success"
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


def test_what_is_refused_changes_nothing(supplier: StandIn) -> None:
    site = site_of(supplier, products="101 1\n* 2")

    def why(asked: PlaceRequest) -> str:
        placed = BUY.place(site, a_wire(), asked)
        return placed.why if isinstance(placed, Refused) else str(placed)

    assert why(top_up("138")) == "account"
    assert why(request("102", form={"rechargeAccount": "012345"})) == "account"
    assert why(request("999", form={"rechargeAccount": "12345"})) == "off_sale"
    supplier.change("101", stock=0)
    assert why(top_up()) == "off_sale"
    supplier.topup("-80")
    supplier.change("101", stock=5)
    assert why(top_up()) == "balance"
    supplier.fault("lost_request", on="create")
    asked = top_up()
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert supplier.totals()["orders"] == 0


def test_only_03_is_failure(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def state(kind: str = "", **more: object) -> object:
        if kind:
            supplier.fault(kind)
        if more:
            supplier.fault("deliver", **more)
        asked = top_up()
        assert BUY.place(site, a_wire(), asked) == Accepted()
        assert sandbox.wait_quiet()
        found = BUY.query(site, a_wire(), ref_of(asked))
        return found.state if isinstance(found, Order) else found

    assert state("fail") == "failed"
    assert state("odd_word", queries=9) == "processing"
    assert state(queries=9) == "processing"


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    for fault in ("forged_push", "tampered_push"):
        supplier.fault(fault)
    site = site_of(supplier)
    with hook(answer=b"success") as ours:
        asked = top_up(notify_url=ours.url)
        BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    told: list[object] = []
    assert HOOK is not None
    for call in calls:
        try:
            told += HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
    good = OrderEvent(asked.number, "", Order("success", asked.number, word="01"))
    assert told == ["bad_signature", good, good]
