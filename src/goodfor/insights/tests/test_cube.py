"""The cube is the books: whatever is sold and given back, however the batches fall, a slow recount finds the same."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.insights import queries
from goodfor.insights.models import Cohort, OrderFact
from goodfor.insights.operations.rebuild_cube import rebuild_cube
from goodfor.insights.operations.roll_cube import roll_cube
from goodfor.insights.tests.conftest import Market, roll_all
from goodfor.insights.tests.recount import cube, folded, measure_of, recount
from goodfor.insights.types import MEASURES, Figures
from goodfor.kernel import invariants
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import queries as ledger
from goodfor.ledger.chart import CHART
from goodfor.ledger.operations import post
from goodfor.ledger.shares import allocate
from goodfor.ledger.types import Entry, Line
from goodfor.orders.operations import buy_with_balance, place_order, refund_order, refund_part
from goodfor.orders.tests.factories import begin, buy, pay, place, refund_all, sql
from goodfor.orders.types import Buyer, LineRequest, OrderView
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want

pytestmark = pytest.mark.django_db(transaction=True)


def wrong(now: datetime) -> set[str]:
    """The truths of this room that do not hold."""
    return {r.invariant.name for r in invariants.run_all(now) if not r.ok and r.invariant.name.startswith("insights_")}


class Trade:
    """Random acts of a shop, by a seed."""

    def __init__(self, market: Market, now: datetime, seed: int) -> None:
        self.market, self.now, self.luck = market, now, random.Random(seed)
        self.orders: list[tuple[UUID, list[UUID]]] = []

    def act(self) -> None:
        """One of them; a refusal is as good as an act."""
        acts = [self.by_balance, self.by_channel, self.part, self.part, self.whole, self.fee, self.tax, self.alone]
        with suppress(DomainError):
            self.luck.choice(acts)()

    def _lines(self) -> list[LineRequest]:
        skus = self.luck.sample([self.market.first, self.market.second], self.luck.randint(1, 2))
        return [LineRequest(sku, self.luck.randint(1, 3)) for sku in skus]

    def by_balance(self) -> None:
        demo = self.market.shop.demo
        made = buy_with_balance(
            shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, currency="CNY",
            lines=self._lines(), external_ref=None, now=self.now,
        )  # fmt: skip
        self.orders.append((made.id, [line.line_id for line in made.lines]))

    def by_channel(self) -> None:
        buyer = Buyer(f"guest:{self.luck.randint(1, 4)}", ip=f"192.0.2.{len(self.orders) % 250}")
        placed = place_order(
            shop_id=self.market.shop_id, lines=self._lines(), buyer=buyer, channel="storefront", now=self.now
        )
        if self.luck.random() < 0.8:
            pay(begin(self.market.till, placed.order_id, self.now, self.luck.choice(["alipay", "wxpay"])), self.now)
            lines = sql("SELECT id FROM orders_line WHERE order_id = %s ORDER BY position", [placed.order_id])
            self.orders.append((placed.order_id, [line for (line,) in lines]))

    def part(self) -> None:
        order_id, _lines = self.luck.choice(self.orders)
        amount = Money(self.luck.choice([1, 3, 101, 997]), "CNY")
        refund_part(
            shop_id=self.market.shop_id, order_id=order_id, amount=amount, reason="r", actor="staff:1", now=self.now
        )
        refund_all(self.now)

    def whole(self) -> None:
        order_id, _lines = self.luck.choice(self.orders)
        refund_order(
            shop_id=self.market.shop_id, order_id=order_id, reason="r", actor="staff:1", by_staff=True, now=self.now
        )
        refund_all(self.now)

    def fee(self) -> None:
        order_id, lines = self.luck.choice(self.orders)
        line = self.luck.choice([None, *lines])
        self._post("fee", "6603:channelfee:alipay", self.luck.choice([-5, 1, 7, 100]), order_id, line, None)

    def tax(self) -> None:
        order_id, _lines = self.luck.choice(self.orders)
        sku = self.luck.choice([None, self.market.first, self.market.second])
        self._post(
            "vat", "5001:sales:codes", self.luck.choice([-11, 13]), order_id, None, sku, days=self.luck.choice([0, 40])
        )

    def alone(self) -> None:
        self._post("fee", "6603:channelfee:wechat", 9, None, None, self.luck.choice([None, self.market.first]))

    def _post(
        self,
        kind: str,
        account: str,
        amount: int,
        order: UUID | None,
        line: UUID | None,
        sku: UUID | None,
        days: int = 0,
    ) -> None:
        lines = (Line(account, amount, order, line, sku), Line("1002:bank:manual", -amount))
        at = self.now - timedelta(days=days)
        entry = Entry(f"x:{uuid4()}", kind, lines, at)
        post(shop_id=self.market.shop_id, currency="CNY", entries=[entry], now=self.now)


@pytest.mark.parametrize("seed", range(3))
def test_a_recount_of_random_trade_finds_the_same(market: Market, now: datetime, seed: int) -> None:
    trade = Trade(market, now, seed)
    trade.by_balance()
    trade.by_channel()
    for _ in range(30):
        trade.act()
        if trade.luck.random() < 0.4:
            roll_all(now, batch=trade.luck.randint(0, 5))
    roll_all(now)

    counted = recount()
    assert cube() == counted
    assert cube("m") == folded(counted, "m")
    assert cube("t") == folded(counted, "t")
    assert any(one.get("sales_back_minor") for one in counted.values())
    assert wrong(now) == set()

    # Summed up anew in one go: no batch border can be seen.
    rebuild_cube()
    assert cube() == {}
    roll_all(now)
    assert cube() == counted
    assert wrong(now) == set()


def test_all_figures_are_the_income_statement(market: Market, now: datetime) -> None:
    trade = Trade(market, now, 11)
    trade.by_balance()
    for _ in range(12):
        trade.act()
    roll_all(now)
    asked = market.ask(now, 60)
    figures = queries.totals(market.shop_id, asked)
    books = [row for row in ledger.trial_balance(market.shop_id) if row.type in ("income", "expense")]
    assert figures.profit_minor == sum(row.credit_minor - row.debit_minor for row in books) != 0
    assert figures.gmv_minor == sum(
        -amount for (amount,) in sql(
            "SELECT p.amount_minor FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id JOIN ledger_tx t"
            " ON t.id = p.tx_id WHERE a.code = '2203:order' AND t.kind = 'payment'"
        )
    )  # fmt: skip
    [(orders,)] = sql("SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL")
    assert figures.paid_orders == orders == OrderFact.objects.filter(shop_id=market.shop_id).count()


def test_a_whole_refund_leaves_nothing_of_any_sku(market: Market, now: datetime) -> None:
    demo = market.shop.demo
    made = buy_with_balance(
        shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, currency="CNY",
        lines=[LineRequest(market.first, 1), LineRequest(market.second, 2)], external_ref=None, now=now,
    )  # fmt: skip
    for amount in (1, 1, 3, 101):
        refund_part(
            shop_id=demo.shop_id, order_id=made.id, amount=Money(amount, "CNY"), reason="r", actor="staff:1", now=now
        )
        refund_all(now)
        roll_all(now, batch=0)
    refund_order(shop_id=demo.shop_id, order_id=made.id, reason="r", actor="staff:1", by_staff=True, now=now)
    roll_all(now)
    found = {one.key: one.figures for one in queries.slices(demo.shop_id, market.ask(now), "sku")}
    assert set(found) == {str(market.first), str(market.second)}
    for line in made.lines:
        figures = found[str(line.sku_id)]
        assert figures.sales_minor == figures.sales_back_minor == line.unit_price.amount_minor * line.quantity
        assert figures.lines == 1
    assert [found[str(line.sku_id)].orders for line in made.lines] == [1, 0]


def test_nothing_is_added_twice_or_passed_over(market: Market, now: datetime) -> None:
    buy(market.shop, now)
    roll_all(now)
    before = cube()
    roll_all(now)
    assert cube() == before
    # A transaction that is still open is waited for, and what comes after it as well.
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
            buy(market.shop, now)
            roll_cube(now=now)
            assert cube() == before
            cursor.execute("COMMIT")
    finally:
        other.close()
    roll_all(now)
    assert cube() == recount() != before


def test_what_suppliers_filled_is_theirs(market: Market, now: datetime) -> None:
    made = buy(market.shop, now, 5)
    line = made.lines[0]
    suppliers = [bought(market, made, got, part, now) for part, got in enumerate((1, 2))]
    roll_all(now)
    refund_part(
        shop_id=market.shop_id, order_id=made.id, amount=Money(100, "CNY"), reason="r", actor="staff:1", now=now
    )
    roll_all(now)
    price = line.unit_price.amount_minor
    found = {one.key: one for one in queries.slices(market.shop_id, market.ask(now), "supplier")}
    by_supplier = {key: one.figures for key, one in found.items()}
    assert [by_supplier[str(one)].sales_minor for one in suppliers] == [price, 2 * price]
    assert [by_supplier[str(one)].units for one in suppliers] == [1, 2]
    assert sum(one.units for one in by_supplier.values()) == 5
    assert sum(one.sales_back_minor for one in by_supplier.values()) == 100
    assert by_supplier[str(suppliers[1])].sales_back_minor == 40
    assert sum(one.lines for one in by_supplier.values()) == 1
    assert found[str(suppliers[0])].name == "供货 1"
    # Frozen: what is bought later in the place of bad ones moves no figure of the past.
    bought(market, made, 2, 2, now)
    kept = cube_by_supplier()
    rebuild_cube()
    roll_all(now)
    assert cube_by_supplier() == kept
    assert wrong(now) == set()


def test_what_the_books_say_of_a_supplier_is_its_own(market: Market, now: datetime) -> None:
    made = buy(market.shop, now, 2)
    supplier = bought(market, made, 1, 0, now)
    other, campaign = uuid4(), uuid4()
    lines = (
        Line("6711:compensation", 70, made.id, supplier_id=other, campaign_id=campaign),
        Line("6603:channelfee:x", 30, made.id, made.lines[0].line_id, made.lines[0].sku_id, supplier_id=supplier),
        Line("1002:bank:manual", -100),
    )  # fmt: skip
    post(shop_id=market.shop_id, currency="CNY", entries=[Entry("x:1", "test", lines, now)], now=now)
    roll_all(now)
    found = {one.key: one.figures for one in queries.slices(market.shop_id, market.ask(now), "supplier")}
    assert (found[str(other)].compensation_minor, found[str(supplier)].fee_minor) == (70, 30)
    assert sum(one.compensation_minor for one in found.values()) == 70
    by_campaign = {one.key: one.figures for one in queries.slices(market.shop_id, market.ask(now), "campaign")}
    assert by_campaign[str(campaign)].compensation_minor == 70
    assert wrong(now) == set()


def bought(market: Market, order: OrderView, got: int, part: int, now: datetime) -> UUID:
    """So many units of the order's first line came from a new supplier; its id."""
    line = order.lines[0]
    supplier = Supplier.objects.create(
        shop_id=market.shop_id, code=f"s{got}{part}", name=f"供货 {got}", protocol="kayixin", currency="CNY",
        hook=uuid4().hex, created_at=now,
    )  # fmt: skip
    want = Want.objects.create(
        shop_id=market.shop_id, order_id=order.id, line_id=line.line_id, part=part, sku_id=line.sku_id, kind="code",
        quantity=got, delivered=0, price_minor=1, currency="CNY", channel="api", state="open", deadline_at=now,
        created_at=now,
    )  # fmt: skip
    Attempt.objects.create(
        shop_id=market.shop_id, want=want, supplier_id=supplier.id, item_ref=uuid4(), number=f"G{uuid4().hex[:16]}",
        item_id="1", quantity=got, max_cost=8, currency="CNY", state="delivered", ref="R1", got=got, sent_at=now,
        ended_at=now,
    )  # fmt: skip
    return supplier.id


