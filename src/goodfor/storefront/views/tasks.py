"""A member's tasks: what is to be done for points, how far it is, and taking them."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.claim_task import claim_task
from goodfor.loyalty.types import Task
from goodfor.storefront.account import account_page
from goodfor.storefront.page import show

#: Where a task is done.
WHERE: Final = {
    "profile": "storefront:me_profile", "birthday": "storefront:me_profile", "email": "storefront:me_security",
    "phone": "storefront:me_security", "passkey": "storefront:me_security", "subscribed": "storefront:me_messages",
    "first": "storefront:home", "orders": "storefront:home", "friend": "storefront:me_invite",
    "rated": "storefront:me",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A task with what its line shows."""

    task: Task
    done: int
    given: bool
    ready: bool
    lacks: bool
    href: str
    least: Money | None


@account_page()
def tasks(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """All that is offered now, those to be taken first."""
    return _show(request, shop, buyer)


@account_page("POST")
def claim(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer) -> HttpResponse:
    """Take the points of one that is done: `task` names it."""
    key = request.POST.get("task", "")[:12]
    try:
        units = claim_task(shop_id=shop.id, owner=buyer.buyer_id, key=key, now=utc_now())
    except DomainError as error:
        return _show(request, shop, buyer, error)
    response = redirect("storefront:me_tasks")
    response["Location"] += f"?got={units}"
    return response


def _show(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    now = utc_now()
    views = loyalty.tasks_of(shop.id, buyer.buyer_id, now) if loyalty.gives_points(shop.id, now) else []
    if not views and error is None:
        raise NotFound
    rows: list[tuple[Row, Any, Any]] = []
    for one in sorted(views, key=lambda view: (view.given, not view.ready)):
        task = one.task
        least = Money(task.least_minor, shop.currency) if task.least_minor else None
        row = Row(task, one.done, one.given, one.ready, one.lacks, reverse(WHERE[task.kind]), least)
        rows.append((row, loyalty.TASK_WORDS[task.kind], loyalty.EVERY_WORDS[task.every]))
    got = request.GET.get("got", "")
    context = {
        "rows": rows, "error": error, "day_most": loyalty.task_set(shop.id).day_most, "tab": "me",
        "got": int(got) if got.isascii() and got.isdigit() and len(got) < 7 else 0,
    }  # fmt: skip
    return show(request, "account/tasks", context, status=error.http_status if error else 200)
