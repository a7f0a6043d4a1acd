"""A buyer joins a company: by the link that an employee was sent, or by having shown that a work address is his."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.welfare import links, states
from goodfor.welfare.contacts import domain_of, mail_index, normal_mail
from goodfor.welfare.errors import AlreadyJoined, EmployeeNotFound, NotInvited
from goodfor.welfare.locks import lock_company, lock_employee
from goodfor.welfare.models import Company, Employee
from goodfor.welfare.operations.steps import moved


@transaction.atomic(savepoint=False)
def join_by_link(*, shop_id: UUID, token: str, buyer_id: UUID, now: datetime) -> UUID:
    """The company that he is of now; the link is good for nothing more. His own once more changes nothing.

    Raises NotInvited, AlreadyJoined.
    """
    employee_id, link_no = links.opened(shop_id, token)
    row = Employee.objects.filter(shop_id=shop_id, id=employee_id).first()
    if row is None:
        raise NotInvited
    return _join(shop_id, row.company_id, row.id, buyer_id, now, link_no)


@transaction.atomic(savepoint=False)
def join_by_mail(*, shop_id: UUID, mail: str, buyer_id: UUID, now: datetime) -> UUID:
    """The same, of whoever has received a code at this address. Raises NotInvited (also where it is none of the
    company's own), AlreadyJoined."""
    plain = normal_mail(mail)
    if not plain:
        raise NotInvited
    rows = Employee.objects.filter(shop_id=shop_id, mail_index=mail_index(shop_id, plain)).exclude(state=states.LEFT)
    domain = domain_of(plain)
    companies = {one.id: one for one in Company.objects.filter(shop_id=shop_id, state=states.ON)}
    for row in rows.order_by("id"):
        company = companies.get(row.company_id)
        if company is not None and domain in company.domains:
            return _join(shop_id, company.id, row.id, buyer_id, now)
    raise NotInvited


def _join(
    shop_id: UUID, company_id: UUID, employee_id: UUID, buyer_id: UUID, now: datetime, link_no: int | None = None
) -> UUID:
    """Under the company's lock, so that two of its employees do not become one buyer at once."""
    company = lock_company(shop_id, company_id)
    try:
        row = lock_employee(shop_id, employee_id)
    except EmployeeNotFound:
        raise NotInvited from None
    if row.state == states.JOINED and row.buyer_id == buyer_id:
        return company.id
    if company.state != states.ON or row.state != states.INVITED or (link_no is not None and link_no != row.link_no):
        raise NotInvited
    if Employee.objects.filter(shop_id=shop_id, company=company, buyer_id=buyer_id).exists():
        raise AlreadyJoined
    moved(
        shop_id, states.EMPLOYEE, row.id, (row.state, states.JOINED), "buyer", now, cause="link" if link_no else "mail"
    )
    row.state, row.buyer_id, row.bound_at, row.invite_due = states.JOINED, buyer_id, now, False
    row.link_no += 1
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "buyer_id", "bound_at", "invite_due", "link_no"])
    except IntegrityError:
        raise AlreadyJoined from None
    return company.id


@transaction.atomic(savepoint=False)
def free_employees(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> int:
    """A buyer's account is erased: what he holds by his companies waits for whoever joins by the next link."""
    ids = list(Employee.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("id").values_list("id", flat=True))
    for employee_id in ids:
        row = lock_employee(shop_id, employee_id)
        if row.state != states.JOINED:
            continue
        moved(shop_id, states.EMPLOYEE, row.id, (states.JOINED, states.INVITED), "system", now, cause="erased")
        row.state, row.buyer_id = states.INVITED, None
        row.save(update_fields=["state", "buyer_id"])
    return len(ids)
