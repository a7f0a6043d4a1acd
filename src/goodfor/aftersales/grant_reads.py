"""Reads of grants, recoveries and the reserve, as dataclasses. Part of `queries`."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from goodfor.aftersales import accounts, states
from goodfor.aftersales.errors import RecoveryNotFound
from goodfor.aftersales.grant_mapping import grant_view, recovery_view
from goodfor.aftersales.grant_models import Grant, Recourse, Recovery, ReserveDay, ReserveRate
from goodfor.aftersales.grant_types import RecoverySum, ReserveDayView, ReserveView
from goodfor.aftersales.types import GrantView, RecoveryView
from goodfor.identity import queries as identity
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement, Tally
from goodfor.ledger import queries as books

_EXPECTED = Statement("goodfor.aftersales", "sql/expected_claims.sql")
_SUMS = Statement("goodfor.aftersales", "sql/recovery_sums.sql")
#: How many grants of a shop wait for the staff to transfer them.
hand_count: Final = Tally("goodfor.aftersales", "sql/hand_count.sql")
HORIZON: Final = timedelta(days=90)
MOST: Final = 200


def grants_of_order(shop_id: UUID, order_id: UUID) -> list[GrantView]:
    """What an order's buyer was given beyond the price, oldest first."""
    return [grant_view(row) for row in Grant.objects.filter(shop_id=shop_id, order_id=order_id).order_by("id")]


def grants_of_case(shop_id: UUID, case_id: UUID) -> list[GrantView]:
    """What a case gave beyond the price, oldest first."""
    return [grant_view(row) for row in Grant.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id")]


def owed_grants(shop_id: UUID, limit: int = MOST) -> list[GrantView]:
    """What has not reached its buyer, longest first."""
    rows = Grant.objects.filter(shop_id=shop_id, state=states.OWED).order_by("id")
    return [grant_view(row) for row in rows[: min(limit, MOST)]]


def owed_sum(shop_id: UUID) -> tuple[int, Money]:
    """How many of these, and their sum in the shop's currency."""
    currency = identity.shop_by_id(shop_id).currency
    owed = Grant.objects.filter(shop_id=shop_id, state=states.OWED, currency=currency)
    return owed.count(), Money(owed.aggregate(sum=Sum("amount_minor"))["sum"] or 0, currency)


def recent_grants(shop_id: UUID, limit: int = 20) -> list[GrantView]:
    """The latest, in whatever state."""
    rows = Grant.objects.filter(shop_id=shop_id).order_by("-id")
    return [grant_view(row) for row in rows[: min(limit, MOST)]]


def recoveries(
    shop_id: UUID, *, supplier_id: UUID | None = None, only_open: bool = False, limit: int = MOST
) -> list[RecoveryView]:
    """What suppliers are asked to make good: open ones longest first, else the latest first."""
    rows = Recovery.objects.filter(shop_id=shop_id)
    if supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id)
    still = Q(state=states.DUE) | Q(state=states.SENT)
    rows = rows.filter(still).order_by("id") if only_open else rows.order_by("-id")
    return [recovery_view(row) for row in rows[: min(limit, MOST)]]


def recoveries_of_case(shop_id: UUID, case_id: UUID) -> list[RecoveryView]:
    """Those of a case."""
    rows = Recovery.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id")
    return [recovery_view(row) for row in rows]


def recovery(shop_id: UUID, recovery_id: UUID) -> RecoveryView:
    """One. Raises RecoveryNotFound."""
    row = Recovery.objects.filter(shop_id=shop_id, id=recovery_id).first()
    if row is None:
        raise RecoveryNotFound
    return recovery_view(row)


def recovery_sums(shop_id: UUID) -> list[RecoverySum]:
    """By supplier, those who owe most first, in the shop's currency; each with what its contract makes good."""
    currency = identity.shop_by_id(shop_id).currency
    terms = {row.supplier_id: row for row in Recourse.objects.filter(shop_id=shop_id)}
    sums = []
    for row in _SUMS.rows({"shop_id": shop_id, "currency": currency}):
        contract = terms.get(row[0])
        sums.append(
            RecoverySum(
                supplier_id=row[0], due=Money(row[1], currency), due_count=row[2], sent=Money(row[3], currency),
                sent_count=row[4], settled=Money(row[5], currency), written_off=Money(row[6], currency),
                oldest=row[7], cost=contract.cost if contract else True,
                compensation_points=contract.compensation_points if contract else 0,
            )
        )  # fmt: skip
    return sums


def recourse(shop_id: UUID, supplier_id: UUID) -> tuple[bool, int]:
    """What a supplier's contract makes good: the cost of bad codes, and so much (1/10000) of the compensation."""
    row = Recourse.objects.filter(shop_id=shop_id, supplier_id=supplier_id).first()
    return (row.cost, row.compensation_points) if row else (True, 0)


def reserve(shop_id: UUID, now: datetime) -> ReserveView:
    """What is set aside for compensation, and how far it reaches, in the shop's currency. Raises ShopNotFound."""
    currency = identity.shop_by_id(shop_id).currency
    rate = ReserveRate.objects.filter(shop_id=shop_id).first()
    pool = rate.pool if rate else "main"
    since = now - HORIZON
    found = _EXPECTED.row({"shop_id": shop_id, "currency": currency, "since": since})
    expected, units, cases = found if found else (0, 0, 0)
    there = books.balance(shop_id, accounts.reserve(pool), currency)
    mine = {"shop_id": shop_id, "currency": currency}
    paid = Grant.objects.filter(**mine, kind=states.COMPENSATION, made_at__gte=since)
    accrued = ReserveDay.objects.filter(**mine, day__gte=since.date())
    return ReserveView(
        balance=Money(there, currency),
        expected_90d=Money(expected, currency),
        ratio=(Decimal(there) / Decimal(expected)).quantize(Decimal("0.01")) if expected else None,
        basis_points=rate.basis_points if rate else 0,
        accrued_90d=Money(accrued.aggregate(sum=Sum("accrued_minor"))["sum"] or 0, currency),
        paid_90d=Money(paid.aggregate(sum=Sum("amount_minor"))["sum"] or 0, currency),
        proven_units=units,
        cases=cases,
    )


def reserve_days(shop_id: UUID, limit: int = 30) -> list[ReserveDayView]:
    """What was set aside for the last days of the books, newest first."""
    rows = ReserveDay.objects.filter(shop_id=shop_id).order_by("-day")[: min(limit, MOST)]
    return [
        ReserveDayView(row.day, Money(row.sales_minor, row.currency), Money(row.accrued_minor, row.currency))
        for row in rows
    ]