def cube_by_supplier() -> list[tuple[object, ...]]:
    return sql(
        "SELECT supplier_id, sum(sales_minor), sum(sales_back_minor), sum(cost_minor), sum(units) FROM insights_cube"
        " WHERE grain = 'd' GROUP BY 1 ORDER BY 1"
    )


def test_buyers_who_come_back(market: Market, now: datetime) -> None:
    for ref, days in (("guest:a", 40), ("guest:a", 40), ("guest:b", 40), ("guest:a", 0), ("guest:c", 0)):
        made = place(market.shop, now, ref=ref)
        pay(begin(market.till, made.order_id, now), now)
        at = now - timedelta(days=days)
        sql("UPDATE orders_order SET placed_at = %s, paid_at = %s WHERE id = %s", [at, at, made.order_id])
        roll_all(now)
    old, new = sorted(queries.cohorts(market.shop_id, "CNY", today=market.ask(now).last), key=lambda row: row.cohort)
    assert (old.buyers, old.kept[0], old.orders[0]) == (2, 2, 3)
    assert (old.kept[-1], old.orders[-1]) == (1, 1)
    assert (new.buyers, new.kept) == (1, (1,))
    assert queries.retention(old)[-1] == 0.5
    segments = {one.key: one.figures.paid_orders for one in queries.slices(market.shop_id, market.ask(now), "segment")}
    assert segments == {"new": 3, "returning": 2}
    # Who is erased from an order stays counted.
    sql("UPDATE orders_order SET buyer_ref = NULL")
    roll_all(now)
    assert Cohort.objects.filter(shop_id=market.shop_id).count() == 3
    assert wrong(now) == set()


