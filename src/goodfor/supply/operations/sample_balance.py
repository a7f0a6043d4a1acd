"""Compare what a supplier says it holds with what the books expect, once for each of its days. Outside transactions.

Opening + money moved - charges + refunds = closing, to the last digit, save for what purchases without an end may have
cost there. A difference is told once, and stays in every later day until something explains it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.sql import Statement
from goodfor.supply.account_models import BalanceDay
from goodfor.supply.account_sums import Totals, totals_of, under_way
from goodfor.supply.days import LONGEST
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.events import BalanceBroken
from goodfor.supply.models import Supplier
from goodfor.supply.operations.sync import read_balance
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Balance

_EXPLANATIONS: Final = Statement("goodfor.supply", "sql/explanations.sql")
#: Samples until one in which nothing ended meanwhile; the last is taken as it is.
TRIES: Final = 3
MOST_CANDIDATES: Final = 20
#: More sums of purchases under way than this are not tried.
MOST_SUMS: Final = 4096


def explains(costs: Sequence[Decimal], missing: Decimal) -> bool:
    """Whether some of these purchases cost together exactly what is missing. Pure."""
    sums = {Decimal(0)}
    for cost in costs:
        sums |= {one + cost for one in sums if one + cost <= missing}
        if len(sums) > MOST_SUMS:
            # Too many ways to tell: within what they may cost in all, nothing is said to be wrong.
            return 0 <= missing <= sum(costs)
    return missing in sums


def sample_balance(*, shop_id: UUID, supplier_id: UUID, day: date, now: datetime) -> str:
    """The day's state: first, even, under_way or broken; empty: the supplier did not say. Sampled once a day.

    Raises SupplierNotFound.
    """
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if supplier is None:
        raise SupplierNotFound
    done = BalanceDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id, day=day).first()
    if done is not None:
        return done.state
    said = Decimal(0)
    for _try in range(TRIES):
        since = utc_now()
        totals = totals_of(shop_id, supplier_id)
        before = under_way(shop_id, supplier_id, since)
        told = read_balance(shop_id=shop_id, supplier_id=supplier_id, now=now)
        if not isinstance(told, Balance):
            return ""
        said = told.amount
        costs = dict([row[:2] for row in [*under_way(shop_id, supplier_id, since), *before]])
        if totals_of(shop_id, supplier_id) == totals:
            break
    reach("supply.sampled")
    return _keep(supplier, day, totals, said, list(costs.values()), now)


@transaction.atomic
def _keep(
    supplier: Supplier, day: date, totals: Totals, said: Decimal, costs: Sequence[Decimal], now: datetime
) -> str:  # fmt: skip
    shop_id = supplier.shop_id
    last = BalanceDay.objects.filter(shop_id=shop_id, supplier_id=supplier.id, day__lt=day).order_by("-day").first()
    row = _compared(supplier, totals, said, costs, last, now)
    made, new = BalanceDay.objects.get_or_create(shop_id=shop_id, supplier_id=supplier.id, day=day, defaults=row)
    if not new or made.state != "broken":
        return str(made.state)
    difference = made.said - made.expected
    if last is None or last.state != "broken" or last.said - last.expected != difference:
        event = BalanceBroken(supplier.id, day.isoformat(), f"{difference.normalize():f}", supplier.currency)
        publish(shop_id=shop_id, event=event, cause=("supply.supplier", supplier.id), now=now)
    return str(made.state)


def _compared(
    supplier: Supplier, totals: Totals, said: Decimal, costs: Sequence[Decimal], last: BalanceDay | None,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    row: dict[str, Any] = {
        "said": said, "under_way": sum(costs, Decimal(0)), "under_way_count": len(costs), "sampled_at": now,
        "total_charges": totals.charges, "total_refunds": totals.refunds, "total_top_ups": totals.top_ups,
        "total_corrections": totals.corrections,
    }  # fmt: skip
    if last is None:
        return row | {"opening": said, "expected": said, "state": "first"}
    row |= {
        "opening": last.expected,
        "top_ups": totals.top_ups - last.total_top_ups,
        "corrections": totals.corrections - last.total_corrections,
        "charges": totals.charges - last.total_charges,
        "refunds": totals.refunds - last.total_refunds,
    }
    row["expected"] = row["opening"] + row["top_ups"] + row["corrections"] - row["charges"] + row["refunds"]
    difference = said - row["expected"]
    if difference == 0:
        return row | {"state": "even"}
    if explains(costs, -difference):
        return row | {"state": "under_way"}
    return row | {"state": "broken", "candidates": _candidates(supplier, difference, last.sampled_at, now)}


def _candidates(supplier: Supplier, difference: Decimal, since: datetime, now: datetime) -> list[dict[str, Any]]:
    connector = connector_for(supplier.protocol)
    days = (connector.about.found_days if connector else None) or LONGEST
    rows = _EXPLANATIONS.rows(
        {
            "shop_id": supplier.shop_id, "supplier_id": supplier.id, "difference": difference, "since": since,
            "window": now - timedelta(days=days), "limit": MOST_CANDIDATES,
        }
    )  # fmt: skip
    return [
        {"why": row[0], "attempt": str(row[1]), "number": row[2], "state": row[3], "amount": str(row[4]),
         "fits": bool(row[5])}
        for row in rows
    ]  # fmt: skip
