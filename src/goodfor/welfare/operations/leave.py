"""Employees leave: what they hold is their company's again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.take_all_back import take_all_back
from goodfor.loyalty.types import WELFARE, Source
from goodfor.welfare import states
from goodfor.welfare.locks import lock_company
from goodfor.welfare.models import Company, Employee
from goodfor.welfare.operations.steps import each, moved_all, noted

MOST: Final = 10_000


@transaction.atomic(savepoint=False)
def mark_left(
    *, shop_id: UUID, company_id: UUID, employees: Sequence[UUID], actor: str, now: datetime
) -> tuple[int, int]:  # fmt: skip
    """How many left, and how many units went back to the company. Who had left before is passed over.

    Raises CompanyNotFound.
    """
    company = lock_company(shop_id, company_id)
    rows = list(
        Employee.objects.filter(shop_id=shop_id, company=company, id__in=list(employees)[:MOST])
        .exclude(state=states.LEFT)
        .order_by("id")
    )
    if not rows:
        return 0, 0
    moved_all(shop_id, rows, states.LEFT, actor, now)
    ids = [row.id for row in rows]
    Employee.objects.filter(shop_id=shop_id, id__in=ids).update(
        state=states.LEFT, left_at=now, buyer_id=None, invite_due=False
    )
    units = _take(company, ids, actor, now)
    noted(
        company, "welfare.employees_left", ("welfare_company", company.id), actor, {"left": len(ids), "units": units},
        now,
    )  # fmt: skip
    return len(ids), units


def take_what_came_late(*, now: datetime) -> int:
    """What refunds brought back to people who had left by then; how many units. Over all shops."""
    with platform_job("units of people who have left their companies"):
        companies = list(Company.objects.order_by("id").values_list("shop_id", "id"))
    return each(_take_late, companies, now)


@transaction.atomic(savepoint=False)
def _take_late(shop_id: UUID, company_id: UUID, now: datetime) -> int:
    holders = loyalty.held_in(shop_id, WELFARE, company_id)
    gone = Employee.objects.filter(shop_id=shop_id, company_id=company_id, state=states.LEFT, id__in=list(holders))
    ids = list(gone.values_list("id", flat=True))
    return _take(Company.objects.get(shop_id=shop_id, id=company_id), ids, "system", now) if ids else 0


def _take(company: Company, employees: Sequence[UUID], actor: str, now: datetime) -> int:
    source = Source("welfare_left", str(uuid7()))
    return take_all_back(
        shop_id=company.shop_id, kind=WELFARE, scope=company.id, owners=employees, source=source,
        currency=company.currency, actor=actor, now=now,
    )  # fmt: skip
