"""The tasks of a shop: what brings points, how often, and what it has cost so far."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import points_words as words
from goodfor.console import task_forms as forms
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.types import Task, TaskCost

PAGE: Final = "desk:tasks"


@console_page(Permission.POINTS_VIEW, methods=("GET", "POST"))
def tasks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The tasks in force with their figures, and their form for those who may set them."""
    if request.method != "POST":
        return _show(request, visitor)
    if not visitor.may(Permission.POINTS_SET):
        raise NotAllowed
    require_fresh_proof(request)
    sent, rows = request.POST, list[int]()
    try:
        wanted, rows = forms.tasks_typed(sent, visitor.shop.currency)
        set_tasks(shop_id=visitor.shop.id, tasks=wanted, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _show(request, visitor, sent.dict(), error, rows)
    return done(request, _("任务已保存"), PAGE)


def _show(
    request: HttpRequest, visitor: Visitor, typed: Mapping[str, Any] | None = None, error: DomainError | None = None,
    rows: list[int] | None = None,
) -> HttpResponse:  # fmt: skip
    currency, held = visitor.shop.currency, loyalty.task_set(visitor.shop.id)
    errors = {forms.in_form(name, rows or []): text for name, text in words.errors_of(error).items()}
    typed = typed if typed is not None else forms.tasks_shown(held, currency)
    shown = forms.task_rows(typed, errors)
    fields = {"day_most", *(f"{name}_{row['n']}" for row in shown for name in forms.FIELDS)}
    costs = loyalty.task_costs(visitor.shop.id)
    context = {
        "held": held,
        "tasks": [_row(one, costs.get(one.key, TaskCost()), currency) for one in held.tasks],
        "typed": typed,
        "rows": shown,
        "errors": errors,
        "error": error if error and not fields & errors.keys() else None,
        "kinds": list(loyalty.TASK_WORDS.items()),
        "everies": list(loyalty.EVERY_WORDS.items()),
        "may_set": visitor.may(Permission.POINTS_SET),
    }
    return show(request, visitor, "points/tasks", context, page=PAGE, status=error.http_status if error else 200)


def _row(task: Task, cost: TaskCost, currency: str) -> dict[str, Any]:
    return {
        "task": task,
        "words": loyalty.TASK_WORDS[task.kind],
        "every": loyalty.EVERY_WORDS[task.every],
        "least": Money(task.least_minor, currency) if task.least_minor else None,
        "cost": cost,
        "worth": Money(cost.minor, currency),
    }
