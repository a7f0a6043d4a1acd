"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.sandbox.suppliers.work import PICTURE
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Delivered,
    Doubt,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
    Refused,
)
from goodfor.supply.providers.xinghai.connector import CONNECTOR
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("xinghai", "a", balance="100", credit="50")
    made.seed(2, cost="9.90", stock=20)
    made.seed(1, first=2001, kind="direct", cost="29.70")
    made.seed(1, first=9050, kind="direct", cost="49.5", face="50", category="phone")
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier, phone_items="9050")
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY", Decimal("50.00"))
    supplier.change("1002", state="paused")
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.id, one.kind, one.state, one.cost, len(one.form)) for one in page.items] == [
        ("1001", "card", "on", Decimal("9.90"), 1), ("1002", "card", "paused", Decimal("9.90"), 1),
        ("2001", "direct", "on", Decimal("29.70"), 1), ("9050", "direct", "on", Decimal("49.50"), 3),
    ]  # fmt: skip


def test_cards_come_at_once(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001", 2, "19.80")
    placed = BUY.place(site, a_wire(), asked)
    order = supplier.order(asked.number)
    assert isinstance(placed, Delivered)
    assert (placed.ref, placed.cost) == (order.ref, Decimal("19.8"))
    assert secret_of(placed.codes) == secret_of(order.codes)
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert (found.state, found.codes) == ("success", placed.codes)
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)


def test_links_pictures_and_bare_words(supplier: StandIn) -> None:
    site = site_of(supplier)
    supplier.seed(1, first=3001, kind="link", cost="1")
    supplier.seed(1, first=3002, kind="image", cost="1")
    link = BUY.place(site, a_wire(), request("3001", cost="1"))
    picture = BUY.place(site, a_wire(), request("3002", cost="1"))
    supplier.fault("dirty_code", how="no_number")
    bare = BUY.place(site, a_wire(), request("1001", cost="9.9"))
    assert isinstance(link, Delivered)
    assert isinstance(picture, Delivered)
    assert isinstance(bare, Delivered)
    assert link.codes[0].link.startswith("https://redeem.example/")
    assert (picture.codes[0].image[: len(PICTURE)], picture.codes[0].secret) == (PICTURE, "")
    assert (bare.codes[0].number, len(bare.codes[0].secret)) == ("", 16)


def test_cards_that_come_later_with_a_call(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier, supply_mode="0")
    for fault in ("forged_push", "doubled_push"):
        supplier.fault(fault)
    with hook() as ours:
        asked = request("1001", cost="9.9", notify_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    assert isinstance(placed, Accepted)
    told: list[object] = []
    assert HOOK is not None
    for call in calls:
        try:
            (event,) = HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
        else:
            assert isinstance(event, OrderEvent)
            assert event.told is not None
            told.append((event.number, event.ref, event.told.state, *secret_of(event.told.codes)))
    good = (asked.number, placed.ref, "success", *secret_of(supplier.order(asked.number).codes))
    assert told == ["bad_signature", good, good]


def test_top_ups_and_phone_credit(supplier: StandIn) -> None:
    site = site_of(supplier, phone_items="9050")
    asked = request("2001", cost="29.7", form={"uuid": "10001"})
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    phone = {"uuid": "13800138000", "isp": "yd", "provinceCode": "11"}
    credit = request("9050", cost="49.5", form=phone)
    assert isinstance(BUY.place(site, a_wire(), credit), Accepted)
    for one in (asked, credit):
        found = BUY.query(site, a_wire(), ref_of(one))
        assert isinstance(found, Order)
        assert (found.state, found.codes) == ("success", ())
    again = request("9050", cost="49.5", form={**phone, "isp": "xx"})
    assert BUY.place(site, a_wire(), again) == Refused("request", "-12", "参数错误")
    assert BUY.place(site_of(supplier), a_wire(), credit) == Refused("price", "-15", "商品不可用")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("lost_answer", "connection_lost"), ("bad_json", "not_json"), ("duplicate_reply", "duplicate"),
     ("doubt_reply", "system_error")],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, reason: str
) -> None:
    site, asked = site_of(supplier), request("1001", cost="9.9")
    supplier.fault(fault, on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    codes = BUY.codes(site, a_wire(), ref_of(asked))
    assert isinstance(codes, tuple)
    assert secret_of(codes) == secret_of(supplier.order(asked.number).codes)
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


def test_a_failed_number_sent_again_would_buy_anew(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    """Why `repeat` is what it is: the hub never sends a number twice here."""
    site, asked = site_of(supplier), request("1001", cost="9.9")
    supplier.fault("fail")
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    assert sandbox.wait_quiet()
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert found.state == "failed"
    assert isinstance(BUY.place(site, a_wire(), asked), Delivered)
    assert supplier.totals()["orders"] == 2
    assert CONNECTOR.about.repeat == "new_after_failure"


def test_what_is_refused_changes_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(quantity: int, cost: str, item: str = "1001") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        return placed.why if isinstance(placed, Refused) else str(placed)

    # The price is compared exactly, above and below.
    assert (why(1, "9.89"), why(1, "9.91"), why(1, "9.90", "9999")) == ("price", "price", "price")
    assert why(16, "158.40") == "balance"
    supplier.change("1001", stock=1)
    assert why(2, "19.80") == "failed"
    supplier.fault("refuse", why="throttled", on="create")
    assert why(1, "9.90") == "throttled"
    wrong = replace(site, secrets={"secret": "f" * 16})
    assert BUY.place(wrong, a_wire(), request("1001", cost="9.9")) == Refused("config", "-14", "验签失败")
    assert SHOP.balance(site, a_wire(skew=-3600)) == Refused("request", "-12", "时间戳错误")
    supplier.fault("lost_request", on="create")
    asked = request("1001", cost="9.9")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert (supplier.totals()["orders"], supplier.totals()["balance"]) == (0, "100.0000")