def test_another_shop_sees_nothing(market: Market, now: datetime) -> None:
    buy(market.shop, now)
    roll_all(now)
    assert queries.totals(uuid4(), market.ask(now)) == Figures()
    assert queries.slices(uuid4(), market.ask(now), "sku") == []
    assert queries.cohorts(uuid4(), "CNY", today=market.ask(now).last) == []


@pytest.mark.django_db(transaction=False)
def test_every_account_of_the_income_statement_has_its_figure() -> None:
    for line in CHART:
        code = line.pattern.replace("{", "").replace("}", "")
        for kind in ("delivery", "refund", "refund.reversed", "payment", "anything"):
            found = sql("SELECT m, insights_sign(m) FROM insights_measure(%s, %s) AS m", [code, kind])
            expected = measure_of(code, kind)
            assert found == ([expected] if expected else [(None, 1)]), (code, kind)
            assert expected is not None or line.type not in ("income", "expense")
            assert expected is None or f"{expected[0]}_minor" in MEASURES


@pytest.mark.django_db(transaction=False)
@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(1, 10**12), min_size=1, max_size=6),
)
def test_shares_in_sql_are_the_ledgers(amount: int, weights: list[int]) -> None:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute("SELECT insights_share(%s, %s::bigint[])", [amount, weights])
        [shared] = cursor.fetchone() or [None]
    expected = allocate(abs(amount), weights)
    assert shared == (expected if amount >= 0 else [-part for part in expected])
