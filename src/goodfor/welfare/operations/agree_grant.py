"""A draft is agreed to, or dropped; then it is given, some thousand employees at a time, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty.operations.give_to_many import give_to_many
from goodfor.loyalty.types import WELFARE, Source
from goodfor.welfare import states
from goodfor.welfare.budgets import budget_of
from goodfor.welfare.errors import BudgetShort, FileDiffers, FileFaulty, GrantGone, GrantNotFound
from goodfor.welfare.locks import lock_company, lock_grant
from goodfor.welfare.mapping import grant_view
from goodfor.welfare.models import Company, Employee, Grant, GrantLine
from goodfor.welfare.operations.steps import each, moved, must_be_on, noted
from goodfor.welfare.types import GrantView

AT_ONCE: Final = 5_000


@transaction.atomic(savepoint=False)
def agree_grant(
    *, shop_id: UUID, company_id: UUID, grant_id: UUID, content_hash: bytes, actor: str, now: datetime
) -> GrantView:  # fmt: skip
    """Exactly what was looked at is given from now on; its money is promised. Agreed to before: nothing changes.

    Raises GrantNotFound, CompanyOff, FileDiffers, FileFaulty, BudgetShort(missing_minor), GrantGone (dropped).
    """
    company = lock_company(shop_id, company_id)
    row = _of(company, grant_id)
    if row.state in (states.RUNNING, states.DONE):
        return grant_view(row, company.currency)
    must_be_on(company)
    if row.state == states.DROPPED:
        raise GrantGone
    if bytes(row.content_hash) != content_hash:
        raise FileDiffers
    if any(one[0] for one in row.faults) or not row.lines:
        raise FileFaulty(faults=row.fault_count)
    start(company, row, actor, now)
    return grant_view(row, company.currency)


def start(company: Company, row: Grant, actor: str, now: datetime) -> None:
    """Promise its money; the company is held. A step in the caller's transaction. Raises BudgetShort."""
    missing = row.total_minor - budget_of(company).free_minor
    if missing > 0:
        raise BudgetShort(missing_minor=missing, currency=company.currency)
    moved(company.shop_id, states.GRANT, row.id, (row.state, states.RUNNING), actor, now)
    row.state, row.agreed_by, row.agreed_at = states.RUNNING, actor[:80], now
    # That it was too much has been put right meanwhile.
    row.faults, row.fault_count = [], 0
    row.save(update_fields=["state", "agreed_by", "agreed_at", "faults", "fault_count"])
    noted(
        company, "welfare.grant_agreed", ("welfare_grant", row.id), actor,
        {"lines": row.lines, "minor": row.total_minor, "kind": row.kind}, now,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def drop_grant(*, shop_id: UUID, company_id: UUID, grant_id: UUID, actor: str, now: datetime) -> None:
    """Nothing of it is given, ever. Again it changes nothing. Raises GrantNotFound, GrantGone (agreed to)."""
    company = lock_company(shop_id, company_id)
    row = _of(company, grant_id)
    if row.state == states.DROPPED:
        return
    if row.state not in (states.DRAFT, states.SHORT):
        raise GrantGone
    moved(shop_id, states.GRANT, row.id, (row.state, states.DROPPED), actor, now)
    row.state, row.ended_at = states.DROPPED, now
    row.save(update_fields=["state", "ended_at"])


def _of(company: Company, grant_id: UUID) -> Grant:
    row = lock_grant(company.shop_id, grant_id)
    if row.company_id != company.id:
        raise GrantNotFound
    return row


@transaction.atomic(savepoint=False)
def give_on(*, shop_id: UUID, grant_id: UUID, now: datetime, limit: int = AT_ONCE) -> int:
    """One step of a grant that was agreed to; how many lines, 0: it is through. Killed, it goes on where it was."""
    company_id = Grant.objects.filter(shop_id=shop_id, id=grant_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise GrantNotFound
    company = lock_company(shop_id, company_id)
    row = lock_grant(shop_id, grant_id)
    if row.state != states.RUNNING:
        return 0
    open_lines = GrantLine.objects.filter(shop_id=shop_id, grant_id=grant_id, given__isnull=True)
    lines = list(open_lines.order_by("line")[:limit])
    here = _who_stays(shop_id, [one.employee_id for one in lines])
    give = [one for one in lines if one.employee_id in here]
    if give:
        give_to_many(
            shop_id=shop_id, kind=WELFARE, scope=company.id, units={one.employee_id: one.minor for one in give},
            source=Source("welfare_grant", str(grant_id)), currency=company.currency, expires_at=row.ends_at, now=now,
        )  # fmt: skip
    of_grant = GrantLine.objects.filter(shop_id=shop_id, grant_id=grant_id)
    of_grant.filter(employee_id__in=[one.employee_id for one in give]).update(given=True)
    gone = [one for one in lines if one.employee_id not in here]
    of_grant.filter(employee_id__in=[one.employee_id for one in gone]).update(given=False)
    row.walked += len(lines)
    row.given += len(give)
    row.given_minor += sum(one.minor for one in give)
    row.passed_minor += sum(one.minor for one in gone)
    if row.walked == row.lines:
        moved(shop_id, states.GRANT, row.id, (states.RUNNING, states.DONE), "system", now, cause="given")
        row.state, row.ended_at = states.DONE, now
    row.save(update_fields=["state", "walked", "given", "given_minor", "passed_minor", "ended_at"])
    return len(lines)


def _who_stays(shop_id: UUID, employees: Sequence[UUID]) -> set[UUID]:
    """Leaving takes the company's lock, too: whoever is here now is here when it is given."""
    rows = Employee.objects.filter(shop_id=shop_id, id__in=list(employees)).exclude(state=states.LEFT)
    return set(rows.values_list("id", flat=True))


def give_what_was_agreed(*, now: datetime) -> int:
    """One step of each grant under way, over all shops; how many lines."""
    with platform_job("grants under way in all shops"):
        rows = list(
            Grant.objects.filter(state=states.RUNNING, walked__lt=F("lines")).order_by("id")
            .values_list("shop_id", "id")[:50]
        )  # fmt: skip
    return each(_step, rows, now)


def _step(shop_id: UUID, grant_id: UUID, now: datetime) -> int:
    return give_on(shop_id=shop_id, grant_id=grant_id, now=now)
