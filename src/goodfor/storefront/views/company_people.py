"""A company's employees: its list, invitations, leaving; and who looks after the company."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.company import company_page, show_company
from goodfor.storefront.company_words import EMPLOYEE_STATES, ROLES, UNREADABLE, said
from goodfor.storefront.forms import ids_in, typed
from goodfor.welfare import queries as welfare
from goodfor.welfare.errors import FileUnreadable
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.leave import mark_left
from goodfor.welfare.operations.send_invitations import ask_invitations
from goodfor.welfare.operations.set_people import add_person, remove_person
from goodfor.welfare.types import Imported, SignedIn

UPLOAD: Final = 9_000_000
_ROWS: Final = 50


@company_page()
def employees(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """The list, by work id."""
    return _page(request, shop, here)


@company_page("POST", manages=True, body=UPLOAD)
def import_list(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """A list of employees is read; with faults nothing is changed, and they are told."""
    file = request.FILES.get("file")
    try:
        if file is None:
            raise FileUnreadable(reason="empty")
        done = add_employees(
            shop_id=shop.id, company_id=here.company.id, data=file.read(), invite=bool(request.POST.get("invite")),
            actor=here.person.actor, now=utc_now(),
        )  # fmt: skip
    except FileUnreadable as error:
        return _page(request, shop, here, unreadable=str(UNREADABLE[error.data["reason"]]), status=422)
    return _page(request, shop, here, done=done, status=422 if done.fault_count else 200)


@company_page("POST", manages=True)
def act(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """Those who are picked are invited, or have left: then what they hold goes back."""
    picked = ids_in(request.POST.getlist("pick"), 200)
    if request.POST.get("act") == "invite":
        ask_invitations(shop_id=shop.id, company_id=here.company.id, employees=picked)
    elif request.POST.get("act") == "left":
        mark_left(shop_id=shop.id, company_id=here.company.id, employees=picked, actor=here.person.actor, now=utc_now())
    return redirect("storefront:company_employees")


@company_page("POST", manages=True)
def link(request: HttpRequest, shop: ShopView, here: SignedIn, employee_id: UUID) -> HttpResponse:
    """The link of an employee, to be handed over."""
    token = welfare.link_of(shop.id, here.company.id, employee_id)
    address = scheme_and_host(request) + reverse("storefront:welfare_join", args=[token])
    return _page(request, shop, here, address=address)


@company_page("GET", "POST")
def people(request: HttpRequest, shop: ShopView, here: SignedIn) -> HttpResponse:
    """Who looks after the company; managers ask others in and let them go."""
    error: DomainError | None = None
    if request.method == "POST" and here.person.manages:
        named = ids_in([request.POST.get("person", "")], 1)
        told: dict[str, Any] = {
            "shop_id": shop.id, "company_id": here.company.id, "actor": here.person.actor, "now": utc_now(),
        }  # fmt: skip
        try:
            if named and named[0] != here.person.id:
                remove_person(**told, person_id=named[0])
            elif not named:
                add_person(
                    **told, mail=typed(request.POST.get("mail", ""), 120), name=typed(request.POST.get("name", ""), 80),
                    role=request.POST.get("role", ""),
                )  # fmt: skip
            return redirect("storefront:company_people")
        except DomainError as refused:
            error = refused
    context = {
        "rows": [(one, ROLES[one.role]) for one in welfare.people(shop.id, here.company.id)],
        "roles": list(ROLES.items()),
    }
    return show_company(request, here, "people", context, error=error)


def _page(
    request: HttpRequest, shop: ShopView, here: SignedIn, *, done: Imported | None = None, unreadable: str = "",
    address: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    words, state, after = (typed(request.GET.get(name, ""), 80).strip() for name in ("q", "state", "after"))
    rows = welfare.employees(
        shop.id, here.company.id, words=words, state=state if state in EMPLOYEE_STATES else "", after=after,
        limit=_ROWS + 1,
    )  # fmt: skip
    context = {
        "rows": [(one, EMPLOYEE_STATES[one.state]) for one in rows[:_ROWS]],
        "next": rows[_ROWS - 1].work_id if len(rows) > _ROWS else "",
        "words": words,
        "state": state,
        "states": list(EMPLOYEE_STATES.items()),
        "done": done,
        "faults": [(one, said(one, here.company.currency)) for one in done.faults] if done else [],
        "unreadable": unreadable,
        "address": address,
        "most": UPLOAD,
    }
    return show_company(request, here, "employees", context, status=status)
