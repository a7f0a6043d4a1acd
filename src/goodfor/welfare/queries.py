"""Reads of welfare, as dataclasses. Every one names the shop; those of a company the company, too."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from goodfor.kernel.ids import hash_token
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Tally
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import WELFARE, EntryView, Expiring, Holder
from goodfor.welfare import links, reports, states
from goodfor.welfare.budgets import budget_of
from goodfor.welfare.contacts import mail_index, normal_mail
from goodfor.welfare.errors import CompanyNotFound, EmployeeNotFound, GrantNotFound, NotInvited, SignInFirst
from goodfor.welfare.mapping import company_view, employee_view, grant_view, invoice_view, person_view, rule_view
from goodfor.welfare.models import Company, Employee, Grant, InvoiceWish, Person, Prepayment, Rule, Session, Use
from goodfor.welfare.papers import sides as sides
from goodfor.welfare.reports import month_of as month_of
from goodfor.welfare.types import (
    Budget,
    CompanyView,
    EmployeeView,
    GrantView,
    InvoiceView,
    Membership,
    PersonView,
    PrepaymentView,
    Price,
    RuleView,
    SignedIn,
    Statement,
    Usage,
)
from goodfor.welfare.worth import buys, priced

PAGE = 100
#: Invoices that the shop has yet to write.
invoices_waiting = Tally(__package__, "sql/invoices_waiting.sql")


def companies(shop_id: UUID) -> list[CompanyView]:
    """All of a shop, by name."""
    return [company_view(row) for row in Company.objects.filter(shop_id=shop_id).order_by("name", "id")]


def has_companies(shop_id: UUID) -> bool:
    """Whether any company of the shop is on."""
    return Company.objects.filter(shop_id=shop_id, state=states.ON).exists()


def company(shop_id: UUID, company_id: UUID, *, contact: bool = False) -> CompanyView:
    """One. Raises CompanyNotFound."""
    return company_view(_company(shop_id, company_id), contact=contact)


def company_by_code(shop_id: UUID, code: str) -> CompanyView:
    """One by its code. Raises CompanyNotFound."""
    row = Company.objects.filter(shop_id=shop_id, code=code[:40].lower()).first()
    if row is None:
        raise CompanyNotFound
    return company_view(row)


def company_of_client(shop_id: UUID, client_id: UUID) -> CompanyView:
    """The one that an API client may grant for. Raises CompanyNotFound."""
    row = Company.objects.filter(shop_id=shop_id, client_id=client_id).first()
    if row is None:
        raise CompanyNotFound
    return company_view(row)


def budget(shop_id: UUID, company_id: UUID) -> Budget:
    """What it may still grant. Raises CompanyNotFound."""
    return budget_of(_company(shop_id, company_id))


def people(shop_id: UUID, company_id: UUID) -> list[PersonView]:
    """Who looks after it."""
    rows = Person.objects.filter(shop_id=shop_id, company_id=company_id, state=states.ACTIVE)
    return [person_view(row) for row in rows.order_by("id")]


def looks_after(shop_id: UUID, mail: str) -> bool:
    """Whether a mail address may sign in; for whoever decides if a code is worth sending."""
    plain = normal_mail(mail)
    rows = Person.objects.filter(shop_id=shop_id, state=states.ACTIVE)
    return bool(plain) and rows.filter(mail_index=mail_index(shop_id, plain)).exists()


def signed_in(shop_id: UUID, token: str, now: datetime) -> SignedIn:
    """Who a browser's token is. Raises SignInFirst."""
    rows = Session.objects.filter(shop_id=shop_id, token_hash=hash_token(token[:200]), ends_at__gt=now)
    session = rows.select_related("person", "person__company").first()
    if session is None or session.person.state != states.ACTIVE:
        raise SignInFirst
    return SignedIn(session.id, person_view(session.person), company_view(session.person.company))


def prepayments(shop_id: UUID, company_id: UUID) -> list[PrepaymentView]:
    """What came by the bank, newest first, with its invoice."""
    rows = list(Prepayment.objects.filter(shop_id=shop_id, company_id=company_id).order_by("-id")[:PAGE])
    asked = {
        one.prepayment_id: one
        for one in InvoiceWish.objects.filter(shop_id=shop_id, prepayment_id__in=[row.id for row in rows])
    }
    found = []
    for row in rows:
        amount = Money(row.minor, row.currency)
        wish = invoice_view(asked[row.id], amount) if row.id in asked else None
        found.append(PrepaymentView(row.id, amount, row.bank, row.reference, row.paid_on, row.at, wish))
    return found


def invoices_asked(shop_id: UUID) -> list[InvoiceView]:
    """What the shop has yet to write, the oldest first."""
    rows = InvoiceWish.objects.filter(shop_id=shop_id, state=states.ASKED).select_related("prepayment")
    return [
        invoice_view(row, Money(row.prepayment.minor, row.prepayment.currency)) for row in rows.order_by("id")[:PAGE]
    ]


def employees(
    shop_id: UUID, company_id: UUID, *, words: str = "", state: str = "", after: str = "", limit: int = PAGE
) -> list[EmployeeView]:
    """By work id, behind `after`, with what they hold. `words`: of a work id, a name, a department, or an address."""
    row = _company(shop_id, company_id)
    rows = Employee.objects.filter(shop_id=shop_id, company=row, work_id__gt=after)
    if state:
        rows = rows.filter(state=state)
    if mail := normal_mail(words):
        rows = rows.filter(mail_index=mail_index(shop_id, mail))
    elif words:
        rows = rows.filter(Q(work_id__startswith=words) | Q(name__contains=words) | Q(department=words))
    found = list(rows.order_by("work_id")[:limit])
    held = loyalty.held_in(shop_id, WELFARE, row.id, [one.id for one in found])
    return [employee_view(one, row.currency, held.get(one.id, 0)) for one in found]


