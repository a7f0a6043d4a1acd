"""Ask the supplier of bad goods to make good what they cost, and the compensation where its contract says so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import accounts, states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.grant_mapping import recovery_view
from goodfor.aftersales.grant_models import Grant, Recourse, Recovery
from goodfor.aftersales.models import Case
from goodfor.aftersales.origins import BadGoods, bad_goods
from goodfor.aftersales.types import RecoveryView
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.supply import queries as supply


@transaction.atomic(savepoint=False)
def recover(*, shop_id: UUID, case_id: UUID, now: datetime) -> list[RecoveryView]:
    """One for each supplier whose goods were bad, booked on its claim; none for the shop's own stock. Once a case.

    Comes after `compensate`, of which a contract may pass on a share. What a supplier took for goods that never were
    any is claimed by supply itself, and none of these codes exist; what it has given back already is taken off.
    Raises CaseNotFound.
    """
    case = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if case is None:
        raise CaseNotFound
    known = list(Recovery.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id"))
    if known or not case.proven:
        return [recovery_view(row) for row in known]
    goods = bad_goods(case)
    if not goods:
        return []
    shares = _compensation(case).allocate([one.units for one in goods])
    for one, share in zip(goods, shares, strict=True):
        row = _row(case, one, share, now)
        if row is not None:
            _book(row, now)
    return [recovery_view(row) for row in Recovery.objects.filter(shop_id=shop_id, case_id=case_id).order_by("id")]


def _compensation(case: Case) -> Money:
    given = Grant.objects.filter(shop_id=case.shop_id, case_id=case.id, kind=states.COMPENSATION).first()
    return Money(given.amount_minor if given else 0, case.currency)


def _row(case: Case, goods: BadGoods, share: Money, now: datetime) -> Recovery | None:
    contract = Recourse.objects.filter(shop_id=case.shop_id, supplier_id=goods.supplier_id).first()
    cost = goods.cost_minor if contract is None or contract.cost else 0
    passed_on = 0
    if contract is not None and share.currency == goods.currency:
        passed_on = share.amount_minor * contract.compensation_points // 10_000
    if not cost + passed_on:
        return None
    return Recovery(
        id=uuid7(), shop_id=case.shop_id, case_id=case.id, supplier_id=goods.supplier_id,
        account=accounts.supplier_claim(supply.supplier(case.shop_id, goods.supplier_id).code),
        order_id=case.order_id, line_id=case.line_id, sku_id=case.sku_id, number=case.number,
        purchases=sorted(goods.purchases), code_ids=goods.code_ids, units=goods.units, cost_minor=cost,
        compensation_minor=passed_on, amount_minor=cost + passed_on, currency=goods.currency, made_at=now,
    )  # fmt: skip


def _book(row: Recovery, now: datetime) -> None:
    Recovery.objects.bulk_create([row], ignore_conflicts=True)
    if not Recovery.objects.filter(shop_id=row.shop_id, id=row.id).exists():
        # Somebody else was at the same case at the same moment.
        return
    record_history(
        shop_id=row.shop_id, machine=states.RECOVERY, subject_id=row.id, moves=[(None, states.DUE)], actor="system",
        cause=f"case:{row.case_id}", now=now,
    )  # fmt: skip
    entry = accounts.recourse_entry(
        recovery_id=row.id, account=row.account, amount_minor=row.amount_minor, order_id=row.order_id,
        line_id=row.line_id, sku_id=row.sku_id, now=now,
    )  # fmt: skip
    ledger.post(shop_id=row.shop_id, currency=row.currency, entries=(entry,), now=now)
