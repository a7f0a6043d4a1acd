"""The connector against a site that keeps books of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.kayixin.connector import CONNECTOR
from goodfor.supply.providers.values import (
    Accepted,
    Balance,
    CallProblem,
    CodeNow,
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
    Ticket,
    TicketEvent,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK, AFTER = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook, CONNECTOR.after


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("kayixin", "a", balance="100")
    made.seed(3, cost="9.90", stock=20)
    return made


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.0"), "CNY")
    supplier.seed(120, first=5000, cost="1", step="0.01")
    found: list[Item] = []
    cursor: str | None = None
    while True:
        page = SHOP.page(site, a_wire(), cursor, None)
        assert isinstance(page, ItemPage)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert len({item.id for item in found}) == 123
    supplier.change("1001", detail={"multiple": 2})
    quote = SHOP.quote(site, a_wire(), "1001", "", 3)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total) == (Decimal("19.80"), Decimal("59.40"))
    assert isinstance(SHOP.balance(site, a_wire(skew=3600)), Refused)
    supplier.fault("shrinking", on="list", times=None)
    second = SHOP.page(site, a_wire(), "2", None)
    assert isinstance(second, ItemPage)
    assert second.items[0].id == found[51].id


def test_cards_come_with_the_reply_and_multiples_are_charged(supplier: StandIn) -> None:
    site = site_of(supplier)
    supplier.change("1001", detail={"multiple": 2})
    asked, wire = request("1001", 2, "39.60"), a_wire()
    placed = BUY.place(site, wire, asked)
    assert isinstance(placed, Delivered)
    assert len(placed.codes) == 4
    assert secret_of(placed.codes) == secret_of(supplier.order(asked.number).codes)
    assert not any(code.secret in wire.exchanges[0].reply for code in placed.codes)
    assert supplier.totals()["balance"] == "60.4000"
    less = BUY.place(site, a_wire(), request("1001", 2, "39.59"))
    assert isinstance(less, Refused)
    assert (less.why, less.code) == ("price", "2400")


def test_variants(supplier: StandIn) -> None:
    details = [{"names": [{"title": "档", "value": "季"}], "status": 1, "sku": "Q3", "money": 25.5, "count": 9}]
    supplier.change("1001", detail={"skuType": 1, "goodsSku": {"typeNames": ["档"], "details": details}})
    site = site_of(supplier)
    quote = SHOP.quote(site, a_wire(), "1001", "Q3", 1)
    assert isinstance(quote, Quote)
    assert quote.total == Decimal("25.5")
    assert isinstance(BUY.place(site, a_wire(), request("1001", sku_id="Q3")), Delivered)
    assert isinstance(BUY.place(site, a_wire(), request("1001", sku_id="Q4")), Refused)
    assert supplier.totals()["charged"] == "25.5000"


def test_a_lost_answer_is_doubt_and_the_order_is_found(supplier: StandIn) -> None:
    site, asked = site_of(supplier), request("1001")
    supplier.fault("lost_answer", on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt("connection_lost")
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, len(order.codes)) == ("success", 1)
    supplier.fault("lost_request", on="create")
    asked = request("1001")
    assert isinstance(BUY.place(site, a_wire(), asked), Doubt)
    assert BUY.query(site, a_wire(), ref_of(asked)) == NotFound()
    assert supplier.totals()["orders"] == 1


def test_a_top_up_by_a_call_back(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    form = [{"type": 0, "title": "充值账号", "placeholder": "", "required": 1, "regex": "", "options": []}]
    supplier.seed(1, first=2001, kind="direct", cost="29.70", form=form)
    sandbox.site("kayixin", "a", delay=0.03)
    site = site_of(supplier)
    assert isinstance(BUY.place(site, a_wire(), request("2001")), Refused)
    with hook() as ours:
        asked = request("2001", form={"充值账号": "13800138000"}, notify_url=ours.url)
        assert isinstance(BUY.place(site, a_wire(), asked), Accepted)
        (call,) = ours.wait()
    assert HOOK is not None
    (event,) = HOOK.hear(site, call, a_wire().now).events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert (event.number, event.told.state, event.told.charged) == (asked.number, "success", Decimal("29.7"))


def test_cards_of_a_call_are_encrypted_and_lies_are_found_out(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    assert HOOK is not None
    site = site_of(supplier)
    supplier.fault("forged_push")
    supplier.fault("tampered_push")
    with hook() as ours:
        asked = request("1001", notify_url=ours.url)
        BUY.place(site, a_wire(), asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    for call in calls[:2]:
        with pytest.raises(CallProblem, match="bad_signature"):
            HOOK.hear(site, call, a_wire().now)
    (event,) = HOOK.hear(site, calls[2], a_wire().now).events
    assert isinstance(event, OrderEvent)
    assert event.told is not None
    assert secret_of(event.told.codes) == secret_of(supplier.order(asked.number).codes)


def test_after_the_sale(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    assert AFTER is not None
    assert HOOK is not None
    site, asked = site_of(supplier), request("1001", 2)
    placed = BUY.place(site, a_wire(), asked)
    assert isinstance(placed, Delivered)
    one, two = (code.ref for code in placed.codes)
    assert [code.voidable for code in placed.codes] == [True, True]
    supplier.use(one, at=1_795_000_000)
    assert AFTER.code_state(site, a_wire(), one) == CodeNow("used", datetime.fromtimestamp(1_795_000_000, UTC))
    # Their words are not read where nobody said that they tell the time.
    assert AFTER.code_state(site_of(supplier, used_time=""), a_wire(), one) == "used"
    assert isinstance(AFTER.void(site, a_wire(), one), Refused)
    assert AFTER.void(site, a_wire(), two) == "voided"
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.refunded) == ("refunded", Decimal("9.9"))
    with hook() as ours:
        ticket = AFTER.complain(site, a_wire(), ref_of(asked, placed.ref), "无法使用", (b"x",), ours.url)
        assert isinstance(ticket, Ticket)
        supplier.reply(ticket.ref, "已补发")
        (event,) = HOOK.hear(site, ours.wait()[0], a_wire().now).events
        assert event == TicketEvent(Ticket(ticket.ref, "done", "已补发"), asked.number, placed.ref)
        sandbox.site("kayixin", "a", push_url=ours.url)
        supplier.change("1002", cost="8", tell=True)
        assert HOOK.hear(site, ours.wait(2)[1], a_wire().now).events == (ItemEvent("1002"),)


def test_partial_and_wrong_deliveries(supplier: StandIn) -> None:
    site = site_of(supplier)

    def bought(fault: str, **settings: object) -> Delivered:
        supplier.fault(fault, **settings)
        placed = BUY.place(site, a_wire(), request("1001", 2))
        assert isinstance(placed, Delivered)
        return placed

    assert len(bought("partial", count=1).codes) == 1
    assert supplier.totals()["balance"] == "90.1000"
    assert len(bought("wrong_count", delta=1).codes) == 3
    given = {code.secret for order in supplier.orders() for code in order.codes}
    assert bought("used_code").codes[0].secret in given
    assert bought("dirty_code", how="cr").codes[0].secret.endswith("\r\n")
    assert bought("dirty_code", how="no_number").codes[0].number == ""
    assert supplier.totals()["balanced"]
