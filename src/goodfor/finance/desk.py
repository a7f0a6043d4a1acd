"""Reads for the pages of the staff: rates, what agreements have shared, profits that are looked for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from goodfor.finance import figures, states
from goodfor.finance.mapping import profit_row
from goodfor.finance.models import Agreement, FeeRate, SkuTax, TaxRate
from goodfor.finance.profit_models import OrderProfit
from goodfor.finance.sold_models import Backdate, Sold, Volume
from goodfor.finance.types import (
    BackdateView,
    FeeRateView,
    MonthView,
    OrderProfitRow,
    ProfitBy,
    ProfitSearch,
    ProfitSums,
    SkuTaxView,
    TaxRateView,
)
from goodfor.ledger import queries as ledger

#: Counts stop here.
COUNT_LIMIT: Final = 10_000
CHUNK: Final = 500


def tax_rates(shop_id: UUID) -> list[TaxRateView]:
    """VAT rates of every class, by class, the latest first."""
    rows = TaxRate.objects.filter(shop_id=shop_id).order_by("tax_class", "-valid_from")
    return [TaxRateView(row.tax_class, row.rate_bp, row.valid_from, row.made_at, row.made_by) for row in rows]


def sku_taxes(shop_id: UUID) -> list[SkuTaxView]:
    """Which SKU is of which class from when on, the latest first."""
    rows = SkuTax.objects.filter(shop_id=shop_id).order_by("-valid_from", "sku_id")
    return [
        SkuTaxView(row.sku_id, row.tax_class, row.card_sale, row.valid_from, row.made_at, row.made_by) for row in rows
    ]


def fee_rates(shop_id: UUID) -> list[FeeRateView]:
    """What channel accounts are expected to keep, by account, the latest first."""
    rows = FeeRate.objects.filter(shop_id=shop_id).order_by("provider", "account_code", "-valid_from")
    return [
        FeeRateView(row.provider, row.account_code, row.millionths, row.valid_from, row.made_at, row.made_by)
        for row in rows
    ]


def agreement_months(shop_id: UUID, code: str) -> list[MonthView]:
    """What an agreement has shared by month of delivery, the latest first; before refunds took back any of it."""
    rows = Volume.objects.filter(shop_id=shop_id, agreement_code=code).order_by("-month", "currency")
    return [MonthView(row.month, row.currency, row.units, row.base_minor, row.shared_minor) for row in rows]


def backdates(shop_id: UUID, code: str) -> dict[UUID, BackdateView]:
    """By version of an agreement that was dated back: how far its differences are booked."""
    ids = list(Agreement.objects.filter(shop_id=shop_id, code=code).values_list("id", flat=True))
    rows = Backdate.objects.filter(shop_id=shop_id, agreement_id__in=ids)
    return {
        row.agreement_id: BackdateView(row.from_at, row.until_at, row.lines, row.changed, row.done_at) for row in rows
    }


def _found(shop_id: UUID, search: ProfitSearch, *, staged: bool = True) -> QuerySet[OrderProfit]:
    rows = OrderProfit.objects.filter(shop_id=shop_id)
    if search.number is not None:
        return rows.filter(number=search.number)
    # What is paid and not delivered yet has no day: it is there while the time asked for reaches up to now.
    delivered = Q(delivered_at__gte=search.since) if search.since else Q()
    if search.until is not None:
        rows = rows.filter(delivered_at__lt=search.until)
        rows = rows.filter(delivered)
    elif search.since is not None:
        rows = rows.filter(delivered | Q(delivered_at__isnull=True))
    if staged and search.stage:
        rows = rows.filter(stage=search.stage)
    if search.losing:
        rows = rows.filter(profit_minor__lt=0)
    if search.channel:
        rows = rows.filter(channel__startswith=search.channel)
    if search.supplier_code is not None:
        sold = Sold.objects.filter(shop_id=shop_id, supplier_code=search.supplier_code)
        if search.since is not None:
            sold = sold.filter(delivered_at__gte=search.since)
        rows = rows.filter(order_id__in=sold.values("order_id"))
    return rows


def search_profits(
    shop_id: UUID, search: ProfitSearch, *, offset: int = 0, limit: int = 50
) -> Sequence[OrderProfitRow]:
    """What orders earned, the last delivered first; what waits for its goods before all."""
    rows = _found(shop_id, search).order_by("-delivered_at", "-order_id")
    return [profit_row(row) for row in rows[offset : offset + limit]]


def walk_profits(shop_id: UUID, search: ProfitSearch) -> Iterator[Sequence[OrderProfitRow]]:
    """All of them, some hundred at a time."""
    offset = 0
    while page := search_profits(shop_id, search, offset=offset, limit=CHUNK):
        yield page
        offset += CHUNK


def profits_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> Sequence[OrderProfitRow]:
    """These, without those of other shops."""
    rows = OrderProfit.objects.filter(shop_id=shop_id, order_id__in=list(ids))
    return [profit_row(row) for row in rows.order_by("-delivered_at", "-order_id")]


def count_profits(shop_id: UUID, search: ProfitSearch) -> dict[str, int]:
    """How many orders at each stage, whatever stage is asked for."""
    rows = _found(shop_id, search, staged=False).order_by().values_list("stage").annotate(Count("order_id"))
    return {**dict.fromkeys(states.STAGES, 0), **dict(rows)}


def sum_profits(shop_id: UUID, search: ProfitSearch) -> list[ProfitSums]:
    """What is found adds up to, by currency."""
    names = [*figures.NAMES, "profit", "estimate"]
    sums = [Sum(f"{name}_minor") for name in names]
    rows = _found(shop_id, search).order_by("currency").values_list("currency").annotate(Count("order_id"), *sums)
    return [
        ProfitSums(currency, orders, {name: int(minor or 0) for name, minor in zip(names, amounts, strict=True)})
        for currency, orders, *amounts in rows
    ]


def profit_by(shop_id: UUID, first_day: date, last_day: date, by: ledger.Dimension) -> list[ProfitBy]:
    """What was earned on days of the books by one dimension of the postings, most first; tax is no part of it.

    `key` is the dimension's value as text, empty where postings name none. Raises InvalidInput.
    """
    sums: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(figures.NAMES, 0))
    for row in ledger.income_statement(shop_id, first_day, last_day, by=by):
        figure = figures.figure_of(row.code)
        if figure is not None:
            name, sign = figure
            sums[row.dimension, row.currency][name] -= sign * row.result_minor
    found = [ProfitBy(key, currency, amounts, figures.profit(amounts)) for (key, currency), amounts in sums.items()]
    return sorted(found, key=lambda one: (one.currency, -one.profit_minor, one.key))
