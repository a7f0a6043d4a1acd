"""The connector against an account that keeps books of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.providers.reloadly import tokens
from goodfor.supply.providers.reloadly.connector import CONNECTOR
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
    PlaceRequest,
    Quote,
    Refused,
)
from goodfor.supply.tests.stands import a_wire, hook, ref_of, request, secret_of, site_of

BUY, SHOP, HOOK, AFTER = CONNECTOR.purchase, CONNECTOR.catalogue, CONNECTOR.webhook, CONNECTOR.after


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    tokens._tokens.clear()
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def supplier(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("reloadly", "a", balance="100", delay=0)
    made.seed(3, cost="11.90", face="10", stock=20)
    return made


def wish(quantity: int = 1, **more: Any) -> PlaceRequest:
    return request("1001", quantity, **{"sku_id": "10", "currency": "USD", **more})


def bought(site: Any, asked: PlaceRequest) -> str:
    placed = BUY.place(site, a_wire(), asked)
    assert isinstance(placed, Accepted)
    return placed.ref


def test_balance_and_catalogue(supplier: StandIn) -> None:
    site = site_of(supplier)
    assert SHOP.balance(site, a_wire()) == Balance(Decimal("100.0"), "USD")
    supplier.seed(60, first=5000, cost="1", step="0.01")
    found: list[Item] = []
    cursor: str | None = None
    while True:
        page = SHOP.page(site, a_wire(), cursor, None)
        assert isinstance(page, ItemPage)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    # The first page came twice.
    assert (len({item.id for item in found}), len(found)) == (63, 88)
    supplier.change("1001", detail={"values": {"10": "11.90", "25": "29.75"}})
    quote = SHOP.quote(site, a_wire(), "1001", "25", 2)
    assert isinstance(quote, Quote)
    assert (quote.unit, quote.total) == (Decimal("29.75"), Decimal("59.50"))
    assert SHOP.item(site, a_wire(), "9999") == Refused("off_sale", "404")


def test_buying_and_its_cards(supplier: StandIn) -> None:
    site, asked = site_of(supplier), wish(2)
    ref = bought(site, asked)
    order = BUY.query(site, a_wire(), ref_of(asked, ref))
    assert isinstance(order, Order)
    assert (order.state, order.charged, order.has_codes) == ("success", Decimal("23.8"), True)
    wire = a_wire()
    codes = BUY.codes(site, wire, ref_of(asked, ref))
    assert isinstance(codes, tuple)
    assert secret_of(codes) == secret_of(supplier.order(asked.number).codes)
    assert not any(code.secret in repr(wire.exchanges) for code in codes)
    assert BUY.place(site, a_wire(), asked) == Doubt("http_400")
    assert supplier.totals()["charged"] == "23.8000"


def test_a_lost_answer_is_doubt_and_the_order_is_found_in_the_list(supplier: StandIn) -> None:
    site, asked = site_of(supplier), wish()
    bought(site, wish())
    supplier.fault("lost_answer", on="create")
    assert BUY.place(site, a_wire(), asked) == Doubt("connection_lost")
    order = BUY.query(site, a_wire(), ref_of(asked))
    assert isinstance(order, Order)
    assert (order.state, order.ref) == ("success", supplier.order(asked.number).ref)
    never = wish()
    supplier.fault("lost_request", on="create")
    assert isinstance(BUY.place(site, a_wire(), never), Doubt)
    assert BUY.query(site, a_wire(), ref_of(never)) == NotFound()
    assert supplier.totals()["orders"] == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "refuse", "why": "balance"}, Doubt("http_400")), ({"kind": "html"}, Doubt("http_502")),
        ({"kind": "bad_json"}, Doubt("not_json")), ({"kind": "doubt_reply"}, Doubt("http_500")),
    ],
)  # fmt: skip
def test_what_is_no_answer(fault: dict[str, Any], said: Doubt, supplier: StandIn) -> None:
    supplier.fault(fault.pop("kind"), on="create", **fault)
    assert BUY.place(site_of(supplier), a_wire(), wish()) == said


def test_tokens(supplier: StandIn) -> None:
    site = site_of(supplier)
    bought(site, wish())
    # The token is no longer taken: another one is fetched, and the purchase happens once.
    supplier.fault("refuse", why="signature", on="create")
    bought(site, wish())
    assert supplier.totals()["orders"] == 2
    assert supplier.totals()["calls"]["token: ok"] == 2
    supplier.fault("lost_answer", on="token")
    tokens._tokens.clear()
    assert BUY.place(site, a_wire(), wish()) == Refused("not_sent", "token_unread")
    wrong = site_of(supplier)
    object.__setattr__(wrong, "secrets", {**wrong.secrets, "client_secret": "another-one"})
    assert BUY.place(wrong, a_wire(), wish()) == Refused("config", "token_http_401")


def test_calls_back_and_forged_ones(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    assert HOOK is not None
    site, asked = site_of(supplier), wish()
    supplier.fault("forged_push")
    supplier.fault("tampered_push")
    with hook() as ours:
        sandbox.site("reloadly", "a", push_url=ours.url)
        ref = bought(site, asked)
        calls = ours.wait(3)
        assert sandbox.wait_quiet()
    for call in calls[:2]:
        with pytest.raises(CallProblem, match="bad_signature"):
            HOOK.hear(site, call, a_wire().now)
    assert HOOK.hear(site, calls[2], a_wire().now).events == (OrderEvent(asked.number, ref),)


def test_states(supplier: StandIn, sandbox: SupplierSandbox) -> None:
    sandbox.site("reloadly", "a", delay=60)
    asked = wish()
    ref = bought(site_of(supplier), asked)
    supplier.act(asked.number, "fail")
    for words, state in (("", "processing"), ("FAILED", "failed")):
        order = BUY.query(site_of(supplier, failed_words=words), a_wire(), ref_of(asked, ref))
        assert isinstance(order, Order)
        assert order.state == state
    assert BUY.codes(site_of(supplier), a_wire(), ref_of(asked, ref)) == Doubt("http_404")


def test_the_account_of_a_day(supplier: StandIn) -> None:
    assert AFTER is not None
    asked = wish()
    bought(site_of(supplier), asked)
    made = datetime.fromtimestamp(supplier.order(asked.number).created_ms / 1000, UTC)
    rows = AFTER.statement(site_of(supplier), a_wire(), made.date())
    assert isinstance(rows, tuple)
    assert [(row.number, row.amount) for row in rows] == [(asked.number, Decimal("-11.9"))]