def held_by_all(shop_id: UUID, company_id: UUID) -> dict[UUID, int]:
    """Employee -> units, of those who hold any."""
    return loyalty.held_in(shop_id, WELFARE, company_id)


def counts(shop_id: UUID, company_id: UUID) -> dict[str, int]:
    """How many employees are in each state."""
    rows = Employee.objects.filter(shop_id=shop_id, company_id=company_id).values_list("state")
    return dict(rows.annotate(n=Count("id")).order_by("state"))


def departments(shop_id: UUID, company_id: UUID) -> list[str]:
    """Names of departments that somebody is in."""
    rows = Employee.objects.filter(shop_id=shop_id, company_id=company_id).exclude(state=states.LEFT)
    return list(rows.exclude(department="").values_list("department", flat=True).distinct().order_by("department"))


def link_of(shop_id: UUID, company_id: UUID, employee_id: UUID) -> str:
    """The token of an employee's link, to be handed over by the company. Raises EmployeeNotFound."""
    rows = Employee.objects.filter(shop_id=shop_id, company_id=company_id, id=employee_id, state=states.INVITED)
    row = rows.first()
    if row is None:
        raise EmployeeNotFound
    return links.token_of(shop_id, row.id, row.link_no)


def invited_by(shop_id: UUID, token: str) -> CompanyView:
    """The company that a link leads to, if it may still be used. Raises NotInvited."""
    employee_id, number = links.opened(shop_id, token)
    rows = Employee.objects.filter(shop_id=shop_id, id=employee_id, link_no=number, state=states.INVITED)
    row = rows.select_related("company").first()
    if row is None or row.company.state != states.ON:
        raise NotInvited
    return company_view(row.company)


def memberships(shop_id: UUID, buyer_id: UUID, now: datetime) -> list[Membership]:
    """The companies that a buyer is an employee of and that are on, with what he may spend."""
    rows = Employee.objects.filter(shop_id=shop_id, buyer_id=buyer_id, state=states.JOINED, company__state=states.ON)
    return [_membership(row, now) for row in rows.select_related("company").order_by("company__name", "id")]


def membership(shop_id: UUID, buyer_id: UUID, employee_id: UUID, now: datetime) -> Membership:
    """One of them. Raises EmployeeNotFound."""
    rows = Employee.objects.filter(shop_id=shop_id, id=employee_id, buyer_id=buyer_id, company__state=states.ON)
    row = rows.select_related("company").first()
    if row is None:
        raise EmployeeNotFound
    return _membership(row, now)


def _membership(row: Employee, now: datetime) -> Membership:
    balance = loyalty.balance(row.shop_id, _holder(row.id, row.company_id), now)
    return Membership(row.id, company_view(row.company), row.work_id, row.name, row.department, balance)


def ending(shop_id: UUID, member: Membership, now: datetime) -> list[Expiring]:
    """What of his units ends when."""
    return loyalty.expiring(shop_id, _holder(member.employee_id, member.company.id), now)


def movements(shop_id: UUID, member: Membership, before: UUID | None = None, limit: int = 30) -> list[EntryView]:
    """How his units moved, newest first; for himself alone."""
    return loyalty.statement(shop_id, _holder(member.employee_id, member.company.id), before=before, limit=limit)


def _holder(employee_id: UUID, company_id: UUID) -> Holder:
    return Holder(employee_id, WELFARE, company_id)


def price_of(view: CompanyView, minor: int) -> Price:
    """What a price of the shop costs this company's people."""
    return Price(priced(minor, view.markup_bp), minor)


def bought_by(view: CompanyView, units: int) -> int:
    """How much of a price so many units pay."""
    return buys(units, view.markup_bp)


def grants(shop_id: UUID, company_id: UUID, limit: int = PAGE) -> list[GrantView]:
    """Newest first."""
    row = _company(shop_id, company_id)
    found = Grant.objects.filter(shop_id=shop_id, company=row).order_by("-id")[:limit]
    return [grant_view(one, row.currency) for one in found]


def grant(shop_id: UUID, company_id: UUID, grant_id: UUID) -> GrantView:
    """One. Raises GrantNotFound."""
    row = Grant.objects.filter(shop_id=shop_id, company_id=company_id, id=grant_id).select_related("company").first()
    if row is None:
        raise GrantNotFound
    return grant_view(row, row.company.currency)


def rules(shop_id: UUID, company_id: UUID) -> list[RuleView]:
    """What is given by itself."""
    row = _company(shop_id, company_id)
    return [rule_view(one, row.currency) for one in Rule.objects.filter(shop_id=shop_id, company=row).order_by("id")]


def statement(shop_id: UUID, company_id: UUID, month: date, now: datetime) -> Statement:
    """A month up to now, both sides. Raises CompanyNotFound."""
    return reports.statement(_company(shop_id, company_id), month, now)


def usage(shop_id: UUID, company_id: UUID, month: date) -> Usage:
    """What was spent in a month, never by person."""
    return reports.usage(shop_id, company_id, month)


def used_for(shop_id: UUID, order_id: UUID) -> int | None:
    """Units that paid for an order; None: none did."""
    return Use.objects.filter(shop_id=shop_id, order_id=order_id).values_list("units", flat=True).first()


def _company(shop_id: UUID, company_id: UUID) -> Company:
    row = Company.objects.filter(shop_id=shop_id, id=company_id).first()
    if row is None:
        raise CompanyNotFound
    return row
