"""Set aside for the compensation of a day's sales."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import accounts
from goodfor.aftersales.grant_models import ReserveDay, ReserveRate
from goodfor.aftersales.operations.set_reserve import BOOKS
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books

#: A day is over once what was delivered in its last minutes is booked.
SETTLES: Final = timedelta(minutes=10)


def days_due(shop_id: UUID, now: datetime, limit: int = 40) -> list[date]:
    """Days of the books that are over and not accrued for, oldest first."""
    rate = ReserveRate.objects.filter(shop_id=shop_id, basis_points__gt=0).first()
    if rate is None:
        return []
    today = (now - SETTLES).astimezone(BOOKS).date()
    last = ReserveDay.objects.filter(shop_id=shop_id, currency=rate.currency).order_by("-day").first()
    first = rate.from_day if last is None else max(rate.from_day, last.day + timedelta(days=1))
    return [first + timedelta(days=n) for n in range(min((today - first).days, limit))]


@transaction.atomic(savepoint=False)
def accrue_reserve(*, shop_id: UUID, day: date, now: datetime) -> int:
    """The shop's rate of what the ledger says was sold that day, less refunds; minor units. The same again: 0.

    Nothing for a day on which more went back than was sold.
    """
    rate = ReserveRate.objects.filter(shop_id=shop_id).first()
    if rate is None:
        return 0
    moved = [books.moved_on(shop_id, code, day, rate.currency) for code in (accounts.SALES, accounts.DISCOUNTS)]
    sales = -sum(moved)
    amount = max(sales, 0) * rate.basis_points // 10_000
    row = ReserveDay(
        shop_id=shop_id, day=day, currency=rate.currency, pool=rate.pool, sales_minor=sales,
        basis_points=rate.basis_points, accrued_minor=amount, at=now,
    )  # fmt: skip
    known = ReserveDay.objects.filter(shop_id=shop_id, day=day, currency=rate.currency)
    if known.exists():
        return 0
    # Two at once: the second waits here, and its INSERT fails with the whole of it.
    row.save(force_insert=True)
    if not amount:
        return 0
    ledger.open_account(
        shop_id=shop_id, code=accounts.reserve(rate.pool), currency=rate.currency, guarded=True, now=now
    )
    entry = accounts.accrual_entry(shop_id=shop_id, day=day, pool=rate.pool, amount_minor=amount, now=now)
    ledger.post(shop_id=shop_id, currency=rate.currency, entries=(entry,), now=now)
    return amount
