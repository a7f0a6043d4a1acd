"""A shop that sells, with an issuer that answers; what tests of invoices do in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from goodfor.finance.tests import conftest as of_finance
from goodfor.finance.tests.conftest import Scene
from goodfor.invoices import queries
from goodfor.invoices.operations import request_invoice, run_due_invoices, run_due_looks, set_issuer
from goodfor.invoices.types import InvoiceView, IssuerInput, Title
from goodfor.orders.tests.factories import refund_all, relay_all, sql
from goodfor.orders.types import OrderView
from goodfor.sandbox.invoices.office import DEMO_KEY, DEMO_SECRET
from goodfor.sandbox.invoices.server import RunningOffice, running_office

shop, now, scene = of_finance.shop, of_finance.now, of_finance.scene
SELLER = "91350100M000100Y43"
PERSON = Title("personal", "张三", email="zhang@corp.example")
COMPANY = Title("company", "星河科技有限公司", SELLER)


@pytest.fixture(scope="session")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("invoices")) as running:
        yield running


@dataclass(frozen=True)
class Desk:
    """A scene whose goods are taxed at 13 % and whose invoices the stand-in issues."""

    scene: Scene
    office: RunningOffice

    @property
    def shop_id(self) -> Any:
        return self.scene.shop_id

    @property
    def now(self) -> datetime:
        return self.scene.now

    def buy(self, quantity: int = 2) -> OrderView:
        order = self.scene.buy(quantity)
        self.scene.follow()
        return order

    def ask(self, order: OrderView, title: Title = PERSON) -> list[InvoiceView]:
        return request_invoice(shop_id=self.shop_id, order_id=order.id, title=title, actor="buyer", now=self.now)

    def run(self, after: int = 0) -> int:
        """The issuing loop, `after` seconds later."""
        return run_due_invoices(now=self.now + timedelta(seconds=after))

    def back(self, order: OrderView, minor: int, after: int = 0) -> None:
        """A part of the price goes back; everybody has heard of it, and the red letter is written down."""
        self.scene.part(order, minor)
        self.heard(after)

    def heard(self, after: int = 0) -> None:
        self.scene.follow()
        from_now = self.now + timedelta(seconds=after)
        of_finance_refunds(from_now)
        run_due_looks(now=from_now)

    def of(self, order: OrderView) -> list[InvoiceView]:
        return queries.of_order(self.shop_id, order.id)

    def states(self, order: OrderView) -> list[tuple[str, str]]:
        return [(one.kind, one.state) for one in self.of(order)]

    def written(self, order: OrderView) -> list[dict[str, Any]]:
        """What the office has of an order."""
        rows = self.office.office.books.listed()["invoices"]
        return [row for row in rows if str(row["number"]).startswith(f"{order.number}-")]

    def calls(self, number: str, endpoint: str) -> int:
        """How many calls of a kind reached the office's work; of issuing all."""
        rows = self.office.office.books.listed()["calls"]
        return sum(row["endpoint"] == endpoint and row["number"] in (number, "invoices") for row in rows)

    def fault(self, kind: str, **more: Any) -> None:
        self.office.office.faults.add({"kind": kind, **more})

    def faults(self) -> dict[str, Any]:
        return self.scene.faults()


def of_finance_refunds(now: datetime) -> None:
    """Refunds are sent, and all events told."""
    refund_all(now)
    relay_all(now)


def offer_invoices(shop_id: Any) -> None:
    sql("UPDATE identity_shop SET settings = settings || '{\"invoices\": true}' WHERE id = %s RETURNING 1", [shop_id])


@pytest.fixture
def desk(scene: Scene, _office: RunningOffice) -> Desk:
    scene.taxed(1300)
    offer_invoices(scene.shop_id)
    _office.office.faults.reset()
    says = IssuerInput("gateway", "好物商贸有限公司", SELLER, _office.url, DEMO_KEY, DEMO_SECRET)
    set_issuer(shop_id=scene.shop_id, says=says, actor="staff:1", now=scene.now)
    return Desk(scene, _office)
