"""Random carts, random refunds: never more than was paid, per line and in total, and exact in the end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfor.cli import world
from goodfor.delivery import queries as delivery
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Rejected
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.operations.retry_refund import retry_refund
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, open_till, pay, refund_all, relay_all, sql
from goodfor.orders.types import Buyer, LineRequest
from goodfor.payments import queries as payments
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.providers.base import NOT_FOUND
from goodfor.payments.providers.sandbox.adapter import SandboxProvider

pytestmark = pytest.mark.django_db(transaction=True)
LINES = ("kw-50", "kw-100", "xh-month")
REFUND, QUERY = SandboxProvider.refund, SandboxProvider.query_refund

carts = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 3)), min_size=1, max_size=3)
#: What happens, to which line, how much of what is left in thousandths (above: too much), and whether it fails first.
acts = st.lists(
    st.tuples(
        st.sampled_from(["part", "part", "claim", "claim", "too_much", "to_balance", "again"]),
        st.integers(0, 2), st.integers(1, 1_000), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


@dataclass
class Sale:
    """One paid order and what was given back of it, told apart by line where it was a line's."""

    shop: Shop
    order_id: UUID
    now: datetime
    wallet: str
    paid: int
    prices: dict[UUID, int]
    of_line: dict[UUID, int] = field(default_factory=dict)
    asked: int = 0

    @property
    def payment_id(self) -> UUID:
        found = queries.order_view(self.shop.demo.shop_id, self.order_id).payment_id
        assert found is not None
        return found

    def back(self) -> int:
        """What is back or owed, by the payment's own refunds: those that failed were made good by later ones."""
        refunds = payments.refunds_of(self.shop.demo.shop_id, self.payment_id)
        return sum(one.amount.amount_minor for one in refunds if one.state != "failed")

    def check(self) -> None:
        assert 0 <= self.back() <= self.paid
        for line_id, price in self.prices.items():
            assert self.of_line.get(line_id, 0) <= price
        [(captured, refunded)] = sql(
            "SELECT captured_minor, refunded_minor FROM payments_payment WHERE id = %s", [self.payment_id]
        )
        assert (captured, refunded) == (self.paid, self.back())

    def act(self, name: str, line: int, thousandths: int) -> None:
        """One refund, or its refusal, which changes nothing."""
        before = self.back()
        lines = list(self.prices)
        line_id = lines[line % len(lines)]
        left = self.paid - before
        try:
            if name == "part":
                self.part(max(1, left * thousandths // 1_000))
            elif name == "too_much":
                self.part(left + thousandths)
            else:
                self.claim(line_id, thousandths, self.wallet if name == "to_balance" else "")
        except DomainError:
            assert self.back() == before

    def part(self, minor: int) -> None:
        refund_part(
            shop_id=self.shop.demo.shop_id, order_id=self.order_id, amount=Money(minor, "CNY"), reason="part",
            actor="staff:1", now=self.now,
        )  # fmt: skip

    def claim(self, line_id: UUID, thousandths: int, paid_from: str) -> None:
        """For some of the line's codes; what it gives is the line's."""
        held = delivery.masked_codes(self.shop.demo.shop_id, [line_id])
        some = [code.code_id for code in held][: max(1, len(held) * thousandths // 1_000)]
        claim = open_claim(
            shop_id=self.shop.demo.shop_id, order_id=self.order_id, line_id=line_id, reason="invalid", code_ids=some,
            paid_from=paid_from, actor="buyer", now=self.now,
        )  # fmt: skip
        whole = queries.order_view(self.shop.demo.shop_id, self.order_id).state != "delivered"
        if claim.refund is not None and not whole:
            self.of_line[line_id] = self.of_line.get(line_id, 0) + claim.refund.amount_minor

    def settle(self, fails: bool) -> None:
        """The channel's answer; a refusal is asked about again, with a new number, and its case closed."""
        if fails:
            SandboxProvider.refund = lambda *_given: Rejected("window_over")  # type: ignore[method-assign]
            SandboxProvider.query_refund = lambda *_given: Rejected(NOT_FOUND)  # type: ignore[method-assign]
        try:
            refund_all(self.now)
        finally:
            SandboxProvider.refund, SandboxProvider.query_refund = REFUND, QUERY  # type: ignore[method-assign]
        for refund in payments.refunds_of(self.shop.demo.shop_id, self.payment_id) if fails else []:
            if refund.state == "failed":
                self.again(refund.id)
        refund_all(self.now)

    def again(self, refund_id: UUID) -> None:
        try:
            retry_refund(
                shop_id=self.shop.demo.shop_id, order_id=self.order_id, refund_id=refund_id, actor="staff:1",
                now=self.now,
            )  # fmt: skip
        except DomainError:
            return
        for case in payments.cases_of(self.shop.demo.shop_id, self.payment_id):
            if case.state == "open":
                close_case(
                    shop_id=self.shop.demo.shop_id, case_id=case.id, resolution="done", actor="staff:1", now=self.now
                )


def sold(shop: Shop, till: Till, cart: list[tuple[int, int]], wallet: str, now: datetime) -> Sale:
    """The cart at these prices, bought and paid."""
    wanted = dict(zip(LINES, cart, strict=False))
    for code, (price, count) in wanted.items():
        sku_id = shop.demo.skus[code]
        sql("UPDATE catalog_sku SET price_minor = %s, list_price_minor = NULL WHERE id = %s", [price, sku_id])
        world.load_codes(shop.demo.shop_id, sku_id, world.random_codes(count), now, cost_minor=price // 2)
    order = place_order(
        shop_id=shop.demo.shop_id,
        lines=[LineRequest(shop.demo.skus[code], count) for code, (_price, count) in wanted.items()],
        buyer=Buyer(f"guest:{uuid4()}", ip="192.0.2.1"), channel="storefront", now=now,
    )  # fmt: skip
    pay(begin(till, order.order_id, now), now)
    relay_all(now)
    view = queries.order_view(shop.demo.shop_id, order.order_id)
    assert view.state == "delivered"
    prices = {line.line_id: line.unit_price.amount_minor * line.quantity for line in view.lines}
    return Sale(shop, order.order_id, now, wallet, view.total.amount_minor, prices)


def go_on_until_all_is_back(sale: Sale) -> None:
    refund_order(
        shop_id=sale.shop.demo.shop_id, order_id=sale.order_id, reason="rest", actor="staff:1", by_staff=True,
        now=sale.now,
    )  # fmt: skip
    refund_all(sale.now)
    refunds = payments.refunds_of(sale.shop.demo.shop_id, sale.payment_id)
    assert sum(one.amount.amount_minor for one in refunds if one.state == "succeeded") == sale.paid
    assert queries.order_view(sale.shop.demo.shop_id, sale.order_id).state == "refunded"


def story(shop: Shop, till: Till, wallet: str, now: datetime) -> Callable[..., None]:
    def told(cart: list[tuple[int, int]], happens: list[tuple[str, int, int, bool]]) -> None:
        sale = sold(shop, till, cart, wallet, now)
        for name, line, thousandths, fails in happens:
            if queries.order_view(shop.demo.shop_id, sale.order_id).state != "delivered":
                break
            sale.act(name, line, thousandths)
            sale.settle(fails)
            sale.check()
        if queries.order_view(shop.demo.shop_id, sale.order_id).state == "delivered":
            go_on_until_all_is_back(sale)
        sale.check()
        assert sale.back() == sale.paid
        for account in ("2203:order", "2205:refund", "2205:overpay", "1012:channel:sandbox:till:pending"):
            # What went to the balance still lies with the channel.
            rest = ledger.balance(shop.demo.shop_id, account)
            assert rest == (ledger.balance(shop.demo.shop_id, wallet) if account.startswith("1012") else 0)

    return told


def run(shop: Shop, now: datetime, examples: int) -> None:
    till = open_till(shop.demo.shop_id, now)
    wallet = open_wallet(shop_id=shop.demo.shop_id, buyer_id=uuid4(), currency="CNY", now=now)
    told = story(shop, till, wallet, now)
    checked = settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )
    checked(given(cart=carts, happens=acts)(told))()
    assert broken(now) == {}


def test_random_refunds_of_random_carts(shop: Shop, now: datetime) -> None:
    run(shop, now, 25)


@pytest.mark.soak
def test_many_random_refunds_of_random_carts(shop: Shop, now: datetime) -> None:
    run(shop, now, 600)
