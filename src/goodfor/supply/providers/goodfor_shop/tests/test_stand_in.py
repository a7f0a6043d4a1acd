"""The connector against a shop that keeps books of its own and verifies signatures by itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from goodfor.sandbox.suppliers.goodfor_shop.shapes import PRODUCT, SKU, id_of
from goodfor.sandbox.suppliers.goodfor_shop.signature import verify
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.sandbox.suppliers.types import Refused as Wrong
from goodfor.sandbox.web import Request
from goodfor.supply.providers.goodfor_shop import signing
from goodfor.supply.providers.goodfor_shop.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    Delivered,
    Doubt,
    Item,
    ItemPage,
    NotFound,
    Order,
    PlaceRequest,
    Quote,
    Refused,
    Stock,
)
from goodfor.supply.tests.stands import a_wire, ref_of, request, secret_of, site_of

BUY, SHOP, AFTER = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.after
ITEM, ONE = id_of(PRODUCT, 1001), id_of(SKU, 1001)


def wish(quantity: int = 1, cost: str = "100", item: int = 1001) -> PlaceRequest:
    return request(id_of(PRODUCT, item), quantity, cost, sku_id=id_of(SKU, item))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("goodfor_shop", "a", balance="100")
    made.own_port()
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.00"), "CNY")
    supplier.change("1002", state="paused")
    supplier.seed(60, first=2001, kind="direct", cost="29.70")
    first = SHOP.page(site, a_wire(), None, None)
    assert isinstance(first, ItemPage)
    assert [(one.id, one.cost, one.stock) for one in first.items[:2]] == [
        (ITEM, Decimal("9.90"), Stock("exact", 20)), (id_of(PRODUCT, 1003), Decimal("9.90"), Stock("exact", 20)),
    ]  # fmt: skip
    rest = SHOP.page(site, a_wire(), first.cursor, None)
    assert isinstance(rest, ItemPage)
    assert (len(first.items), len(rest.items), rest.cursor) == (50, 12, None)
    item = SHOP.item(site, a_wire(), ITEM)
    assert isinstance(item, Item)
    assert [(one.id, one.cost, one.on_sale) for one in item.skus] == [(ONE, Decimal("9.90"), True)]
    assert SHOP.quote(site, a_wire(), ITEM, ONE, 2) == Quote(
        Decimal("9.90"), Decimal("19.80"), "CNY", Stock("exact", 20), True
    )
    assert SHOP.item(site, a_wire(), id_of(PRODUCT, 9)) == Refused("off_sale", "product_unknown", "商品不存在")


def test_every_request_is_signed_and_looked_at(supplier: StandIn) -> None:
    site = site_of(supplier)
    unsigned = replace(site, secrets={"api_key": site.secrets["api_key"]})
    other = replace(site, secrets={**site.secrets, "signing_secret": "A" * 43})
    nobody = replace(site, secrets={**site.secrets, "api_key": site.secrets["api_key"][:-1] + "x"})
    for wrong, code in ((unsigned, "invalid_signature"), (other, "invalid_signature"), (nobody, "invalid_api_key")):
        for told in (SHOP.balance(wrong, a_wire()), BUY.place(wrong, a_wire(), wish())):
            assert isinstance(told, Refused)
            assert (told.why, told.code) == ("config", code)
    late = SHOP.balance(site, a_wire(skew=-3600))
    assert isinstance(late, Refused)
    assert late.code == "signature_expired"
    assert supplier.totals()["orders"] == 0


def test_the_signature_covers_all_that_matters() -> None:
    def made(**over: object) -> Request:
        url, body = "http://127.0.0.1:1/api/v1/orders?a=b", b"{}"
        headers = signing.headers_of(
            "POST", url, body, "k1", created=1_000, key_id="abcd", nonce="n" * 24, secret=b"s" * 32
        )
        headers |= {"Host": "127.0.0.1:1", "Idempotency-Key": "k1"}
        good = Request("POST", "/orders", {}, {}, body, headers, "/api/v1/orders?a=b")
        return replace(good, **over)  # type: ignore[arg-type]

    def judge(one: Request, secret: bytes = b"s" * 32, now: int = 1_000_000) -> str:
        try:
            verify(one, "abcd", secret, now)
        except Wrong as no:
            return no.why
        return "good"

    headers = dict(made().headers)
    assert judge(made()) == "good"
    assert [judge(made(), now=1_000_000 + later) for later in (300_000, 301_000, -30_000, -31_000)] == [
        "good", "clock", "good", "clock",
    ]  # fmt: skip
    for wrong in (
        made(body=b"{ }"), made(method="PUT"), made(target="/api/v1/orders?a=c"), made(headers={}),
        made(headers=headers | {"Idempotency-Key": "k2"}), made(headers=headers | {"Host": "127.0.0.1:2"}),
        made(headers=headers | {"Content-Digest": "sha-256=:x:"}),
        made(headers=headers | {"Signature-Input": headers["Signature-Input"].replace('"@method" ', "")}),
    ):  # fmt: skip
        assert judge(wrong) == "signature"
    assert judge(made(), secret=b"t" * 32) == "signature"


def test_codes_come_at_once_and_a_repeat_is_the_same_order(supplier: StandIn) -> None:
    site, asked = site_of(supplier), wish(2, "19.80")
    placed = BUY.place(site, a_wire(), asked)
    order = supplier.order(asked.number)
    assert isinstance(placed, Delivered)
    assert (placed.ref, placed.cost) == (order.ref, Decimal("19.80"))
    assert secret_of(placed.codes) == secret_of(order.codes)
    assert BUY.place(site, a_wire(), asked) == placed
    assert BUY.place(site, a_wire(), replace(asked, quantity=1)) == Doubt("duplicate")
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert found == BUY.query(site, a_wire(), ref_of(asked, placed.ref))
    assert (found.state, found.charged) == ("success", Decimal("19.80"))
    assert BUY.codes(site, a_wire(), ref_of(asked)) == placed.codes
    totals = supplier.totals()
    assert (totals["orders"], totals["balance"], totals["balanced"]) == (1, "80.2000", True)


def test_what_nobody_saw_is_paid_back(supplier: StandIn) -> None:
    site, seen, unseen = site_of(supplier), wish(1, "9.90"), wish(2, "19.80")
    first = BUY.place(site, a_wire(), seen)
    assert isinstance(first, Delivered)
    supplier.fault("lost_answer", on="codes")
    second = BUY.place(site, a_wire(), unseen)
    assert isinstance(second, Accepted)
    no = BUY.cancel(site, a_wire(), ref_of(seen, first.ref), "late")
    assert isinstance(no, Refused)
    assert no.code == "codes_revealed"
    # The codes were shown, only the answer was lost.
    assert isinstance(BUY.cancel(site, a_wire(), ref_of(unseen, second.ref), "late"), Refused)
    third = wish(1, "9.90")
    supplier.fault("lost_request", on="codes")
    got = BUY.place(site, a_wire(), third)
    assert isinstance(got, Accepted)
    for _ in range(2):
        assert BUY.cancel(site, a_wire(), ref_of(third, got.ref), "late") == Accepted(got.ref)
    back = BUY.query(site, a_wire(), ref_of(third, got.ref))
    assert isinstance(back, Order)
    assert (back.state, back.refunded) == ("refunded", Decimal("9.90"))
    assert AFTER is not None
    rows = AFTER.statement(site, a_wire(), datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date())
    assert not isinstance(rows, Refused | Doubt)
    assert sorted((row.amount, row.number) for row in rows if row.number) == sorted([
        (Decimal("-9.90"), seen.number), (Decimal("-19.80"), unseen.number), (Decimal("-9.90"), third.number),
        (Decimal("9.90"), third.number),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("lost_answer", "connection_lost"), ("empty_body", "not_json"), ("html", "http_502"),
     ("duplicate_reply", "duplicate"), ("doubt_reply", "http_500")],
)  # fmt: skip
def test_an_answer_that_is_lost_after_the_work_is_doubt_and_one_purchase(
    supplier: StandIn, fault: str, reason: str
) -> None:
    site, asked = site_of(supplier), wish()
    more = {"work": "after"} if fault == "html" else {}
    supplier.fault(fault, on="create", **more)
    assert BUY.place(site, a_wire(), asked) == Doubt(reason)
    found = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(found, Order)
    assert found.state == "success"
    again = BUY.place(site, a_wire(), asked)
    assert isinstance(again, Delivered)
    assert secret_of(again.codes) == secret_of(supplier.order(asked.number).codes)
    assert supplier.totals()["orders"] == 1


def test_what_is_refused_changes_nothing(supplier: StandIn) -> None:
    site = site_of(supplier)
    supplier.seed(1, first=2001, kind="direct", cost="1")

    def why(asked: PlaceRequest) -> tuple[str, str]:
        placed = BUY.place(site, a_wire(), asked)
        assert isinstance(placed, Refused), placed
        return placed.why, placed.code

    assert why(wish(cost="9.89")) == ("price", "total_above_limit")
    assert why(wish(11, "200")) == ("balance", "insufficient_funds")
    assert why(wish(item=9)) == ("off_sale", "sku_unknown")
    assert why(wish(item=2001)) == ("request", "invalid_order")
    supplier.change("1001", stock=1)
    assert why(wish(2)) == ("stock", "out_of_stock")
    supplier.change("1001", state="paused")
    assert why(wish()) == ("off_sale", "not_on_sale")
    supplier.fault("refuse", why="throttled", on="create")
    assert why(wish(item=1003)) == ("throttled", "rate_limited")
    asked = wish(item=1003)
    supplier.fault("lost_request", on="create")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert (supplier.totals()["orders"], supplier.totals()["balance"]) == (0, "100.0000")


def test_late_odd_hidden_and_failed_orders(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    site = site_of(supplier)

    def states(count: int) -> list[str]:
        asked = wish()
        BUY.place(site, a_wire(), asked)
        assert sandbox.wait_quiet()
        found = [BUY.query(site, a_wire(), ref_of(asked)) for _ in range(count)]
        return [one.state if isinstance(one, Order) else type(one).__name__ for one in found]

    supplier.fault("deliver", queries=2)
    assert states(2) == ["processing", "success"]
    supplier.fault("odd_word")
    supplier.fault("deliver", queries=2)
    assert states(2) == ["processing", "success"]
    supplier.fault("deliver", queries=9)
    supplier.fault("not_found", queries=1)
    assert states(2) == ["NotFound", "processing"]
    supplier.fault("fail")
    assert states(1) == ["refunded"]
