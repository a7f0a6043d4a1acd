"""Rows as views."""

from goodfor.kernel.money import Money
from goodfor.welfare.contacts import opened
from goodfor.welfare.models import Company, Employee, Grant, InvoiceWish, Person, Rule
from goodfor.welfare.parsing import Fault
from goodfor.welfare.types import CompanyView, EmployeeView, GrantView, InvoiceView, PersonView, RuleView


def company_view(row: Company, *, contact: bool = False) -> CompanyView:
    """A company; with whom to ask there only where it is wanted."""
    return CompanyView(
        row.id, row.shop_id, row.code, row.name, row.state, row.currency, tuple(row.domains), tuple(row.categories),
        tuple(row.skus), row.markup_bp, row.made_at, row.client_id,
        opened(row.id, row.contact_key_id, row.contact_blob) if contact else "",
    )  # fmt: skip


def person_view(row: Person) -> PersonView:
    """Somebody who looks after a company."""
    mail = opened(row.id, row.mail_key_id, row.mail_blob)
    return PersonView(row.id, row.company_id, row.name, row.role, row.state, mail, row.last_in_at)


def employee_view(row: Employee, currency: str, held: int) -> EmployeeView:
    """An employee who holds so many units."""
    return EmployeeView(
        id=row.id, company_id=row.company_id, work_id=row.work_id, name=row.name, department=row.department,
        birthday=row.birthday, joined_on=row.joined_on, state=row.state,
        mail=opened(row.id, row.mail_key_id, row.mail_blob), phone=opened(row.id, row.phone_key_id, row.phone_blob),
        invited_at=row.invited_at, bound_at=row.bound_at, left_at=row.left_at, held=Money(held, currency),
    )  # fmt: skip


def grant_view(row: Grant, currency: str) -> GrantView:
    """A grant."""
    return GrantView(
        id=row.id, company_id=row.company_id, kind=row.kind, name=row.name, state=row.state,
        content_hash=bytes(row.content_hash), ends_at=row.ends_at, lines=row.lines,
        total=Money(row.total_minor, currency), walked=row.walked, given=row.given,
        given_total=Money(row.given_minor, currency), faults=tuple(Fault(*one) for one in row.faults),
        fault_count=row.fault_count, made_by=row.made_by, made_at=row.made_at, agreed_at=row.agreed_at,
        ended_at=row.ended_at,
    )  # fmt: skip


def rule_view(row: Rule, currency: str) -> RuleView:
    """A rule."""
    return RuleView(
        row.id, row.kind, row.name, Money(row.minor, currency), row.department, row.on_day, row.live_days, row.on,
        row.through,
    )  # fmt: skip


def invoice_view(row: InvoiceWish, amount: Money) -> InvoiceView:
    """A wish for an invoice of so much."""
    return InvoiceView(
        row.id, row.prepayment_id, row.company_id, row.state, row.title, row.tax_number, row.number, row.reason,
        row.asked_at, amount,
    )  # fmt: skip
