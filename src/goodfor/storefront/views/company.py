"""A company's console: what is prepaid, how it moved, what was used, a month's statement, invoices."""

import re
from datetime import date
from io import BytesIO
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.storefront.company import company_page, show_company
from goodfor.storefront.company_words import INVOICE_STATES
from goodfor.storefront.errors import PageExpired
from goodfor.storefront.forms import typed
from goodfor.storefront.operations.count_attempt import count_attempt
from goodfor.storefront.views.checkout import HOUR
from goodfor.welfare import papers
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.ask_invoice import ask_invoice
from goodfor.welfare.types import SignedIn

_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_FILES_AN_HOUR: Final = 60
KINDS: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@company_page()
def home(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """The budget, who is there, and this month at a glance."""
    now, company = utc_now(), here.company
    budget = welfare.budget(shop.id, company.id)
    told = welfare.statement(shop.id, company.id, welfare.month_of(now, shop.timezone), now)
    context = {
        "free": Money(budget.free_minor, company.currency),
        "promised": Money(budget.promised_minor, company.currency),
        "held": Money(told.held_closing, company.currency),
        "spent": Money(told.spent - told.back, company.currency),
        "counts": welfare.counts(shop.id, company.id),
        "grants": welfare.grants(shop.id, company.id, limit=5),
        "paid": [(one, INVOICE_STATES[one.invoice.state] if one.invoice else "")
                 for one in welfare.prepayments(shop.id, company.id)],
    }  # fmt: skip
    return show_company(request, here, "home", context)


@company_page()
def statement(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """A month, both sides, and what was used in it."""
    month = _month(request, shop)
    told = welfare.statement(shop.id, here.company.id, month, utc_now())
    used = welfare.usage(shop.id, here.company.id, month)
    names = {shelf.id: shelf.name for shelf in catalog.shelves(shop.id)}
    money = here.company.currency
    context = {
        "told": told,
        "sides": papers.sides(told),
        "orders": used.orders,
        "units": Money(used.units, money),
        "few": Money(used.few, money) if used.few else None,
        "departments": [(name, Money(minor, money)) for name, minor in sorted(used.departments.items())],
        "categories": [(names.get(one, "—"), Money(minor, money)) for one, minor in used.categories.items()],
        "month": month,
        "newest": welfare.month_of(utc_now(), shop.timezone),
    }
    return show_company(request, here, "statement", context)


@company_page()
def statement_file(request: HttpRequest, shop: ShopView, here: SignedIn, kind: str) -> HttpResponse:
    """A month as PDF or CSV."""
    if kind not in KINDS:
        raise PageExpired
    count_attempt(
        shop_id=shop.id, scope="welfare.file", subject=str(here.person.id), limit=_FILES_AN_HOUR, window=HOUR,
        now=utc_now(),
    )  # fmt: skip
    month, out = _month(request, shop), BytesIO()
    papers.write(kind, welfare.statement(shop.id, here.company.id, month, utc_now()), shop.name, out)
    response = HttpResponse(out.getvalue(), content_type=KINDS[kind])
    name = f"welfare-{here.company.code}-{month:%Y-%m}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@company_page("POST", manages=True)
def invoice(request: HttpRequest, shop: ShopView, here: SignedIn, prepayment_id: UUID) -> HttpResponse:
    """Ask the shop for an invoice of a prepayment."""
    try:
        ask_invoice(
            shop_id=shop.id, company_id=here.company.id, prepayment_id=prepayment_id,
            title=typed(request.POST.get("title", ""), 120), tax_number=typed(request.POST.get("tax_number", ""), 20),
            actor=here.person.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return show_company(request, here, "refused", {}, error=error)
    return redirect("storefront:company")


def _month(request: HttpRequest, shop: ShopView) -> date:
    """The month that is asked for, else this one."""
    found = _MONTH.fullmatch(request.GET.get("month", ""))
    return date(int(found[1]), int(found[2]), 1) if found else welfare.month_of(utc_now(), shop.timezone)
