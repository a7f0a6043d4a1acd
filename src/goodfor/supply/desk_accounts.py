"""Reads of accounts with suppliers, as values; offered by `queries`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.ledger import queries as books
from goodfor.ledger.errors import AccountNotOpen
from goodfor.supply import entries
from goodfor.supply.account_models import BalanceDay, Bell, Finding, Movement, SweepDay
from goodfor.supply.account_sums import in_books, lasts_days, under_way
from goodfor.supply.account_types import (
    AccountView,
    BalanceDayView,
    Candidate,
    FindingView,
    MovementView,
    SweepDayView,
)
from goodfor.supply.errors import FindingNotFound, SupplierNotFound
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt

FAR = timedelta(days=3650)


def account_of(shop_id: UUID, supplier_id: UUID, shop_currency: str, now: datetime) -> AccountView:
    """The ledger's view of a supplier, what it said last, and the difference. Raises SupplierNotFound."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return _account(row, shop_currency, now)


def accounts(shop_id: UUID, shop_currency: str, now: datetime) -> list[AccountView]:
    """All of a shop, by name."""
    rows = Supplier.objects.filter(shop_id=shop_id).order_by("name", "id")
    return [_account(row, shop_currency, now) for row in rows]


def _account(row: Supplier, currency: str, now: datetime) -> AccountView:
    mine = in_books(row, currency)
    waiting = under_way(row.shop_id, row.id, now + FAR)
    held = sum((one[2] for one in waiting), Decimal(0))
    left = row.balance if row.balance is not None else mine
    last = BalanceDay.objects.filter(shop_id=row.shop_id, supplier_id=row.id).order_by("-day").first()
    return AccountView(
        supplier_id=row.id,
        code=row.code,
        name=row.name,
        currency=row.currency,
        cycle=row.cycle,
        enabled=row.enabled,
        prepaid=mine,
        held=held,
        payable=Money(_of(row.shop_id, entries.accrued(row.code), currency), currency),
        claimed=Money(_of(row.shop_id, entries.claim(row.code), currency), currency),
        said=row.balance,
        said_at=row.balance_at,
        credit=row.credit,
        difference=None if mine is None or row.balance is None else row.balance - mine,
        under_way=sum((one[1] for one in waiting), Decimal(0)),
        under_way_count=len(waiting),
        low_balance=row.low_balance,
        is_low=Bell.objects.filter(shop_id=row.shop_id, supplier_id=row.id, armed=False).exists(),
        lasts_days=None if left is None else lasts_days(row, left, now),
        last_day=None if last is None else _day(last),
        open_findings=Finding.objects.filter(shop_id=row.shop_id, supplier_id=row.id, open=True).count(),
    )


def _of(shop_id: UUID, code: str, currency: str) -> int:
    try:
        return books.balance(shop_id, code, currency)
    except AccountNotOpen:
        return 0


def balance_days(shop_id: UUID, supplier_id: UUID, limit: int = 31) -> list[BalanceDayView]:
    """The last days of a supplier's balance, newest first."""
    rows = BalanceDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-day")[:limit]
    return [_day(row) for row in rows]


def _day(row: BalanceDay) -> BalanceDayView:
    return BalanceDayView(
        day=row.day,
        opening=row.opening,
        top_ups=row.top_ups,
        corrections=row.corrections,
        charges=row.charges,
        refunds=row.refunds,
        expected=row.expected,
        said=row.said,
        difference=row.said - row.expected,
        under_way=row.under_way,
        under_way_count=row.under_way_count,
        state=row.state,
        candidates=tuple(_candidate(one) for one in row.candidates),
        sampled_at=row.sampled_at,
    )


def _candidate(one: Mapping[str, Any]) -> Candidate:
    return Candidate(
        one["why"], UUID(one["attempt"]), one["number"], one["state"], Decimal(one["amount"]), bool(one["fits"])
    )


def sweep_days(shop_id: UUID, supplier_id: UUID, limit: int = 14) -> list[SweepDayView]:
    """The last days that were asked about again, newest first."""
    rows = SweepDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-day")[:limit]
    return [
        SweepDayView(
            row.day, row.rounds, row.cursor is not None, row.asked, row.unanswered, row.changed, row.refunds,
            row.next_at, row.ended_at,
        )
        for row in rows
    ]  # fmt: skip


def movements(shop_id: UUID, supplier_id: UUID, limit: int = 50) -> list[MovementView]:
    """Money moved without a purchase, newest first."""
    rows = Movement.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-at", "-id")[:limit]
    return [MovementView(row.id, row.kind, row.amount, row.note, row.actor, row.at) for row in rows]


def findings(
    shop_id: UUID, *, supplier_id: UUID | None = None, only_open: bool = False, limit: int = 50
) -> list[FindingView]:
    """What changed about purchases that had ended: what waits for a person, else newest first."""
    rows = Finding.objects.filter(shop_id=shop_id)
    rows = rows if supplier_id is None else rows.filter(supplier_id=supplier_id)
    rows = rows.filter(open=True) if only_open else rows
    return _findings(shop_id, list(rows.order_by("-open", "-at", "-id")[:limit]))


def finding(shop_id: UUID, finding_id: UUID) -> FindingView:
    """One of them. Raises FindingNotFound."""
    rows = list(Finding.objects.filter(shop_id=shop_id, id=finding_id))
    if not rows:
        raise FindingNotFound
    return _findings(shop_id, rows)[0]


def _findings(shop_id: UUID, rows: Sequence[Finding]) -> list[FindingView]:
    attempts = {
        one.id: one
        for one in Attempt.objects.filter(shop_id=shop_id, id__in=[row.attempt_id for row in rows]).select_related(
            "want"
        )
    }
    return [_finding(row, attempts[row.attempt_id]) for row in rows if row.attempt_id in attempts]


def _finding(row: Finding, about: Attempt) -> FindingView:
    return FindingView(
        id=row.id,
        supplier_id=row.supplier_id,
        attempt_id=row.attempt_id,
        number=about.number,
        ref=about.ref,
        order_id=about.want.order_id,
        sku_id=about.want.sku_id,
        quantity=about.quantity,
        got=about.got,
        charged=about.charged,
        refunded=about.refunded,
        currency=about.currency,
        kind=row.kind,
        mark=row.mark,
        amount=row.amount,
        told_by=row.told_by,
        at=row.at,
        open=row.open,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        note=row.note,
    )
