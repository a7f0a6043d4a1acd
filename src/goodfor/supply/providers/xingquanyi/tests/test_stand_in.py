"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers import xingquanyi as theirs
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.sandbox.suppliers.work import PICTURE
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
    Quote,
    Refused,
    Stock,
)
from goodfor.supply.providers.xingquanyi.connector import CONNECTOR
from goodfor.supply.providers.xingquanyi.tests.test_vectors import KEY, REQUEST, SIGN
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("xingquanyi", "a", balance="100")
    made.seed(2, cost="9.90", stock=20)
    made.seed(1, first=2001, kind="direct", cost="29.70", form=[{"name": "区服", "type": "select", "options": "一,二"}])
    return made


def test_the_stand_in_signs_by_itself() -> None:
    assert theirs._sign(REQUEST, KEY) == SIGN


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY")
    supplier.change("1002", state="banned", stock=0)
    page = SHOP.page(site, a_wire(), None, None)
    assert isinstance(page, ItemPage)
    assert [(one.id, one.kind, one.state, one.stock.word, one.whole) for one in page.items] == [
        ("1001", "card", "on", "in_stock", True), ("1002", "card", "banned", "out", True),
        ("2001", "direct", "on", "in_stock", False),
    ]  # fmt: skip
    item = SHOP.item(site, a_wire(), "2001")
    assert isinstance(item, Item)
    assert [(one.key, len(one.options)) for one in item.form] == [("recharge_account", 0), ("区服", 2)]
    assert SHOP.quote(site, a_wire(), "1001", "", 3) == Quote(
        Decimal("9.90"), Decimal("29.70"), "CNY", Stock("in_stock"), True
    )
    assert SHOP.item(site, a_wire(), "9999") == Refused("off_sale", "error", "商品已下架")


def test_cards_come_at_once_and_their_call_has_no_proof_of_them(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    for fault in ("forged_push", "tampered_push"):
        supplier.fault(fault)
    with hook() as ours:
        asked = request("1001", 2, "19.80", notify_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    order = supplier.order(asked.number)
    assert isinstance(placed, Delivered)
    assert (placed.ref, placed.cost) == (order.ref, Decimal("19.80"))
    assert secret_of(placed.codes) == secret_of(order.codes)
    told: list[object] = []
    assert HOOK is not None
    for call in calls:
        try:
            told += HOOK.hear(site, call, a_wire().now).events
        except CallProblem as problem:
            told.append(problem.code)
    good = OrderEvent(asked.number, order.ref, Order("success", asked.number, order.ref, word="200"))
    assert told == ["bad_signature", good, good]
    assert BUY.codes(site, a_wire(), ref_of(asked)) == placed.codes
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)


def test_tickets_are_links_or_pictures(supplier: StandIn) -> None:
    site = site_of(supplier)
    supplier.seed(1, first=3001, kind="ticket", cost="1")
    supplier.seed(1, first=3002, kind="image", cost="1")
    link = BUY.place(site, a_wire(), request("3001", cost="1"))
    picture = BUY.place(site, a_wire(), request("3002", cost="1"))
    assert isinstance(link, Delivered)
    assert isinstance(picture, Delivered)
    assert link.codes[0].link.startswith("https://redeem.example/")
    assert picture.codes[0].image[: len(PICTURE)] == PICTURE


def test_a_top_up(supplier: StandIn) -> None:
    site = site_of(supplier)
    asked = request("2001", cost="30", form={"recharge_account": "10001", "区服": "一"})
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert (found.state, found.charged, found.codes) == ("success", Decimal("29.70"), ())
    assert supplier.order(asked.number).form == {"recharge_account": "10001", "区服": "一"}
    bare = BUY.place(site, a_wire(), request("2001", cost="30", form={"recharge_account": "10001"}))
    assert bare == Refused("account", "error", "充值账号格式错误")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("lost_answer", "connection_lost"), ("empty_body", "not_json"), ("duplicate_reply", "duplicate"),
     ("doubt_reply", "server_error")],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, reason: str
) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault(fault, on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    codes = BUY.codes(site, a_wire(), ref_of(asked))
    assert isinstance(codes, tuple)
    assert secret_of(codes) == secret_of(supplier.order(asked.number).codes)
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


def test_what_is_refused_changes_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(quantity: int, cost: str, item: str = "1001") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        return placed.why if isinstance(placed, Refused) else str(placed)

    # The guard is per unit: 19.79 for two is a little too little for each.
    assert (why(1, "9.89"), why(2, "19.79"), why(11, "200"), why(1, "9.90", "9999")) == (
        "price", "price", "balance", "off_sale",
    )  # fmt: skip
    supplier.change("1001", stock=1)
    assert why(2, "100") == "stock"
    supplier.fault("refuse", why="throttled", on="create")
    assert why(1, "9.90") == "throttled"
    wrong = replace(site, secrets={"key": "f" * 32})
    assert BUY.place(wrong, a_wire(), request("1001")) == Refused("config", "invalid_sign", "下单失败")
    assert isinstance(SHOP.balance(site, a_wire(skew=-3600)), Refused)
    supplier.fault("lost_request", on="create")
    asked = request("1001")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert (supplier.totals()["orders"], supplier.totals()["balance"]) == (0, "100.0000")


def test_late_odd_failed_and_refunded_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def states(count: int) -> list[str]:
        asked = request("1001")
        BUY.place(site, a_wire(), asked)
        assert sandbox.wait_quiet()
        found = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(count)]
        return [one.state if isinstance(one, Order) else type(one).__name__ for one in found]

    supplier.fault("deliver", queries=2)
    assert states(2) == ["accepted", "success"]
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert states(2) == ["processing", "success"]
    supplier.fault("fail")
    assert states(1) == ["failed"]
    supplier.fault("refund_after")
    assert states(1) == ["refunded"]


def test_a_product_that_changed(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    with hook() as ours:
        sandbox.site("xingquanyi", "a", push_url=ours.url)
        supplier.change("1001", cost="9.80", tell=True)
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert HOOK is not None
    assert HOOK.hear(site_of(supplier), call, a_wire().now).events == (ItemEvent("1001"),)
