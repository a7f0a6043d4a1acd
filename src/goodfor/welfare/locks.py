"""Every row lock of welfare. With a lock timeout, as everywhere.

Order: company > grant > employee > the wallets, the order and what is below it > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.welfare.errors import (
    CompanyNotFound,
    EmployeeNotFound,
    GrantNotFound,
    InvoiceNotFound,
    RuleNotFound,
    SignInFirst,
)
from goodfor.welfare.models import Company, Employee, Grant, InvoiceWish, Person, Rule, Use

T = TypeVar("T", bound=Model)


def lock_company(shop_id: UUID, company_id: UUID) -> Company:
    """Whatever takes from a budget, or changes who is who, waits here. Raises CompanyNotFound."""
    return _locked(Company, shop_id, company_id, CompanyNotFound)


def lock_grant(shop_id: UUID, grant_id: UUID) -> Grant:
    """Raises GrantNotFound."""
    return _locked(Grant, shop_id, grant_id, GrantNotFound)


def lock_rule(shop_id: UUID, rule_id: UUID) -> Rule:
    """Raises RuleNotFound."""
    return _locked(Rule, shop_id, rule_id, RuleNotFound)


def lock_person(shop_id: UUID, person_id: UUID) -> Person:
    """Raises SignInFirst."""
    return _locked(Person, shop_id, person_id, SignInFirst)


def lock_invoice(shop_id: UUID, invoice_id: UUID) -> InvoiceWish:
    """Raises InvoiceNotFound."""
    return _locked(InvoiceWish, shop_id, invoice_id, InvoiceNotFound)


def lock_employee(shop_id: UUID, employee_id: UUID) -> Employee:
    """Raises EmployeeNotFound."""
    return _locked(Employee, shop_id, employee_id, EmployeeNotFound)


def lock_use(shop_id: UUID, order_id: UUID) -> Use | None:
    """What units paid of an order; None: nothing."""
    _set_timeout()
    return Use.objects.select_for_update(no_key=True).filter(shop_id=shop_id, order_id=order_id).first()


def _set_timeout() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def _locked(model: type[T], shop_id: UUID, row_id: UUID, missing: type[DomainError]) -> T:
    _set_timeout()
    rows = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, id=row_id)
    row = rows.first()
    if row is None:
        raise missing
    return row
