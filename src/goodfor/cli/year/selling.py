"""Many orders at once: rows by sets, as the operations leave them; money by the rooms' own entries, by `ledger.post`.

What faces and events do around a sale (judging, letters, the hearing of `OrderDelivered`) is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from goodfor.cli.lazy import load
from goodfor.cli.year.plan import Sale
from goodfor.delivery.types import Delivered
from goodfor.kernel.ids import order_number, uuid7_batch
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.payments.types import BalancePayment, channel_account
from goodfor.vault.types import Taken

PROVIDER: Final = "alipay"
CHANNEL_CODE: Final = "year"
#: Of a price, the credit for later that comes with it: 47 of 10,000.
CREDIT_BP: Final = 47
ORDER_LIABILITY: Final = "2203:order"
#: A wallet of nobody: what was given with sales and is not some buyer's yet.
CREDIT: Final = "2207:wallet:later"
CREDIT_REVENUE: Final = "5001:breakage"
_CODES: Final = Statement("goodfor.cli", "sql/year_codes.sql", planned_each_time=True)
_ORDERS: Final = Statement("goodfor.cli", "sql/year_orders.sql", planned_each_time=True)


@dataclass(frozen=True, slots=True)
class Till:
    """What selling needs to know of the shop; SKUs, prices and titles by place, clients and wallets by place."""

    shop_id: UUID
    skus: tuple[UUID, ...]
    prices: tuple[int, ...]
    titles: tuple[str, ...]
    clients: tuple[UUID, ...]
    wallets: tuple[str, ...]
    balance_id: UUID
    channel_id: UUID


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """An order that was sold, with the first of its lines."""

    id: UUID
    payment_id: UUID
    number: str
    line_id: UUID
    total: int
    units: int
    cost: int
    credit: int
    sale: Sale


def sell(till: Till, sales: Sequence[Sale], now: datetime) -> list[SoldOrder]:
    """All of them in one transaction. Raises RuntimeError where the shelf is too small."""
    count, lines = len(sales), sum(len(one.lines) for one in sales)
    ids = uuid7_batch(3 * count + lines)
    orders, payments, facts, line_ids = (
        ids[:count],
        ids[count : 2 * count],
        ids[2 * count : 3 * count],
        ids[3 * count :],
    )
    numbers = [order_number(one.at) for one in sales]
    rows = [
        (i, place, sku, quantity) for i, one in enumerate(sales) for place, (sku, quantity) in enumerate(one.lines, 1)
    ]
    totals = [sum(till.prices[sku] * quantity for sku, quantity in one.lines) for one in sales]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # By index only: the planner knows nothing of what is in the statement's own tables.
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
        quantities = [quantity for _i, _place, _sku, quantity in rows]
        found = {row[0]: Taken(row[1], row[2]) for row in _CODES.rows({
            "shop_id": till.shop_id, "lines": line_ids, "skus": [till.skus[row[2]] for row in rows],
            "quantities": quantities, "ats": [sales[row[0]].at for row in rows],
        })}  # fmt: skip
        if any(line not in found or found[line].count != n for line, n in zip(line_ids, quantities, strict=True)):
            raise RuntimeError("the shelf is too small")
        _ORDERS.run({
            "shop_id": till.shop_id, "ids": orders, "numbers": numbers, "totals": totals, "payments": payments,
            "facts": facts, "ats": [one.at for one in sales], "clients": [till.clients[one.buyer] for one in sales],
            "wallets": ["" if one.by_channel else till.wallets[one.buyer] for one in sales], "line_ids": line_ids,
            "line_orders": [orders[row[0]] for row in rows], "positions": [row[1] for row in rows],
            "line_skus": [till.skus[row[2]] for row in rows], "titles": [till.titles[row[2]] for row in rows],
            "quantities": quantities, "prices": [till.prices[row[2]] for row in rows], "provider": PROVIDER,
            "channel_code": CHANNEL_CODE, "channel_id": till.channel_id, "balance_id": till.balance_id,
        })  # fmt: skip
        delivered: list[list[Delivered]] = [[] for _ in sales]
        prices: list[dict[UUID, int]] = [{} for _ in sales]
        for (i, _place, sku, quantity), line_id in zip(rows, line_ids, strict=True):
            prices[i][line_id] = till.prices[sku] * quantity
            delivered[i].append(Delivered(line_id, till.skus[sku], found[line_id]))
        sold = [
            _sold(one, (orders[i], payments[i], numbers[i]), totals[i], delivered[i]) for i, one in enumerate(sales)
        ]
        entries = [
            entry
            for one, fact, goods, cost in zip(sold, facts, delivered, prices, strict=True)
            for entry in _entries(till, one, fact, goods, cost)
        ]
        ledger.post(shop_id=till.shop_id, currency="CNY", entries=entries, now=now)
    return sold


def _sold(sale: Sale, named: tuple[UUID, UUID, str], total: int, goods: Sequence[Delivered]) -> SoldOrder:
    order_id, payment_id, number = named
    return SoldOrder(
        order_id, payment_id, number, goods[0].line_id, total, sum(one.taken.count for one in goods),
        sum(one.taken.cost_minor for one in goods), total * CREDIT_BP // 10_000 if sale.credit else 0, sale,
    )  # fmt: skip


def _entries(
    till: Till, one: SoldOrder, fact_id: UUID, goods: Sequence[Delivered], prices: dict[UUID, int]
) -> list[Entry]:
    at = one.sale.at
    if one.sale.by_channel:
        # As `payments.Applied.entry` books a confirmed fact.
        lines = (
            Line(channel_account(PROVIDER, CHANNEL_CODE), one.total, order_id=one.id),
            Line(ORDER_LIABILITY, -one.total, order_id=one.id),
        )
        paid = Entry(f"pay:{one.payment_id}", "payment", lines, at, ("payments.fact", fact_id))
    else:
        number = "P" + one.number[1:]
        wallet = till.wallets[one.sale.buyer]
        paid = BalancePayment(one.payment_id, number, Money(one.total, "CNY"), wallet).entry(now=at, order_id=one.id)
    entries = [
        paid,
        load("goodfor.orders.accounts").delivery_entry(
            order_id=one.id, total_minor=one.total, prices=prices, delivered=goods, channel="api", now=at
        ),
    ]
    if one.credit:
        entries.append(credit_entry(one.id, one.credit, at))
    return entries


def credit_entry(order_id: UUID, amount: int, at: datetime) -> Entry:
    """Credit for later that came with a sale: less revenue, and owed."""
    lines = (Line(CREDIT_REVENUE, amount, order_id=order_id), Line(CREDIT, -amount, order_id=order_id))
    return Entry(f"credit:{order_id}", "credit_given", lines, at, ("year.order", order_id))
