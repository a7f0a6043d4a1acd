"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.kakayun.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    Category,
    Doubt,
    Item,
    ItemEvent,
    ItemPage,
    NotFound,
    Order,
    OrderEvent,
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
    made = sandbox.site("kakayun", "a", balance="100", credit="5", delay=0)
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY", Decimal("5.00"))
    assert SHOP.categories(site, a_wire()) == [Category("1", "数字商品"), Category("2", "视频会员", "1")]
    supplier.seed(120, first=5000, cost="1", step="0.01")
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
    assert len({item.id for item in found}) == 122
    assert {item.id: item.state for item in found}["1002"] == "paused"
    assert SHOP.item(site, a_wire(), "1003") == Refused("off_sale", "1206", "商品不存在或已下架")
    whole = SHOP.item(site, a_wire(), "1001")
    assert isinstance(whole, Item)
    assert (whole.whole, whole.cost, whole.least, whole.most, whole.form) == (True, Decimal("9.90"), 1, 100, ())
    quote = SHOP.quote(site, a_wire(), "1001", "", 2)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total, quote.stock.count) == (Decimal("9.90"), Decimal("19.80"), 20)


def test_another_key_and_another_time_are_refused(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire(skew=-400)) == Refused("config", "403", "时间戳已过期")
    site.secrets["key"] = "another-key-0001"  # type: ignore[index]
    assert SHOP.balance(site, a_wire()) == Refused("config", "401", "签名错误")
    assert BUY.place(site, a_wire(), request("1001")) == Refused("config", "401", "签名错误")
    assert supplier.totals()["orders"] == 0


def test_a_purchase_and_its_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    with hook() as ours:
        asked = request("1001", 2, "19.80", notify_url=ours.url)
        placed = BUY.place(site, a_wire(), asked)
        (call,) = ours.wait()
        assert sandbox.wait_quiet()
    assert isinstance(placed, Accepted)
    assert placed.ref
    assert HOOK is not None
    (event,) = HOOK.hear(site, call, a_wire().now).events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    books = supplier.order(asked.number)
    # All of a call is signed, cards as well.
    assert (event.number, event.told.state, secret_of(event.told.codes)) == (
        asked.number,
        "success",
        secret_of(books.codes),
    )
    wire = a_wire()
    order = BUY.query(site, wire, ref_of(asked, placed.ref))
    assert isinstance(order, Order)
    assert (order.ref, order.charged, len(order.codes)) == (placed.ref, Decimal("19.80"), 2)
    assert secret_of(order.codes) == secret_of(books.codes)
    assert not any(code.secret in wire.exchanges[0].reply for code in order.codes)
    totals = supplier.totals()
    assert (totals["balance"], totals["balanced"], totals["codes"]) == ("80.2000", True, 2)
    assert totals["pushes"] == {"heard": 1}


@pytest.mark.parametrize(
    ("fault", "settings", "reason"),
    [
        ("lost_answer", {}, "connection_lost"), ("html", {"work": "after"}, "http_502"), ("empty_body", {}, "not_json"),
        ("bad_json", {}, "not_json"), ("duplicate_reply", {}, "duplicate"), ("doubt_reply", {}, "system_error"),
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
    assert order.state == "success"
    assert BUY.place(site, a_wire(), asked) == Doubt("duplicate")
    assert supplier.totals()["orders"] == 1


def test_an_answer_that_is_lost_before_the_work_is_doubt_and_not_found(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("lost_request")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert supplier.totals()["orders"] == 0


def test_a_no_is_a_no_and_costs_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)

    def why(item: str, quantity: int = 1, cost: str = "1000") -> str:
        placed = BUY.place(site, a_wire(), request(item, quantity, cost))
        assert isinstance(placed, Refused)
        return placed.why

    # The guard is for all of it.
    assert why("1001", 2, "19.79") == "price"
    assert why("1001", 11) == "balance"
    supplier.change("1001", stock=1)
    assert why("1001", 2) == "stock"
    supplier.change("1002", state="paused")
    assert why("1002") == why("9999") == "off_sale"
    supplier.seed(1, first=7001, kind="direct")
    assert why("7001") == "account"
    for word, ours in (("throttled", "throttled"), ("config", "config"), ("failed", "failed")):
        supplier.fault("refuse", why=word, on="create")
        assert why("1003") == ours
    assert supplier.totals()["balance"] == "100.0000"


def test_a_top_up(supplier: StandIn) -> None:
    site = site_of(supplier)
    supplier.seed(1, first=7001, kind="direct", cost="5")
    whole = SHOP.item(site, a_wire(), "7001")
    assert isinstance(whole, Item)
    assert (whole.kind, [one.key for one in whole.form]) == ("direct", ["1"])
    asked = request("7001", form={"1": "13800138000"})
    supplier.fault("deliver", queries=2)
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    states = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(2)]
    assert [one.state for one in states if isinstance(one, Order)] == ["accepted", "success"]
    assert supplier.order(asked.number).form == {"1": "13800138000"}


def test_late_failed_and_odd_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    states = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(2)]
    assert [one.state for one in states if isinstance(one, Order)] == ["processing", "success"]
    supplier.fault("fail")
    asked = request("1001")
    BUY.place(site, a_wire(), asked)
    assert sandbox.wait_quiet()
    failed = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(failed, Order)
    assert (failed.state, failed.refunded) == ("failed", Decimal("9.90"))


