"""The simulated year, small: what it draws, how it sells by sets, how it writes bills, its reader of plain books."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import queries as catalog
from goodfor.cli.soak.books import whole_month
from goodfor.cli.soak.year import first_day
from goodfor.cli.year import plain, plan
from goodfor.cli.year.back import Moved
from goodfor.cli.year.money import write_bill
from goodfor.cli.year.plan import Sale
from goodfor.cli.year.selling import CHANNEL_CODE, CREDIT, Till, sell
from goodfor.cli.year.world import open_channel
from goodfor.finance.tests.world import follow
from goodfor.kernel.money import Money
from goodfor.ledger.operations import open_account as open_ledger_account
from goodfor.orders.operations import refund_order
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import booked, broken, buy, sql
from goodfor.payments.providers.alipay import bills

shop, now = of_orders.shop, of_orders.now
START = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = """option "title" "x"

2026-01-31 open Assets:1002 CNY
  code: "1002"
2026-01-31 open Assets:1002:A CNY
  code: "1002:a"
2026-01-31 open Income:5001 CNY
  code: "5001"

2026-02-03 * "sale" "s:1"
  tx: 1
  Assets:1002:A  9.90 CNY
    order: "o"
  Income:5001  -9.90 CNY

2026-03-01 balance Assets:1002  9.90 CNY
2026-03-01 balance Assets:1002:A  9.90 CNY
2026-03-01 balance Income:5001  -9.90 CNY
"""


def test_days_have_all_orders_between_them_and_a_seed_gives_the_same_again() -> None:
    assert sum(plan.count_on(day, 1_000, 365) for day in range(365)) == 1_000
    one = plan.sales_of(Random(3), START, 400, 5, 4)
    assert one == plan.sales_of(Random(3), START, 400, 5, 4)
    assert [sale.at for sale in one] == sorted(sale.at for sale in one)
    assert one[0].at >= START
    assert one[-1].at < START + timedelta(days=1)
    assert {len(sale.lines) for sale in one} == {1, 2}
    # What is bought by the operation is paid from a balance.
    assert not any(sale.bought and sale.by_channel for sale in one)


def test_the_year_begins_at_a_midnight_and_the_books_in_a_whole_month() -> None:
    assert first_day(datetime(2026, 1, 5, 20, tzinfo=UTC)).isoformat() == "2026-01-08T00:00:00+08:00"
    assert whole_month(date(2026, 1, 7)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert whole_month(date(2026, 11, 30)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_plain_books_are_added_up() -> None:
    found = plain.read(TEXT.splitlines())
    assert (found.wrong, found.transactions, found.postings, found.asserted) == ([], 1, 2, 3)
    assert found.codes["Assets:1002:A"] == "1002:a"
    assert found.sums["Income:5001", "CNY"] == Decimal("-9.90")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Income:5001  -9.90 CNY\n\n", "Income:5001  -9.91 CNY\n\n"),
        ("balance Assets:1002  9.90", "balance Assets:1002  0.00"),
        ("2026-01-31 open Income:5001 CNY", "2026-01-31 open Income:5001 JPY"),
        ("2026-02-03 *", "2026-04-03 *"),
        ("2026-02-03 * ", "2026-02-03 ! "),
    ],
)
def test_plain_books_that_are_wrong_are_told(old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert plain.read(TEXT.replace(old, new).splitlines()).wrong


def test_the_bill_is_one_that_the_adapter_reads(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    moved = [Moved(START, "P1", "", 4850), Moved(START, "P2", "", 333), Moved(START, "P1", "R1", -1)]
    kept = write_bill(path, moved)
    rows = list(bills.read("2088000000000001", "trade", path))
    assert [(row.our_ref, row.amount.amount_minor) for row in rows] == [("P1", 4850), ("P2", 333), ("P1", -1)]
    assert -sum(row.fee for row in rows) == kept == Decimal("0.2668") + Decimal("0.0183") - Decimal("0.0001")


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    """Its own wallet beside, so that what the set takes can be told."""
    demo = shop.demo
    [(balance,)] = sql("SELECT id FROM payments_account WHERE shop_id = %s AND provider = 'balance'", [demo.shop_id])
    channel = open_channel(demo.shop_id, now)
    sku = catalog.skus_for_sale(demo.shop_id, [shop.sku_id])[shop.sku_id]
    top_up_wallet(
        shop_id=demo.shop_id, client_id=demo.client_id, wallet_account=demo.wallet_account, actor="t", now=now,
        amount=Money(1_000_000, "CNY"), reference=str(uuid4()),
    )  # fmt: skip
    open_ledger_account(shop_id=demo.shop_id, code=CREDIT, currency="CNY", guarded=True, now=now)
    return Till(
        demo.shop_id, (shop.sku_id,), (sku.price.amount_minor,), (sku.title,), (demo.client_id,),
        (demo.wallet_account,), balance, channel,
    )  # fmt: skip


def _sale(at: datetime, quantity: int, *, by_channel: bool = False, credit: bool = False) -> Sale:
    return Sale(at, 0, ((0, quantity),), by_channel, credit, "", 1, False)


def _left(order_id: UUID) -> list[tuple[object, ...]]:
    """What a sale leaves, as far as it is the same for each."""
    return sql(
        "SELECT o.state, o.channel, o.client_id, o.total_minor, o.paid_minor, o.currency, l.position, l.sku_id,"
        " l.title, l.quantity, l.unit_price_minor, l.kind, p.provider, p.state, p.settles, p.captured_minor, p.method,"
        " p.wallet_account, f.kind, f.source, f.outcome, f.posting_ref = 'pay:' || p.id,"
        " (SELECT count(*) FROM vault_code c WHERE c.holder_id = l.id AND c.state = 2),"
        " (SELECT array_agg(h.to_state ORDER BY h.step) FROM kernel_history h WHERE h.subject_id = o.id),"
        " (SELECT array_agg(h.to_state ORDER BY h.step) FROM kernel_history h WHERE h.subject_id = p.id),"
        " (SELECT array_agg((a.code, g.amount_minor)::text ORDER BY t.id, g.seq) FROM ledger_posting g"
        "   JOIN ledger_tx t ON t.id = g.tx_id JOIN ledger_account a ON a.id = g.account_id WHERE g.order_id = o.id)"
        " FROM orders_order o JOIN orders_line l ON l.order_id = o.id JOIN payments_payment p ON p.source_id = o.id"
        " JOIN payments_fact f ON f.payment_id = p.id WHERE o.id = %s",
        [order_id],
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_sold_by_sets_is_as_the_operation_leaves_it(shop: Shop, till: Till, now: datetime) -> None:
    one = buy(shop, now, 2)
    before = booked(shop, "5001:sales:codes")
    sold = sell(till, [_sale(now, 2), _sale(now, 1, by_channel=True), _sale(now, 1, credit=True)], now)
    assert _left(sold[0].id) == _left(one.id)
    assert [order.total for order in sold] == [2 * till.prices[0], till.prices[0], till.prices[0]]
    assert booked(shop, "5001:sales:codes") - before == sum(order.total for order in sold)
    assert booked(shop, f"1012:channel:alipay:{CHANNEL_CODE}:pending") == sold[1].total
    assert booked(shop, CREDIT) == sold[2].credit > 0
    refund_order(shop_id=till.shop_id, order_id=sold[0].id, reason="r", actor="t", now=now)
    follow(now)
    assert broken(now) == {}


@pytest.mark.django_db(transaction=True)
def test_a_shelf_that_is_too_small_sells_nothing(shop: Shop, till: Till, now: datetime) -> None:
    [(free,)] = sql("SELECT count(*) FROM vault_code WHERE shop_id = %s AND state = 0", [till.shop_id])
    much = [replace(_sale(now, 1), lines=((0, 1),)) for _ in range(free + 1)]
    with pytest.raises(RuntimeError):
        sell(till, much, now)
    assert sql("SELECT count(*) FROM vault_code WHERE shop_id = %s AND state = 0", [till.shop_id]) == [(free,)]
    assert sql("SELECT count(*) FROM orders_order WHERE shop_id = %s", [till.shop_id]) == [(0,)]
