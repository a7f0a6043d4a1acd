"""Letters with links go out to employees who are to join, some at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.tenancy import platform_job
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, Recipient, language_of
from goodfor.welfare import links, states
from goodfor.welfare.contacts import opened
from goodfor.welfare.locks import lock_company
from goodfor.welfare.models import Company, Employee
from goodfor.welfare.operations.steps import each

AT_ONCE: Final = 200
SCENE: Final = "welfare_invited"
_KEEPS: Final = timedelta(days=3)


@transaction.atomic(savepoint=False)
def ask_invitations(*, shop_id: UUID, company_id: UUID, employees: Sequence[UUID]) -> int:
    """Whoever of these has a mail address and has not joined is sent a link, again too. Raises CompanyNotFound."""
    company = lock_company(shop_id, company_id)
    rows = Employee.objects.filter(
        shop_id=shop_id, company=company, id__in=list(employees), state=states.INVITED, mail_blob__isnull=False
    )
    return rows.update(invite_due=True)


def send_invitations(*, now: datetime, limit: int = AT_ONCE) -> int:
    """One step over all shops; how many letters. A letter is told by its link's number: killed, none goes out twice."""
    with platform_job("invitations of companies in all shops"):
        due = list(
            Employee.objects.filter(invite_due=True).order_by("id").values_list("shop_id", "id")[:limit]
        )  # fmt: skip
    return each(_one, due, now)


@transaction.atomic(savepoint=False)
def _one(shop_id: UUID, employee_id: UUID, now: datetime) -> int:
    rows = Employee.objects.filter(shop_id=shop_id, id=employee_id, invite_due=True)
    row = rows.first()
    if row is None or not rows.update(invite_due=False, invited_at=now):
        return 0
    if row.state != states.INVITED or row.mail_blob is None:
        return 0
    company = Company.objects.get(shop_id=shop_id, id=row.company_id)
    send(
        shop_id=shop_id, scene=SCENE, audience=BUYER,
        subject=f"welfare:{row.id}:{row.link_no}:{now.date().isoformat()}",
        recipients=[Recipient("email", opened(row.id, row.mail_key_id, row.mail_blob), row.name)],
        context={"welfare": {"company": company.name, "name": row.name, "url": _address(row)}},
        language=language_of(identity.shop_by_id(shop_id).locale), now=now, expires_at=now + _KEEPS,
    )  # fmt: skip
    return 1


def _address(row: Employee) -> str:
    """Where the link leads; the shop's own address goes before it."""
    return f"/welfare/join/{links.token_of(row.shop_id, row.id, row.link_no)}"