@pytest.mark.parametrize("how", ["cr", "colon", "picture", "link", "no_number", "spaces"])
def test_dirty_codes(supplier: StandIn, how: str) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("dirty_code", how=how)
    BUY.place(site, a_wire(), asked)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    (code,) = order.codes
    assert bool(code.image) is (how == "picture")
    assert bool(code.link) is (how == "link")
    assert bool(code.number) is (how in ("cr", "colon", "spaces"))
    assert not any(sign in code.number + code.secret for sign in "\r\n：\ufeff\u200b")


def test_money_back_after_success(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site, asked = site_of(supplier), request("1001", 2)
    supplier.fault("refund_after", part=0.5, tell=0)
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    assert sandbox.wait_quiet()
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.charged, order.refunded) == ("success", Decimal("19.80"), Decimal("9.90"))
    supplier.act(asked.number, "refund")
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.refunded) == ("refunded", Decimal("19.80"))


def test_calls_that_lie(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)
    assert HOOK is not None
    for fault in ("forged_push", "tampered_push", "doubled_push", "reordered_push"):
        supplier.fault(fault)
    with hook() as ours:
        BUY.place(site, a_wire(), request("1001", notify_url=ours.url))
        calls = ours.wait(5)
        assert sandbox.wait_quiet()
    told, keys = [], []
    for call in calls:
        try:
            heard = HOOK.hear(site, call, a_wire().now)
        except CallProblem as problem:
            told.append(problem.code)
            continue
        (event,) = heard.events
        assert isinstance(event, OrderEvent)
        assert event.told is not None
        told.append(event.told.state)
        keys.append(heard.key)
    # They are sent side by side: which comes first is chance.
    assert sorted(told) == ["bad_signature", "bad_signature", "processing", "success", "success"]
    assert len(set(keys)) == 2


def test_items_are_told_where_it_was_asked_for(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert HOOK is not None
    with hook() as ours:
        assert HOOK.subscribe(site, a_wire(), ["1001", "1002"], ours.url) is None
        wire = a_wire()
        assert HOOK.subscribe(site, wire, ["1001"], ours.url) is None
        # The address is known by now.
        assert [urlsplit(one.url).path.rpartition("/")[2] for one in wire.exchanges] == ["geturl", "subscribe"]
        supplier.change("1001", cost="9.50", tell=True)
        (call,) = ours.wait()
    assert HOOK.hear(site, call, a_wire().now).events == (ItemEvent("1001"),)
    assert HOOK.subscribe(site, a_wire(), ["9999"], "https://hub.example.com/cb") == Refused(
        "off_sale", "1206", "商品不存在或已下架"
    )
    assert HOOK.unsubscribe(site, a_wire(), ["1001"]) is None


def test_an_order_is_taken_back(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("never")
    assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
    assert isinstance(BUY.cancel(site, a_wire(), ref_of(asked), ""), Accepted)
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.refunded) == ("failed", Decimal("9.90"))
    assert BUY.cancel(site, a_wire(), ref_of(asked), "") == Refused("request", "0", "订单不可取消")
    assert supplier.totals()["balance"] == "100.0000"
